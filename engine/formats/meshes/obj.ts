/**
 * Wavefront .obj (Alias|Wavefront, Object Files, 1995) with what most programs want of it: beside
 * NAME.obj a NAME.mtl of the project's materials, and a picture NAME.png of the colours. Each
 * visible layer is an object. Vertices are points only, so faces are joined by the vertices that
 * they share; colours are texture coordinates, in the middle of a cell of the picture. A file that
 * stands alone has colours at its vertices, as in Goxel.
 *
 * A body is walked for its colours, for its vertices and for its faces.
 */

import type { Document } from '../../document/document.ts';
import { encodePng } from '../../image/png.ts';
import { textIn, withText } from '../../image/png-text.ts';
import { Atlas } from '../../mesh/atlas.ts';
import { ColorCells } from '../../mesh/color-cells.ts';
import { surfaceOf } from '../../mesh/kinds.ts';
import { surveyOf } from '../../mesh/places.ts';
import { type SeenLayer, seenLayers } from '../../mesh/seen.ts';
import type { ExportOptions, Format } from '../format.ts';
import { TextPieces } from '../text.ts';
import { Axes } from './axes.ts';
import { readObj } from './import-obj.ts';
import { type Entry, isOurMtl, materialOf, mtlOf, tellMaterialsLost, tintOf } from './mtl.ts';
import { type Body, colorsOf, coordinateLine, type Writing, writeBody } from './obj-body.ts';
import { writeObjAsGoxel } from './obj-goxel.ts';
import { Names } from './obj-names.ts';
import { type Paint, paintOf } from './obj-paint.ts';
import { voxelMark } from './voxel-mark.ts';

/** What marks our own pictures, which may be written over. */
const MARK = ['Source', 'goxel-supervisor: colors of a mesh'] as const;

function* writeObj(document: Document, options: ExportOptions = {}): Generator<Uint8Array> {
  if (options.like === 'goxel') {
    yield* writeObjAsGoxel(document, options);
    return;
  }
  const paint = paintOf(options);
  const seen = seenLayers(document);
  const volumes = seen.map(({ volume }) => volume);
  const atlas = paint === 'baked' ? new Atlas(volumes) : undefined;
  const bodies = bodiesOf(document, seen, paint, atlas, options);
  const cells = new ColorCells();
  const out = new TextPieces();
  out.text(`# ${voxelMark(options.scale)}\n`);
  const axes = new Axes(options, true, volumes);
  const writing = { out, axes, paint, cells, vertices: 0, coordinates: 0, normals: 0 };
  if (paint === 'vertex') {
    const materials = new Set(bodies.map(({ material }) => material));
    tellMaterialsLost(options.report, materials);
  } else {
    if (paint === 'palette') {
      for (const body of bodies) for (const rgba of colorsOf(body)) cells.number(rgba);
    }
    out.utf8(`mtllib ${writeLibrary(bodies, cells, atlas, options)}\n`);
    yield* writeCells(writing);
  }
  for (const body of bodies) yield* writeBody(body, writing);
  yield out.take();
}

function bodiesOf(
  document: Document,
  seen: readonly SeenLayer[],
  paint: Paint,
  atlas: Atlas | undefined,
  { report, mesh = 'blocks' }: ExportOptions,
): Body[] {
  const names = new Names(report);
  const several = new Set(seen.map(({ layer }) => materialOf(document, layer))).size > 1;
  return seen.map(({ layer, volume }, i) => {
    const material = materialOf(document, layer);
    const tint = tintOf(material);
    const surface = atlas?.surfaces[i] ?? surfaceOf(volume, mesh);
    const survey = paint === 'color' || paint === 'palette' ? surveyOf(surface) : undefined;
    const colors = paint === 'color' ? colorsOf({ survey, tint }) : [];
    return {
      name: names.object(layer.name),
      material,
      materialName: names.material(material),
      colorNames: new Map(
        Array.from(colors, (rgba) => [rgba, names.color(material, rgba, several)] as const),
      ),
      tint,
      surface,
      survey,
    };
  });
}

/** Writes what lies beside the file; gives the name of its materials. */
function writeLibrary(
  bodies: readonly Body[],
  cells: ColorCells,
  atlas: Atlas | undefined,
  { beside }: ExportOptions,
): string {
  if (beside === undefined) throw new Error('there is no place for materials');
  let picture: string | undefined;
  const png = atlas === undefined ? cells.count > 0 && cells.png() : encodePng(atlas.picture());
  if (png !== false) picture = beside('png', [withText(png, ...MARK)], isOurPicture);
  const entries = new Map<string, Entry>();
  for (const { material, materialName, colorNames } of bodies) {
    if (colorNames.size === 0) entries.set(materialName, { name: materialName, material });
    for (const [rgba, name] of colorNames) entries.set(name, { name, material, rgba });
  }
  return beside('mtl', mtlOf(entries.values(), picture), isOurMtl);
}

function isOurPicture(start: Uint8Array): boolean {
  return textIn(start, MARK[0]) === MARK[1];
}

/** A texture coordinate for each colour. */
function* writeCells(writing: Writing): Generator<Uint8Array, void, undefined> {
  const { out, cells } = writing;
  const { side } = cells;
  for (let number = 0; number < cells.count; number++) {
    if (out.full) yield out.take();
    out.text(coordinateLine(...cells.middle(number, side)));
  }
  writing.coordinates += cells.count;
}

export const obj: Format = { name: 'obj', extensions: ['obj'], read: readObj, write: writeObj };
