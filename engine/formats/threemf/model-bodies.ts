/** What a .3mf file is made of: the layers that are seen, their surfaces and their colours. */

import { GoxError } from '../../../conf/errors.ts';
import type { Document } from '../../document/document.ts';
import type { Layer } from '../../document/layer.ts';
import { checkInterrupt } from '../../interrupt.ts';
import { likenesses } from '../../mesh/alike.ts';
import { surfaceOf } from '../../mesh/kinds.ts';
import { type Places, placesOf } from '../../mesh/places.ts';
import { seenLayers } from '../../mesh/seen.ts';
import type { Surface } from '../../mesh/surface.ts';
import type { Vec3 } from '../../volume/box.ts';
import type { Volume } from '../../volume/volume.ts';
import { ColorNumbers } from '../color-numbers.ts';
import type { ExportOptions } from '../format.ts';
import { materialOf, opacityOf, tintOf } from '../meshes/mtl.ts';
import { SheetPlaces } from './sheets.ts';

/** What one has in the file, at most: with the longest numbers. */
const VERTEX_BYTES = 48;
const TRIANGLE_BYTES = 56;
/** Programs read a model as one text; in V8, and so in three.js, it has so many characters. */
const TEXT_BYTES_MAX = 0x1fff_ffe8;

/** A surface and where it gets its colours from. */
export interface Skin {
  readonly surface: Surface;
  readonly places: Places;
  /** A colour as the layer's material shows it. */
  readonly tint: (rgba: number) => number;
}

export interface Body {
  readonly name: string;
  readonly volume: Volume;
  /** Its mesh, or which body before has the same, and how far that is moved. */
  readonly skin: Skin | { readonly of: Body; readonly move: Vec3 };
}

export interface Bodies {
  readonly all: readonly Body[];
  /** Of all corners. */
  readonly colors: ColorNumbers;
}

/** Throws GOX_FORMAT_LIMIT when there is more than a file can hold. */
export function bodiesOf(document: Document, { mesh = 'greedy' }: ExportOptions): Bodies {
  const seen = seenLayers(document);
  const alike = likenesses(seen);
  const colors = new ColorNumbers();
  let text_bytes = 0;
  const found: (Body | undefined)[] = [];
  for (const [i, { layer, volume }] of seen.entries()) {
    const { name } = layer;
    const like = alike[i];
    if (like !== undefined) {
      const of = found[like.of];
      found.push(of && { name, volume, skin: { of, move: like.move } });
      continue;
    }
    const surface = surfaceOf(volume, mesh);
    const tint = shownBy(document, layer);
    const triangles = collect(surface, tint, colors) * (surface.corners - 2);
    if (triangles === 0) {
      found.push(undefined);
      continue;
    }
    const flat = mesh === 'greedy' || mesh === 'blocks';
    const plain = placesOf(surface);
    const places = flat ? new SheetPlaces(plain, surface, volume) : plain;
    text_bytes += places.count * VERTEX_BYTES + triangles * TRIANGLE_BYTES;
    if (text_bytes > TEXT_BYTES_MAX) refuse(mesh);
    found.push({ name, volume, skin: { surface, places, tint } });
  }
  return { all: found.filter((body) => body !== undefined), colors };
}

function shownBy(document: Document, layer: Layer): (rgba: number) => number {
  const material = materialOf(document, layer);
  const tint = tintOf(material);
  const opacity = opacityOf(material);
  if (opacity === 1) return tint;
  return (rgba) => {
    const alpha = Math.round((rgba >>> 24) * opacity);
    return ((alpha << 24) | (tint(rgba) & 0xff_ffff)) >>> 0;
  };
}

/** Numbers the colours of a surface; gives how many faces it has. */
function collect(surface: Surface, tint: (rgba: number) => number, colors: ColorNumbers): number {
  let faces = 0;
  let last = -1;
  for (const { count, colors: corners } of surface.batches()) {
    checkInterrupt();
    faces += count;
    for (let i = 0; i < count * surface.corners; i++) {
      const rgba = corners[i]!;
      if (rgba === last) continue;
      last = rgba;
      colors.number(tint(rgba));
    }
  }
  return faces;
}

function refuse(mesh: string): never {
  const other = mesh === 'greedy' ? '' : ' with mesh "greedy", or';
  const message =
    `A .3mf file holds a model of ${TEXT_BYTES_MAX} characters, and this one would have more. ` +
    `Write it${other} a few layers at a time by "layers".`;
  throw new GoxError('GOX_FORMAT_LIMIT', message, { bytes_max: TEXT_BYTES_MAX });
}
