/** What a request wants of a document before it is written: layers, a place, colours. */

import { GoxError } from '../../conf/errors.ts';
import { didYouMean } from '../../conf/suggest.ts';
import { cut } from '../catalogue/sketch.ts';
import { WRITING_FORMATS, type WritingOptions } from '../catalogue/writing.ts';
import { Document } from '../document/document.ts';
import type { Layer } from '../document/layer.ts';
import {
  copyOfLayer,
  type Motion,
  movedDocument,
  quarterTurns,
  STAYS,
  then,
} from '../document/rigid.ts';
import { scaledDocument } from '../document/scaled.ts';
import { READ_VOXEL_BYTES_MAX } from '../formats/format.ts';
import { keepsOf } from '../formats/keeps.ts';
import { listed, type Report } from '../formats/report.ts';
import { ColorCounter, medianCut } from '../image/quantize.ts';
import { Reducer } from '../ops/reduce-colors.ts';
import { BLOCK_BYTES } from '../volume/block.ts';
import type { Vec3 } from '../volume/box.ts';
import { boxMatrix, identity } from '../volume/matrix.ts';
import { blended } from './blended.ts';
import { type Ceiling, explainedBy } from './memory.ts';

/** Where the document goes, and the colours that it is to have. */
export interface Shape {
  /** The name of the format. */
  readonly format: string;
  readonly palette: Uint32Array | undefined;
  /** What the voxels of a larger model may take. */
  readonly ceiling?: Ceiling | undefined;
}

/**
 * The document as it is to be written; the one that is given stays as it is, and what nothing is
 * asked of is that very one. Throws GOX_LAYER_NOT_FOUND.
 */
export function shaped(
  document: Document,
  options: WritingOptions,
  report: Report,
  { format, palette, ceiling }: Shape,
): Document {
  let made = ofLayers(document, options, report, format);
  if (format !== 'gox' && options.like !== 'goxel') made = blended(made, report);
  if (options.merge === true) made = merged(made, report);
  if (!WRITING_FORMATS.mesh.includes(format)) made = scaled(made, options, ceiling);
  const { rotate } = options;
  if (rotate !== undefined) {
    const turns = rotation(rotate);
    made = within(ceiling, (bytes_max) => movedDocument(made, turns, bytes_max));
  }
  if (options.crop === true) made = within(ceiling, (bytes_max) => cropped(made, bytes_max));
  made = within(ceiling, (bytes_max) =>
    reduced(made, options, report, { format, palette, bytes_max }),
  );
  if (made !== document && isBare(made) && !isBare(document)) tellEmpty(report);
  return made;
}

/** Makes a copy within what is free. Throws GOX_MEMORY_LIMIT. */
function within<T>(ceiling: Ceiling | undefined, make: (bytes_max: number) => T): T {
  if (ceiling === undefined) return make(READ_VOXEL_BYTES_MAX);
  return explainedBy(
    () => ceiling,
    () => make(ceiling.bytes_free),
  );
}

function isBare({ layers }: Document): boolean {
  return layers.every(({ volume }) => volume.count() === 0);
}

function tellEmpty(report: Report): void {
  const [why] = report.warnings();
  report.warn('WARN_EMPTY', `No voxel is left to be written.${why ? ` ${why.message}` : ''}`);
}

function ofLayers(
  document: Document,
  { layers: asked, hidden, like }: WritingOptions,
  report: Report,
  format: string,
): Document {
  const { visibility } = keepsOf(format, like);
  if (asked !== undefined) {
    const wanted = chosen(document, asked);
    return withLayers(document, wanted, true);
  }
  if (format === 'gox') return document;
  const unseen = document.layers.filter(({ visible }) => !visible);
  if (unseen.length === 0) return document;
  if (hidden === true) return visibility ? document : withLayers(document, document.layers, true);
  if (like === 'goxel') return document;
  document.refresh();
  const left = unseen.filter(({ volume }) => volume.count() > 0);
  const names = listed(left.map(({ name }) => name));
  report.warn(
    'WARN_HIDDEN_LEFT_OUT',
    `Hidden layers are left out: ${names}.`,
    undefined,
    left.length,
  );
  return withLayers(
    document,
    document.layers.filter(({ visible }) => visible),
    false,
  );
}

/** The layers of names or ids, in the order of the document. */
function chosen(document: Document, asked: readonly (string | number)[]): Layer[] {
  const wanted = new Set<Layer>();
  for (const one of asked) {
    let found = document.layers.filter(({ id, name }) => one === id || one === name);
    if (found.length === 0 && /^\d{1,10}$/.test(String(one))) {
      found = document.layers.filter(({ id }) => id === Number(one));
    }
    if (found.length === 0) throw unknownLayer(document, one);
    for (const layer of found) wanted.add(layer);
  }
  return document.layers.filter((layer) => wanted.has(layer));
}

function unknownLayer({ layers }: Document, asked: string | number): GoxError {
  const names = layers.map(({ name }) => name);
  const near = typeof asked === 'string' ? didYouMean(asked, names) : '';
  const what = typeof asked === 'string' ? `named "${cut(asked)}"` : `with the id ${asked}`;
  const message = `There is no layer ${what}${near || `; there are ${listed(names)}.`}`;
  return new GoxError('GOX_LAYER_NOT_FOUND', message, { layer: asked });
}

