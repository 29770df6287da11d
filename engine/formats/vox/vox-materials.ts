/**
 * The materials of the colours of a MagicaVoxel file, as Goxel's. A chunk MATL is int32 colour
 * index and a dictionary of texts: `_type` (_diffuse, _metal, _glass, _emit, _blend, _media), and
 * numbers, most of them 0…1: `_metal`, `_rough`, `_trans` and `_alpha` (how much is seen through
 * it), `_emit`, and `_weight` in files of before them. A chunk MATT of older files is int32 index
 * and type, float32 weight, bits for the float32 values that follow.
 *
 * What is diffuse has the first material of a document. Light gets the colour that it has there.
 * Indices of refraction, attenuation and the power of light have no counterpart; they are kept and
 * written again. What is written here has `_name` and `_emission`, too, which are read back and
 * mean nothing to MagicaVoxel.
 */

import type { DictEntry } from '../../document/layer.ts';
import { type Material, newMaterial } from '../../document/scene.ts';
import { LINEAR } from '../../mesh-import/srgb.ts';
import { type ChunkReader, type Dict, KEPT_OF_MATERIALS } from './vox-chunks.ts';

/** Nothing is so clear that it could not be seen at all. */
const OPACITY_MIN = 0.1;

/** How rough what shines is when nothing is said. */
const ROUGHNESS = 0.1;

const TYPES = ['_diffuse', '_metal', '_glass', '_emit'];
const PLASTIC = 1;
const ROUGH = 2;

const NAMES: Readonly<Record<string, string>> = {
  _metal: 'Metal',
  _glass: 'Glass',
  _emit: 'Light',
  _blend: 'Blend',
  _media: 'Cloud',
};

/** Reads a MATL chunk. */
export function readMaterial(chunk: ChunkReader): [index: number, Dict] {
  return [chunk.int32('material id'), chunk.dict()];
}

/** Reads a MATT chunk, as what it would be in a MATL chunk. */
export function readOldMaterial(chunk: ChunkReader): [index: number, Dict] {
  const index = chunk.int32('material id');
  const type = TYPES[chunk.int32('type')] ?? '_diffuse';
  const weight = String(chunk.float32('weight'));
  const bits = chunk.int32('properties');
  if ((bits & PLASTIC) !== 0) chunk.float32('plastic');
  const rough = (bits & ROUGH) === 0 ? {} : { _rough: String(chunk.float32('roughness')) };
  return [index, { _type: type, _weight: weight, ...rough }];
}

/** The material of a colour; undefined for what is diffuse. Its name is a kind of material. */
export function materialOf(dict: Dict, rgba: number): Material | undefined {
  const { _type: type = '_diffuse', _name } = dict;
  const plain = { ...newMaterial(_name ?? NAMES[type] ?? ''), extra: keptOf(dict) };
  const number = (key: string, other: number) => fraction(dict[key], other);
  const weight = number('_weight', 1);
  const roughness = Math.fround(number('_rough', ROUGHNESS));
  const trans = number('_trans', number('_alpha', type === '_glass' ? weight : 0));
  const opacity = Math.max(1 - trans, OPACITY_MIN);
  const color = new Float32Array([1, 1, 1, opacity]);
  const metallic = Math.fround(number('_metal', weight));
  if (type === '_metal') return { ...plain, metallic, roughness };
  if (type === '_glass' || type === '_media') return { ...plain, color, roughness };
  if (type === '_blend') return { ...plain, color, metallic, roughness };
  if (type === '_emit') return { ...plain, emission: emissionOf(dict, rgba, weight) };
  return _name === undefined ? undefined : plain;
}

function keptOf(dict: Dict): DictEntry[] {
  const keys = dict._type === '_media' ? ['_type', ...KEPT_OF_MATERIALS] : KEPT_OF_MATERIALS;
  return keys.flatMap((key) => {
    const value = dict[key];
    const usual = value === undefined || (key === '_flux' && value === '0');
    return usual ? [] : [{ key, value: Buffer.from(value) }];
  });
}

/** What was kept, for a material of that type. */
function givenBack({ extra }: Material, type: string): Dict {
  const known = extra.filter(
    ({ key }) => KEPT_OF_MATERIALS.includes(key) || (key === '_type' && type === '_glass'),
  );
  return Object.fromEntries(known.map(({ key, value }) => [key, Buffer.from(value).toString()]));
}

function emissionOf({ _emission, _emit }: Dict, rgba: number, weight: number): Float32Array {
  const own = _emission?.split(' ').map(Number);
  if (own?.length === 3 && own.every((value) => value >= 0 && value < 1e6)) {
    return new Float32Array(own);
  }
  const strength = fraction(_emit, weight);
  const light = (shift: number) => LINEAR[(rgba >>> shift) & 0xff]! * strength;
  return new Float32Array([light(0), light(8), light(16)]);
}

/** A number of 0…1 out of a text. */
function fraction(text: string | undefined, other: number): number {
  const value = text === undefined ? Number.NaN : Number.parseFloat(text);
  return Number.isFinite(value) ? Math.min(Math.max(value, 0), 1) : other;
}

/**
 * What a MATL chunk says of a material; undefined for what is diffuse. `lost` is called when that
 * is not all of it.
 */
export function dictOf(material: Material, lost: () => void): Dict | undefined {
  const { name, color, metallic, roughness, emission } = material;
  const usual = newMaterial('');
  const opacity = color[3]!;
  const metal = metallic !== usual.metallic;
  const rough = roughness !== usual.roughness;
  const light = emission.some((value) => value > 0);
  const clear = opacity < 1;
  if (color.subarray(0, 3).some((value) => value !== 1) || (light && (clear || metal || rough))) {
    lost();
  }
  const given = { _name: name, _weight: '1', _rough: decimal(roughness, Math.fround) };
  const trans = decimal(1 - opacity, (value) => Math.fround(1 - value));
  const through = { _trans: trans, _alpha: trans };
  const _metal = decimal(metallic, Math.fround);
  if (light) {
    const _emit = decimal(Math.min(Math.max(...emission), 1), Math.fround);
    const _emission = Array.from(emission, (value) => decimal(value, Math.fround)).join(' ');
    const kept = givenBack(material, '_emit');
    return { ...given, _type: '_emit', _emit, _flux: '0', _emission, ...kept };
  }
  const of = (_type: string, more: Dict) => {
    return { ...given, ...more, _type, ...givenBack(material, _type) };
  };
  if (clear && metal) return of('_blend', { ...through, _metal });
  if (clear) return of('_glass', through);
  return metal || rough ? of('_metal', { _metal }) : undefined;
}

/** The shortest decimal out of which comes the same as out of the number. */
function decimal(value: number, made: (value: number) => number): string {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (made(short) === made(value)) return String(short);
  }
  return String(value);
}
