/**
 * Reads Wavefront .obj: polygons (cut into triangles around their first corner), colours at the
 * vertices (`v x y z r g b`, fractions of one in sRGB), and materials where the caller can give the
 * .mtl file. Lines, points, curves, normals and groups are passed over. Y is up.
 */

import type { Document } from '../../document/document.ts';
import { grown } from '../../mesh-import/grown.ts';
import { TriangleSoup, WHITE } from '../../mesh-import/soup.ts';
import { multiplied, unitByte } from '../../mesh-import/srgb.ts';
import { TextCursor } from '../../mesh-import/text-cursor.ts';
import { ImageLoader } from '../../mesh-import/texture.ts';
import { voxelize } from '../../mesh-import/voxelize.ts';
import { pack } from '../../volume/color.ts';
import type { ImportOptions } from '../format.ts';
import { shown } from '../shown.ts';
import { type ObjMaterial, readMtl } from './import-mtl.ts';

const FIRST_ROOM = 1024;
const SLASH = 0x2f;
const MINUS = 0x2d;
const ZERO = 0x30;
const INDEX_DIGITS_MAX = 10;

/** A line of any other beginning is of no .obj file at all. */
const KEYWORD = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * The mesh of the file as voxels: as real Goxel imports it when it has no colours and `solid` is
 * not asked for. Throws GOX_FORMAT_BROKEN (details: file, line, offset) or GOX_MEMORY_LIMIT.
 */
export function readObj(bytes: Uint8Array, source: string, options: ImportOptions = {}): Document {
  return voxelize(new ObjReader(bytes, source, options).read(), true, options);
}

class ObjReader {
  readonly #cursor: TextCursor;
  readonly #soup: TriangleSoup;
  readonly #options: ImportOptions;
  readonly #images: ImageLoader;
  #positions = new Float64Array(3 * FIRST_ROOM);
  #colors = new Uint32Array(FIRST_ROOM);
  #vertexCount = 0;
  #uvs = new Float64Array(2 * FIRST_ROOM);
  #uvCount = 0;
  #corners: number[] = [];
  #cornerUvs: number[] = [];
  readonly #materials = new Map<string, ObjMaterial>();
  #material: ObjMaterial | undefined;

  constructor(bytes: Uint8Array, source: string, options: ImportOptions) {
    this.#cursor = new TextCursor(bytes, source);
    this.#soup = new TriangleSoup(source);
    this.#soup.goxelWhite = true;
    this.#options = options;
    this.#images = new ImageLoader(source);
  }

  read(): TriangleSoup {
    const cursor = this.#cursor;
    if (cursor.bytes.length === 0) return this.#soup;
    do {
      if (!cursor.more()) continue;
      const keyword = cursor.word();
      if (keyword === 'v') this.#readVertex();
      else if (keyword === 'f') this.#readFace();
      else if (keyword === 'vt') this.#readUv();
      else if (keyword === 'usemtl') this.#material = this.#materials.get(cursor.rest());
      else if (keyword === 'mtllib') this.#readLibrary();
      else if (KEYWORD.test(keyword)) cursor.skip();
      else cursor.fail('no statement of an .obj file');
    } while (cursor.nextLine());
    return this.#soup;
  }

  /** `x y z`, `x y z w`, `x y z r g b` or `x y z r g b a`; w says nothing about triangles. */
  #readVertex(): void {
    const vertex = this.#vertexCount++;
    if (vertex === this.#colors.length) {
      this.#positions = grown(this.#positions, vertex * 6);
      this.#colors = grown(this.#colors, vertex * 2);
    }
    const cursor = this.#cursor;
    for (let axis = 0; axis < 3; axis++) {
      if (!cursor.more()) cursor.fail(`vertex ${vertex + 1} has ${axis} coordinates`);
      this.#positions[vertex * 3 + axis] = cursor.number();
    }
    this.#colors[vertex] = WHITE;
    if (!cursor.more()) return;
    const red = cursor.number();
    if (!cursor.more()) return;
    const green = cursor.number();
    if (!cursor.more()) cursor.fail(`vertex ${vertex + 1} has two of three colour channels`);
    const blue = cursor.number();
    const alpha = cursor.more() ? cursor.number() : 1;
    this.#colors[vertex] = pack(unitByte(red), unitByte(green), unitByte(blue), unitByte(alpha));
    this.#soup.hasColors = true;
  }

  /** The image's rows run down, v runs up. */
  #readUv(): void {
    const cursor = this.#cursor;
    const uv = this.#uvCount++;
    if (uv * 2 === this.#uvs.length) this.#uvs = grown(this.#uvs, uv * 4);
    if (!cursor.more()) cursor.fail('a texture vertex without coordinates');
    this.#uvs[uv * 2] = cursor.number();
    this.#uvs[uv * 2 + 1] = 1 - (cursor.more() ? cursor.number() : 0);
  }

  #readFace(): void {
    const cursor = this.#cursor;
    const corners = this.#corners;
    const uvs = this.#cornerUvs;
    let count = 0;
    for (; cursor.more(); count++) {
      corners[count] = this.#readIndex(this.#vertexCount, 'vertex');
      uvs[count] = -1;
      if (cursor.bytes[cursor.at] !== SLASH) continue;
      cursor.at++;
      const byte = cursor.bytes[cursor.at]!;
      if (byte !== SLASH) uvs[count] = this.#readIndex(this.#uvCount, 'texture vertex');
      if (cursor.bytes[cursor.at] === SLASH) cursor.word();
    }
    if (count < 3) cursor.fail(`a face of ${count} corners`);
    for (let i = 2; i < count; i++) this.#addTriangle(i - 1, i);
  }

  /** A number from 1 up, or from -1 down for the last one read. */
  #readIndex(count: number, what: string): number {
    const cursor = this.#cursor;
    const { bytes } = cursor;
    const from = cursor.at;
    const negative = bytes[from] === MINUS;
    let at = negative ? from + 1 : from;
    const start = at;
    let value = 0;
    for (; bytes[at]! >= ZERO && bytes[at]! <= ZERO + 9; at++)
      value = value * 10 + bytes[at]! - ZERO;
    const index = negative ? count - value : value - 1;
    const digits = at - start;
    if (digits === 0 || digits > INDEX_DIGITS_MAX || index < 0 || index >= count) {
      cursor.fail(`a face names a ${what} that is not there`);
    }
    cursor.at = at;
    return index;
  }

  #addTriangle(second: number, third: number): void {
    const [corners, uvs, colors, material] = [
      this.#corners,
      this.#cornerUvs,
      this.#colors,
      this.#material,
    ];
    const a = corners[0]!;
    const b = corners[second]!;
    const c = corners[third]!;
    const tint = material?.color ?? WHITE;
    this.#soup.add(
      this.#positions,
      a,
      b,
      c,
      multiplied(colors[a]!, tint),
      multiplied(colors[b]!, tint),
      multiplied(colors[c]!, tint),
    );
    if (material === undefined) return;
    this.#soup.hasColors = true;
    const texture = material.texture;
    if (texture === undefined || uvs[0]! < 0 || uvs[second]! < 0 || uvs[third]! < 0) return;
    this.#soup.lay(texture, this.#uvs, uvs[0]!, uvs[second]!, uvs[third]!);
  }

  #readLibrary(): void {
    const { resolve } = this.#options;
    const name = this.#cursor.rest();
    const bytes = resolve?.(name);
    if (resolve === undefined || bytes === undefined) return;
    readMtl(bytes, shown(name), resolve, this.#images, this.#materials);
  }
}
