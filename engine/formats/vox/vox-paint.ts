/** The palette and the materials of a MagicaVoxel file that is written. */

import type { Document } from '../../document/document.ts';
import type { Layer } from '../../document/layer.ts';
import { fewerColors } from '../../image/fewer-colors.ts';
import { ColorCounter } from '../../image/quantize.ts';
import { newScratch } from '../../volume/block.ts';
import type { Report } from '../report.ts';
import type { Dict } from './vox-chunks.ts';
import { dictOf } from './vox-materials.ts';

/** Index 0 is no voxel. */
const INDEX_MIN = 1;
const COLORS_MAX = 255;
const OPAQUE = 0xff00_0000;

/** What the colours of a layer become. */
export interface Colors {
  readonly counter: ColorCounter;
  /** An index for each of the counter's colours. */
  readonly indices: Uint8Array;
}

export interface Paint {
  /** 256 packed colours, from index 1 on. */
  readonly palette: Uint32Array;
  /** What is said of indices that are not diffuse. */
  readonly materials: ReadonlyMap<number, Dict>;
  colorsOf(layer: Layer): Colors;
}

/** A material, as far as the format can hold it, and all that is made of it. */
interface Group {
  readonly dict: Dict | undefined;
  readonly counter: ColorCounter;
}

/** Throws nothing for colours that are too many, but tells how many became others. */
export function paintFor(document: Document, layers: readonly Layer[], report: Report): Paint {
  const groupOf = grouped(document, layers, report);
  const groups = [...new Set(groupOf.values())];
  const palette = new Uint32Array(COLORS_MAX + 1).fill(OPAQUE);
  const materials = new Map<number, Dict>();
  const own = inOwnPalette(document, groups);
  const found = own ?? reduced(groups, report);
  palette.set(found.colors);
  for (const [place, group] of found.groups.entries()) {
    const { dict } = groups[group]!;
    if (dict !== undefined) materials.set(place + INDEX_MIN, dict);
  }
  const colors = new Map(
    groups.map((group, i) => {
      const indices = Uint8Array.from(found.places[i]!, (place) => place + INDEX_MIN);
      return [group, { counter: group.counter, indices }];
    }),
  );
  return { palette, materials, colorsOf: (layer) => colors.get(groupOf.get(layer)!)! };
}

/** The layers by what they are made of, with all of their colours counted. */
function grouped(document: Document, layers: readonly Layer[], report: Report): Map<Layer, Group> {
  const groups = new Map<string, Group>();
  const lost = new Set<string>();
  const found = layers.map((layer): [Layer, Group] => {
    const material = document.materials[layer.material];
    let dict = material && dictOf(material, () => lost.add(material.name));
    let key = JSON.stringify(dict ?? null);
    // Each has at least one colour of its own.
    if (!groups.has(key) && groups.size >= COLORS_MAX - 1 && dict !== undefined) {
      lost.add(material!.name);
      dict = undefined;
      key = 'null';
    }
    const group = groups.get(key) ?? { dict, counter: new ColorCounter() };
    groups.set(key, group);
    for (const { data } of layer.volume.blocks(newScratch())) group.counter.addSolid(data);
    return [layer, group];
  });
  for (const name of lost) {
    const message = `Not all of the material "${name}" can be in a .vox file.`;
    report.warn('WARN_MATERIALS_LOST', message, { object: name });
  }
  return new Map(found);
}

interface Places {
  readonly colors: Uint32Array;
  /** The group of each colour that is used. */
  readonly groups: ReadonlyMap<number, number>;
  /** For each group, the place of each of its colours. */
  readonly places: readonly (readonly number[])[];
}

/** The document's own palette in its order, when it has all the colours. */
function inOwnPalette(document: Document, groups: readonly Group[]): Places | undefined {
  const colors = document.palette.colors.slice(0, COLORS_MAX).map((rgba) => rgba | OPAQUE);
  const known = new Map<number, number>();
  for (const [place, rgba] of colors.entries()) if (!known.has(rgba)) known.set(rgba, place);
  const used = new Map<number, number>();
  const places = groups.map(({ counter }, group) =>
    Array.from(counter.colors, (rgba) => {
      const place = known.get(rgba) ?? -1;
      // A colour of two materials needs two places.
      if (place < 0 || used.has(place)) return -1;
      used.set(place, group);
      return place;
    }),
  );
  return places.flat().includes(-1) ? undefined : { colors, groups: used, places };
}

function reduced(groups: readonly Group[], report: Report): Places {
  const total = groups.reduce((sum, { counter }) => sum + counter.colors.length, 0);
  const [colors, counts] = [new Uint32Array(total), new Uint32Array(total)];
  const numbers = new Uint8Array(total);
  let at = 0;
  for (const [group, { counter }] of groups.entries()) {
    colors.set(counter.colors, at);
    counts.set(counter.counts, at);
    numbers.fill(group, at, at + counter.colors.length);
    at += counter.colors.length;
  }
  const fewer = fewerColors(colors, counts, COLORS_MAX, numbers);
  if (total > COLORS_MAX) {
    const message = `${total} colours became the ${fewer.colors.length} that a .vox file can have.`;
    report.warn('WARN_COLORS_MERGED', message, undefined, total - fewer.colors.length);
  }
  at = 0;
  const places = groups.map(({ counter }) => {
    const part = fewer.indices.subarray(at, at + counter.colors.length);
    at += part.length;
    return [...part];
  });
  return { colors: fewer.colors, groups: new Map(fewer.groups.entries()), places };
}