/** A copy of the document with some of its layers alone. */
function withLayers(document: Document, some: readonly Layer[], shown: boolean): Document {
  document.refresh();
  const layers = some.map((layer) => {
    const copy = copyOfLayer(layer);
    if (shown) copy.set({ visible: true });
    if (copy.baseId !== 0 && !some.some(({ id }) => id === copy.baseId)) {
      // What it is a clone of is not there any more.
      copy.derivation = undefined;
      copy.set({ volume: layer.volume, baseId: 0, mat: identity() });
    }
    return copy;
  });
  const active = layers[some.indexOf(document.activeLayer)] ?? layers.at(-1);
  const made = new Document(document.box);
  made.set({ ...document.state, layers, active });
  if (layers.length === 0) made.addLayer('Layer.1');
  return made;
}

/** Throws GOX_MEMORY_LIMIT for a model that would be too large. */
function scaled(document: Document, { scale = 1 }: WritingOptions, ceiling?: Ceiling): Document {
  if (scale === 1) return document;
  try {
    return within(ceiling, (bytes_max) => scaledDocument(document, scale, bytes_max));
  } catch (error) {
    if (!(error instanceof GoxError) || error.code !== 'GOX_MEMORY_LIMIT') throw error;
    const message = `${error.message} Give a smaller \`scale\`.`;
    throw new GoxError(error.code, message, error.details, error);
  }
}

function merged(document: Document, report: Report): Document {
  const shown = document.layers.filter(({ visible }) => visible);
  const [first] = shown;
  const material = first?.material ?? -1;
  const others = shown.filter((layer) => layer.material !== material);
  if (others.length > 0) {
    const names = listed(others.map(({ name }) => name));
    const message = `The layers that become one have the material of the lowest: ${names}.`;
    report.warn('WARN_MATERIALS_LOST', message, undefined, others.length);
  }
  const made = new Document(document.box);
  made.set({ ...document.state, layers: [], active: undefined });
  const layer = made.addLayer(first?.name ?? 'Layer.1');
  layer.set({ volume: document.merged(), material });
  return made;
}

/** Such as "z90,x-90"; the schema has admitted no other. */
function rotation(text: string): Motion {
  let motion = STAYS;
  for (const part of text.toLowerCase().split(',')) {
    const [, before, axis, after, degrees] = /^ *([+-]?)([xyz])[:=]?([+-]?)(\d+) *$/.exec(part)!;
    const sign = (before === '-') === (after === '-') ? 1 : -1;
    const turns = quarterTurns('xyz'.indexOf(axis!) as 0 | 1 | 2, (sign * Number(degrees)) / 90);
    motion = then(motion, turns);
  }
  return motion;
}

/** At the origin, in an image box around what shows. */
function cropped(document: Document, bytes_max: number): Document {
  const boxes = document.shownVolumes().flatMap((volume) => volume.box() ?? []);
  if (boxes.length === 0) return document;
  const least = (axis: 0 | 1 | 2) => Math.min(...boxes.map(({ min }) => min[axis]));
  const most = (axis: 0 | 1 | 2) => Math.max(...boxes.map(({ max }) => max[axis]));
  const min: Vec3 = [least(0), least(1), least(2)];
  const motion: Motion = { ...STAYS, by: [0 - min[0], 0 - min[1], 0 - min[2]] };
  const moved = movedDocument(document, motion, bytes_max);
  const size: Vec3 = [most(0) - min[0], most(1) - min[1], most(2) - min[2]];
  moved.set({ box: boxMatrix({ min: [0, 0, 0], max: size }) });
  return moved;
}

/** With the colours of the palette; or, dithered, with as many as the format has. */
function reduced(
  document: Document,
  { dither = false }: WritingOptions,
  report: Report,
  { format, palette, bytes_max }: Shape & { readonly bytes_max: number },
): Document {
  const colors = palette ?? (dither ? paletteFor(document, format) : undefined);
  if (colors === undefined) {
    if (dither && keepsOf(format).colors === true) {
      const message = 'The option "dither" means nothing without a palette.';
      report.warn('WARN_OPTION_UNUSED', message);
    }
    return document;
  }
  document.refresh();
  const reducer = new Reducer(colors, dither);
  let blocks_left = Math.floor(bytes_max / BLOCK_BYTES);
  const layers = document.layers.map((layer) => {
    const copy = copyOfLayer(layer);
    const volume = reducer.reduced(layer.volume, blocks_left);
    blocks_left -= volume.blockCount;
    if (layer.derived) copy.derivation = { volume, inputs: 'kept', version: 0 };
    else copy.set({ volume });
    return copy;
  });
  const { length } = colors;
  const message =
    palette === undefined
      ? `There are more colours than the ${length} that ${format} can hold.`
      : `Colours that the palette does not have became the nearest of its ${length}.`;
  report.warn('WARN_COLORS_MERGED', message, undefined, reducer.changed);
  const made = new Document(document.box);
  const active = layers[document.layers.indexOf(document.activeLayer)];
  made.set({ ...document.state, layers, active });
  return made;
}

/** As many colours as a format can hold, where the document has more. */
function paletteFor(document: Document, format: string): Uint32Array | undefined {
  const { colors: room } = keepsOf(format);
  if (typeof room !== 'number') return undefined;
  const { colors, counts } = ColorCounter.ofSolid(document.merged());
  return colors.length <= room ? undefined : medianCut(colors, counts, room);
}
