/** Reads the materials of a Wavefront .mtl file, as far as they colour a surface. */

import { unitByte } from '../../mesh-import/srgb.ts';
import { TextCursor } from '../../mesh-import/text-cursor.ts';
import type { ImageLoader, Texture } from '../../mesh-import/texture.ts';
import { pack } from '../../volume/color.ts';

export interface ObjMaterial {
  /** Packed diffuse colour `Kd` and opacity `d`; the texture is multiplied by it. */
  color: number;
  /** The picture `map_Kd`, when the caller has it. */
  texture: Texture | undefined;
}

const OPAQUE = 0xff00_0000;

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
const NUMBER = /^[+-]?[\d.]/;

/** Adds the materials of a file to those known by name. Throws GOX_FORMAT_BROKEN. */
export function readMtl(
  bytes: Uint8Array,
  source: string,
  resolve: (name: string) => Uint8Array | undefined,
  images: ImageLoader,
  materials: Map<string, ObjMaterial>,
): void {
  const cursor = new TextCursor(bytes, source);
  const textures = new Map<string, Texture | undefined>();
  let material: ObjMaterial | undefined;
  do {
    if (!cursor.more()) continue;
    const keyword = cursor.word();
    if (keyword === 'newmtl') {
      material = { color: 0xffff_ffff, texture: undefined };
      materials.set(cursor.rest(), material);
    } else if (material === undefined) continue;
    else if (keyword === 'Kd') material.color = readColor(cursor, material.color) >>> 0;
    else if (keyword === 'd' && cursor.more()) {
      // `d -halo` fades towards the middle of what is seen, which a voxel cannot.
      if (cursor.bytes[cursor.at] !== 0x2d) setOpacity(material, cursor.number());
    } else if (keyword === 'Tr' && cursor.more()) setOpacity(material, 1 - cursor.number());
    else if (keyword === 'map_Kd') {
      const { name, clamp } = mapOf(cursor.rest());
      const key = `${clamp} ${name}`;
      if (!textures.has(key)) {
        const image = resolve(name);
        const wrap = clamp ? 'clamp' : 'repeat';
        const texture: Texture | undefined = image && {
          image: images.load(image, name),
          wrapU: wrap,
          wrapV: wrap,
          alpha: 'keep',
          cutoff: 0,
        };
        textures.set(key, texture);
      }
      material.texture = textures.get(key);
    }
  } while (cursor.nextLine());
}

/** `Kd r g b`, or one number for all three; spectral curves and XYZ colours are passed over. */
function readColor(cursor: TextCursor, before: number): number {
  if (!cursor.more()) return before;
  const byte = cursor.bytes[cursor.at]!;
  if ((byte | 0x20) >= 0x61) return before;
  const red = unitByte(cursor.number());
  const green = cursor.more() ? unitByte(cursor.number()) : red;
  const blue = cursor.more() ? unitByte(cursor.number()) : red;
  return (before & OPAQUE) | pack(red, green, blue, 0);
}

function setOpacity(material: ObjMaterial, opacity: number): void {
  material.color = ((material.color & 0xff_ffff) | (unitByte(opacity) << 24)) >>> 0;
}

/** The file's name behind the options, blanks within it included. */
function mapOf(statement: string): { name: string; clamp: boolean } {
  const words = statement.split(/\s+/);
  let clamp = false;
  let at = 0;
  for (
    let left = MAP_OPTIONS.get(words[at]!);
    left !== undefined;
    left = MAP_OPTIONS.get(words[at]!)
  ) {
    const vector = left === 3;
    if (words[at] === '-clamp') clamp = words[at + 1] === 'on';
    at++;
    // The vectors' second and third number may be left out.
    for (; left > 0 && at < words.length - 1; left--, at++) {
      if (vector && !NUMBER.test(words[at]!)) break;
    }
  }
  return { name: words.slice(at).join(' '), clamp };
}
