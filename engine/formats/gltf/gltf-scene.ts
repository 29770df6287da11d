/**
 * The scene of a .gltf or .glb: a node with a mesh for each layer that is seen. A vertex has a
 * position and a normal (float32), and either a place in the picture of colours or a linear colour
 * (normalized 16 bits), or neither where there is a material for each colour.
 */

import { GoxError } from '../../../conf/errors.ts';
import type { Document } from '../../document/document.ts';
import type { Layer } from '../../document/layer.ts';
import { likenesses } from '../../mesh/alike.ts';
import { surfaceOf } from '../../mesh/kinds.ts';
import { boundsOf, placementOf } from '../../mesh/placement.ts';
import { type SeenLayer, seenLayers } from '../../mesh/seen.ts';
import type { Surface } from '../../mesh/surface.ts';
import type { Vec3 } from '../../volume/box.ts';
import type { Volume } from '../../volume/volume.ts';
import { ColorNumbers } from '../color-numbers.ts';
import type { ExportOptions } from '../format.ts';
import { isYUp } from '../up.ts';
import { GltfAtlas } from './gltf-atlas.ts';
import { BlockMesh } from './gltf-blocks.ts';
import { camerasOf, type GltfCameras } from './gltf-cameras.ts';
import { facePieces, packUv } from './gltf-faces.ts';
import { type Common, LayerMesh, type Pieces } from './gltf-layer.ts';
import type { Limit } from './gltf-limit.ts';
import { PAINT_WORDS, type Paint, paintOf } from './gltf-paint.ts';
import { PALETTE_COLORS_MAX, palettePng, paletteSide } from './gltf-palette.ts';
import { PAINT_AT, type PieceLayout, placed } from './gltf-pieces.ts';

/** Meshes up to this size are made once only. */
const KEPT_BYTES_MAX = 32 * 1024 * 1024;
/** Every one is a call to draw for whoever shows the file. */
const MATERIALS_MAX = 4096;

/** Linear light of an sRGB channel (IEC 61966-2-1), 0…1. */
const LINEAR = Float64Array.from({ length: 256 }, (_, byte) => {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
});

export interface GltfNode {
  readonly layer: Layer;
  readonly mesh: LayerMesh;
  /** Where its vertices are counted from, in voxels, and in the file. */
  readonly pivot: Vec3;
  readonly translation: Vec3;
}

export interface GltfScene {
  /** Units of the file to a voxel. */
  readonly scale: number;
  readonly paint: Paint;
  readonly layout: PieceLayout;
  readonly nodes: readonly GltfNode[];
  readonly colors: ColorNumbers;
  /** The words of each colour's paint, for the vertices. */
  readonly paints: Int32Array | undefined;
  readonly cameras: GltfCameras;
  /** A PNG file. */
  readonly texture: Uint8Array | undefined;
}

/**
 * Makes or counts all meshes. Throws GOX_FORMAT_LIMIT when the file would have more than so many
 * bytes, which is known before anything of it is given.
 */
export function sceneOf(
  document: Document,
  options: ExportOptions,
  limit: Limit,
  kept_bytes_max = KEPT_BYTES_MAX,
): GltfScene {
  const wanted = paintOf(options);
  const scene = makeScene(document, options, wanted, limit, kept_bytes_max);
  const { count } = scene.colors;
  if (wanted === 'palette' && count > PALETTE_COLORS_MAX) {
    return makeScene(document, options, 'colors', limit, kept_bytes_max);
  }
  if (wanted === 'materials' && count > MATERIALS_MAX) {
    const message =
      `A glTF file of ours has at most ${MATERIALS_MAX} materials, and this has ${count} ` +
      'colours. Leave out "materials", or write fewer colours by "palette".';
    throw new GoxError('GOX_FORMAT_LIMIT', message, { materials_max: MATERIALS_MAX });
  }
  return scene;
}

