/**
 * Reads the materials of a Wavefront .mtl file ("MTL material format", Alias|Wavefront, 1995), as
 * far as they colour a surface, in the ways in which programs write them.
 */

import { type Material, newMaterial } from '../../document/scene.ts';
import { plainText } from '../../mesh-import/plain-text.ts';
import { TextCursor } from '../../mesh-import/text-cursor.ts';
import { shown } from '../shown.ts';

/** A picture that a material names. */
export interface PictureMap {
  readonly name: string;
  readonly clamp: boolean;
  /** Of u and v. */
  readonly scale: readonly [number, number];
  readonly offset: readonly [number, number];
}

/** What a file says of a material, which is made of it when a surface has it. */
export interface MtlMaterial {
  readonly name: string;
  /** The file it comes from, by the name that it was found by. */
  readonly file: string;
  /** `Kd`: red, green, blue as fractions of one. */
  diffuse: readonly number[] | undefined;
  /** `Ka`, in the same way. */
  ambient: readonly number[] | undefined;
  /** `Ke`, in the same way. */
  emission: readonly number[];
  /** `d`, the opacity, as it stands there. */
  d: number | undefined;
  /** `Tr`, which is transparency as a rule; see `opacityOf`. */
  tr: number | undefined;
  /** Pictures by their statements in lower case: map_kd, map_ka, map_ke, map_d. */
  readonly maps: Map<string, PictureMap>;
  /** Whether `Tr` is opacity in this file. */
  trIsOpacity: boolean;
}

/** Options of a map statement, each with how many words follow it at most. */
const MAP_OPTIONS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    '-blendu': 1,
    '-blendv': 1,
    '-boost': 1,
    '-bm': 1,
    '-cc': 1,
    '-clamp': 1,
    '-imfchan': 1,
    '-mm': 2,
    '-o': 3,
    '-s': 3,
    '-t': 3,
    '-texres': 1,
    '-type': 1,
  }),
);
/** Clearer glass would not be seen. */
const OPACITY_MIN = 0.2;
/** Of materials, for their brightest colour, and what it may be in fractions. */
const LOOKED_AT = 4096;
const BRIGHT_MAX = 4;
const NUMBER = /^[+-]?[\d.]/;
const MAPS = new Set(['map_kd', 'map_ka', 'map_ke', 'map_d']);

/** Adds the materials of a file to those known by name. Other statements say nothing here. */
export function readMtl(
  bytes: Uint8Array,
  file: string,
  materials: Map<string, MtlMaterial>,
): void {
  const cursor = new TextCursor(plainText(bytes), file);
  const own: MtlMaterial[] = [];
  do {
    if (!cursor.more()) continue;
    const keyword = cursor.word().toLowerCase();
    const material = own.at(-1);
    if (keyword === 'newmtl') {
      const made = newMtl(unquoted(cursor.rest()), file);
      own.push(made);
      materials.set(made.name, made);
    } else if (material === undefined) continue;
    else if (keyword === 'kd') material.diffuse = readColor(cursor) ?? material.diffuse;
    else if (keyword === 'ka') material.ambient = readColor(cursor) ?? material.ambient;
    else if (keyword === 'ke') material.emission = readColor(cursor) ?? material.emission;
    else if (keyword === 'd') {
      // `d -halo` fades towards the middle of what is seen, which a voxel cannot.
      material.d = readNumber(cursor) ?? material.d;
    } else if (keyword === 'tr') material.tr = readNumber(cursor) ?? material.tr;
    else if (MAPS.has(keyword)) {
      const map = mapOf(cursor.rest());
      if (map.name !== '') material.maps.set(keyword, map);
    }
  } while (cursor.nextLine());
  const bytes_max = Math.max(0, ...own.slice(0, LOOKED_AT).flatMap(({ diffuse }) => diffuse ?? 0));
  // A few programs write bytes; a little above 1 is light.
  if (bytes_max > BRIGHT_MAX) {
    for (const material of own) material.diffuse = material.diffuse?.map((value) => value / 255);
  }
  // A program that writes 1 for what is to be seen means opacity by it everywhere.
  const trIsOpacity = own.some(({ d, tr }) => tr !== undefined && tr >= 1 && (d ?? 1) >= 1);
  for (const material of own) material.trIsOpacity = trIsOpacity;
}

function newMtl(name: string, file: string): MtlMaterial {
  const nothing = {
    diffuse: undefined,
    ambient: undefined,
    d: undefined,
    tr: undefined,
    trIsOpacity: false,
  };
  return { name, file, ...nothing, emission: [0, 0, 0], maps: new Map() };
}

/**
 * The opacity that is meant, 0…1; undefined where it would be none at all, which nobody means. `Tr`
 * is 1 - d in most programs and d in others (MeshLab until 2023, 3ds Max, openMVS); where both are
 * there, d is right.
 */
export function opacityOf({ d, tr, trIsOpacity }: MtlMaterial): number | undefined {
  if (tr !== undefined && tr >= 1 && (d ?? 1) >= 1) return undefined;
  let opacity = d ?? 1;
  if (d === undefined && tr !== undefined) opacity = trIsOpacity ? tr : 1 - tr;
  return opacity * 255 < 0.5 ? undefined : Math.min(opacity, 1);
}

/**
 * The material of a layer, for one that shines or lets light through; undefined for all others,
 * whose voxels have their colours. Voxels themselves are opaque: most formats hold no others.
 */
export function finishOf({ name, emission }: MtlMaterial, opacity: number): Material | undefined {
  const shines = emission.some((value) => value > 0);
  if (!shines && opacity === 1) return undefined;
  const color = Float32Array.of(1, 1, 1, Math.max(opacity, OPACITY_MIN));
  return { ...newMaterial(shown(name)), color, emission: Float32Array.from(emission) };
}

/** A name without the quotes that some programs put around it. */
export function unquoted(name: string): string {
  return /^"[^"]*"$/.test(name) ? name.slice(1, -1) : name;
}

/** `r g b`, or one number for all three; spectral curves and XYZ colours are passed over. */
function readColor(cursor: TextCursor): number[] | undefined {
  const red = readNumber(cursor);
  if (red === undefined) return undefined;
  const green = readNumber(cursor) ?? red;
  return [red, green, readNumber(cursor) ?? red];
}

function readNumber(cursor: TextCursor): number | undefined {
  const value = cursor.more() ? cursor.value() : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

/** The file's name behind the options, blanks within it included. */
function mapOf(statement: string): PictureMap {
  const words = statement.split(/\s+/);
  const found = {
    clamp: false,
    scale: [1, 1] as [number, number],
    offset: [0, 0] as [number, number],
  };
  let at = 0;
  for (
    let left = MAP_OPTIONS.get(words[at]!);
    left !== undefined;
    left = MAP_OPTIONS.get(words[at]!)
  ) {
    const option = words[at]!;
    const vector = left === 3;
    if (option === '-clamp') found.clamp = words[at + 1] === 'on';
    at++;
    // The vectors' second and third number may be left out.
    for (let i = 0; left > 0 && at < words.length - 1; left--, at++, i++) {
      if (vector && !NUMBER.test(words[at]!)) break;
      const value = Number.parseFloat(words[at]!);
      if (i > 1 || !Number.isFinite(value)) continue;
      if (option === '-s') found.scale[i] = value;
      else if (option === '-o') found.offset[i] = value;
    }
  }
  // A name may have several blanks in a row.
  const name = statement.replace(new RegExp(`^(?:\\S+\\s+){${at}}`), '');
  return { name: at < words.length ? unquoted(name) : '', ...found };
}