function makeScene(
  document: Document,
  options: ExportOptions,
  paint: Paint,
  limit: Limit,
  kept_bytes_max: number,
): GltfScene {
  const colors = new ColorNumbers();
  const words = PAINT_AT + PAINT_WORDS[paint];
  const common: Common = {
    layout: { words, paints: paint === 'materials' },
    colors,
    kept_bytes_left: kept_bytes_max,
    count: (bytes) => limit.count(bytes),
  };
  const bodies = bodiesOf(document, options);
  const volumes = bodies.map(({ volume }) => volume);
  const placement = placementOf(options, () => boundsOf(volumes));
  const pivots = bodies.map(({ layer }) => ownPivot(layer));
  // A layer's own pivot must be where that of the mesh comes to lie.
  const alike = likenesses(bodies).map((like, i) => {
    const [own, of] = [pivots[i], like && (pivots[like.of] ?? placement.pivot)];
    return own === undefined || (of && isMoved(of, own, like!.move)) ? like : undefined;
  });
  const y_up = isYUp(options, true);
  const own = volumes.filter((_, i) => alike[i] === undefined);
  const atlas = paint === 'baked' ? new GltfAtlas(own) : undefined;
  const surfaces = new Map(atlas?.surfaces.map((surface, i) => [own[i]!, surface]));
  const found: GltfNode[] = [];
  for (const [i, { layer, volume }] of bodies.entries()) {
    const pivot = pivots[i] ?? placement.pivot;
    const like = alike[i];
    const mesh =
      like === undefined
        ? new LayerMesh(
            piecesOf(volume, surfaces.get(volume), options, { words, limit }),
            { ...placement, pivot, y_up },
            common,
          )
        : found[like.of]!.mesh;
    const from = like === undefined ? pivot : sum(found[like.of]!.pivot, like.move);
    const translation = placed(from, { ...placement, y_up });
    found.push({ layer, mesh, pivot: from, translation });
  }
  const nodes = found.filter(({ mesh }) => mesh.vertices > 0);
  const side = paletteSide(colors.count, 1);
  const texture = atlas === undefined ? palettePng(colors, side) : atlas.png();
  const textured = nodes.length > 0 && (paint === 'palette' || paint === 'baked');
  return {
    ...{ scale: placement.scale, paint, layout: common.layout, nodes, colors },
    paints: paintWords(colors, paint, side),
    cameras: camerasOf(document, { ...placement, y_up }, options.report),
    texture: textured ? texture : undefined,
  };
}

/** The place that a plain layer is turned about, when somebody has moved it from the origin. */
function ownPivot({ derived, mat }: Layer): Vec3 | undefined {
  const place: Vec3 = [mat[12]!, mat[13]!, mat[14]!];
  if (derived || !place.every(Number.isFinite)) return undefined;
  return place.every((value) => value === 0) ? undefined : place;
}

function isMoved(from: Vec3, to: Vec3, move: Vec3): boolean {
  return sum(from, move).every((value, axis) => value === to[axis]);
}

function sum(a: Vec3, b: Vec3): Vec3 {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

/** Where layers overlap, those that are seen; all as they are when hidden ones are among them. */
function bodiesOf(document: Document, { hidden, like }: ExportOptions): readonly SeenLayer[] {
  document.refresh();
  const { layers } = document;
  const all = (hidden === true || like === 'goxel') && layers.some(({ visible }) => !visible);
  return all ? layers.map((layer) => ({ layer, volume: layer.volume })) : seenLayers(document);
}

function piecesOf(
  volume: Volume,
  baked: Surface | undefined,
  { mesh = 'blocks' }: ExportOptions,
  { words, limit }: { readonly words: number; readonly limit: Limit },
): Pieces {
  if (baked !== undefined || mesh !== 'blocks') {
    const surface = baked ?? surfaceOf(volume, mesh);
    return { make: (maker, colors) => facePieces(surface, maker, colors) };
  }
  const blocks = new BlockMesh(volume);
  // A vertex belongs to four squares of a kind at most, so there are as many vertices at least.
  const face_bytes = words * 4 + 6 * 2;
  if (!limit.allows(volume.count() * 6 * face_bytes)) {
    limit.check(blocks.countFaces() * face_bytes);
  }
  return { make: (maker, colors) => blocks.pieces(maker, colors), bounds: blocks.bounds() };
}

/** For each colour the words that a vertex has of it. */
function paintWords(colors: ColorNumbers, paint: Paint, side: number): Int32Array | undefined {
  if (paint === 'materials' || paint === 'baked') return undefined;
  const words = PAINT_WORDS[paint];
  const all = new Int32Array(colors.count * words);
  for (let number = 0; number < colors.count; number++) {
    if (paint === 'palette') {
      all[number] = packUv(
        ((number % side) + 0.5) / side,
        (Math.floor(number / side) + 0.5) / side,
      );
      continue;
    }
    const [red, green, blue] = linear(colors.at(number));
    all[number * 2] = packUv(red, green);
    all[number * 2 + 1] = packUv(blue, 1);
  }
  return all;
}

/** A packed colour as linear red, green and blue, 0…1. */
export function linear(rgba: number): Vec3 {
  return [LINEAR[rgba & 0xff]!, LINEAR[(rgba >>> 8) & 0xff]!, LINEAR[(rgba >>> 16) & 0xff]!];
}
