/**
 * Reads Wavefront .obj ("Object Files", Alias|Wavefront, 1995): polygons, lines and points, colours
 * at the vertices (`v x y z r g b`, sRGB in fractions of one or bytes), and materials where the
 * caller can give the .mtl files. A file of vertices alone is a cloud of points. Objects (`o`, or
 * without any the groups `g`) become layers, and so does what shines or is of glass. What is wrong
 * with a single line costs that line, and a warning. Y is up.
 */

import type { Document } from '../../document/document.ts';
import { grown } from '../../mesh-import/grown.ts';
import { plainText } from '../../mesh-import/plain-text.ts';
import { PolygonCutter } from '../../mesh-import/polygon.ts';
import { type Part, TriangleSoup, WHITE } from '../../mesh-import/soup.ts';
import { multiplied, unitByte } from '../../mesh-import/srgb.ts';
import { TextCursor } from '../../mesh-import/text-cursor.ts';
import { voxelize } from '../../mesh-import/voxelize.ts';
import { pack } from '../../volume/color.ts';
import type { ImportOptions } from '../format.ts';
import { Report } from '../report.ts';
import { shown } from '../shown.ts';
import { type ObjMaterial, ObjMaterials } from './import-materials.ts';
import { unquoted } from './import-mtl.ts';
import { colorsAreBytes, MISSING, paintAt, readIndex } from './import-obj-words.ts';
import { isOfVoxels, voxelLengthIn } from './voxel-mark.ts';

const FIRST_ROOM = 1024;
const SLASH = 0x2f;

/** Statements that say nothing about what is there, or what has it already. */
const PASSED_OVER = new Set([
  ...['vn', 'vp', 's', 'mg', 'lod', 'bevel', 'c_interp', 'd_interp', 'usemap', 'maplib'],
  ...['shadow_obj', 'trace_obj', 'end', 'parm', 'trim', 'hole', 'scrv', 'sp', 'con', 'ctech'],
  ...['stech', 'cstype', 'deg', 'bmat', 'step'],
]);
const KEYWORD = /^[A-Za-z_][A-Za-z0-9_]*$/;
const START_BYTES = 256;

/**
 * The mesh of the file as voxels: as real Goxel imports it with `like: 'goxel'`, when it has no
 * colours and `solid` is not asked for. Throws GOX_FORMAT_BROKEN (details: file, line, offset) for
 * what is no such file, or GOX_MEMORY_LIMIT.
 */
export function readObj(bytes: Uint8Array, source: string, options: ImportOptions = {}): Document {
  const asked = { ...options, report: options.report ?? new Report() };
  return voxelize(new ObjReader(plainText(bytes), source, asked).read(), true, asked);
}

class ObjReader {
  readonly #cursor: TextCursor;
  readonly #soup: TriangleSoup;
  readonly #report: Report;
  /** Nothing is made better than Goxel does it. */
  readonly #plain: boolean;
  readonly #cutter: PolygonCutter;
  #positions = new Float64Array(3 * FIRST_ROOM);
  #colors = new Uint32Array(FIRST_ROOM);
  #vertexCount = 0;
  #full = 0;
  #uvs = new Float64Array(2 * FIRST_ROOM);
  #uvCount = 0;
  /** Of vertices and texture vertices, where those that come later in the file were read before. */
  #ahead: { readonly vertices: number; readonly uvs: number } | undefined;
  /** Vertices that have a colour by a `#MRGB` line. */
  #painted = 0;
  readonly #corners: number[] = [];
  readonly #cornerUvs: number[] = [];
  readonly #laid = new Float64Array(6);
  readonly #materials: ObjMaterials;
  #material: ObjMaterial | undefined;
  #object = '';
  #hasObjects = false;
  /** Whether object or material changed since something was added. */
  #turned = true;
  readonly #parts = new Map<string, Part>();
  /** Faces, lines and points, sound or not. */
  #elements = 0;

  constructor(bytes: Uint8Array, source: string, options: ImportOptions & { report: Report }) {
    this.#cursor = new TextCursor(bytes, source);
    this.#soup = new TriangleSoup(source);
    this.#plain = options.like === 'goxel';
    this.#soup.goxelWhite = this.#plain;
    this.#report = options.report;
    this.#cutter = new PolygonCutter(options.report);
    this.#materials = new ObjMaterials(source, options.resolve, options.report);
  }

  read(): TriangleSoup {
    const cursor = this.#cursor;
    if (cursor.bytes.length === 0) return this.#soup;
    const start = Buffer.from(cursor.bytes.subarray(0, START_BYTES)).toString('latin1');
    this.#soup.voxel_length = voxelLengthIn(start);
    this.#soup.ofVoxels = isOfVoxels(start);
    let strange: { line: number; at: number } | undefined;
    do {
      const { line } = cursor;
      if (!cursor.more()) {
        if (!this.#plain) this.#readPaint();
        continue;
      }
      const { at } = cursor;
      const word = cursor.word();
      const keyword = KEYWORD.test(word) ? word.toLowerCase() : word;
      if (this.#statement(keyword) || PASSED_OVER.has(keyword)) cursor.skip();
      else if (KEYWORD.test(keyword)) {
        cursor.skip();
        const message = `The statement ${shown(keyword)} is not known.`;
        this.#report.warn('WARN_UNKNOWN_PART', message, { line });
      } else {
        strange ??= { line, at };
        this.#report.warn('WARN_UNKNOWN_PART', 'A line is no statement of an .obj file.', { line });
      }
    } while (cursor.nextLine());
    if (strange !== undefined && this.#vertexCount === 0) {
      Object.assign(cursor, strange);
      cursor.fail('no statement of an .obj file');
    }
    if (this.#elements === 0 && !this.#plain) this.#addVertices();
    return this.#soup;
  }

  #statement(keyword: string): boolean {
    if (keyword === 'v') this.#readVertex();
    else if (keyword === 'f' || keyword === 'fo') this.#readFace();
    else if (keyword === 'vt') this.#readUv();
    else if (keyword === 'l' || keyword === 'p') this.#readLine(keyword);
    else if (keyword === 'o' || keyword === 'g') this.#turnTo(keyword);
    else if (keyword === 'usemtl') {
      const where = { line: this.#cursor.line };
      this.#material = this.#materials.get(unquoted(this.#cursor.rest()), where);
      this.#turned = true;
    } else if (keyword === 'mtllib') {
      const where = { line: this.#cursor.line };
      this.#materials.addLibraries(this.#cursor.rest(), where);
    } else return false;
    return true;
  }

  /** `x y z`, `x y z w`, `x y z r g b` or `x y z r g b a`; w says nothing about triangles. */
  #readVertex(): void {
    const vertex = this.#vertexCount++;
    if (vertex < (this.#ahead?.vertices ?? 0)) return;
    if (vertex === this.#colors.length) {
      this.#positions = grown(this.#positions, vertex * 6);
      this.#colors = grown(this.#colors, vertex * 2);
    }
    const cursor = this.#cursor;
    const { at } = cursor;
    for (let axis = 0; axis < 3; axis++) {
      // A face of it is left out, and says so.
      this.#positions[vertex * 3 + axis] = cursor.more() ? cursor.value() : Number.NaN;
    }
    this.#colors[vertex] = WHITE;
    if (!cursor.more()) return;
    const [red, green, blue, alpha] = [0, 0, 0, 0].map(() => {
      return cursor.more() ? cursor.value() : undefined;
    });
    if (green === undefined) return;
    if (blue === undefined || Number.isNaN(red! + green + blue)) {
      this.#detail('The colour of a vertex lacks a number.');
      return;
    }
    if (this.#full === 0) {
      this.#full = colorsAreBytes(cursor.bytes, at, this.#soup.source) ? 255 : 1;
    }
    const [r, g, b, a] = [red!, green, blue, alpha ?? this.#full].map((value) => {
      return unitByte(value / this.#full);
    });
    this.#colors[vertex] = pack(r!, g!, b!, a!);
    this.#soup.hasColors = true;
  }

  /** The image's rows run down, v runs up. */
  #readUv(): void {
    const cursor = this.#cursor;
    const uv = this.#uvCount++;
    if (uv < (this.#ahead?.uvs ?? 0)) return;
    if (uv * 2 === this.#uvs.length) this.#uvs = grown(this.#uvs, uv * 4);
    this.#uvs[uv * 2] = cursor.more() ? cursor.value() : Number.NaN;
    this.#uvs[uv * 2 + 1] = cursor.more() ? cursor.value() : 0;
  }

  /** Reads the corners of a face or a line; how many, or MISSING when one is not there. */
  #readCorners(): number {
    const cursor = this.#cursor;
    let count = 0;
    let sound = true;
    for (; cursor.more(); count++) {
      const vertex = this.#readPlace('vertices', this.#vertexCount);
      if (vertex === MISSING || Number.isNaN(this.#sumAt(vertex))) sound = false;
      this.#corners[count] = vertex;
      this.#cornerUvs[count] = MISSING;
      if (cursor.bytes[cursor.at] !== SLASH) continue;
      cursor.at++;
      if (cursor.bytes[cursor.at] !== SLASH && cursor.inWord()) {
        this.#cornerUvs[count] = this.#readPlace('uvs', this.#uvCount);
        if (this.#cornerUvs[count] === MISSING) {
          this.#detail('A face names a texture vertex that is not there.');
        }
      }
      cursor.word();
    }
    return sound ? count : MISSING;
  }

  /** The place of what an index names, which may come later in the file, or MISSING. */
  #readPlace(what: 'vertices' | 'uvs', count: number): number {
    const cursor = this.#cursor;
    const { at } = cursor;
    const place = readIndex(cursor, count, this.#ahead?.[what]);
    if (place !== MISSING || this.#ahead !== undefined || this.#plain) return place;
    this.#readAhead();
    cursor.at = at;
    return readIndex(cursor, count, this.#ahead![what]);
  }

  /** Reads all vertices that come later. A few programs write them behind the faces. */
  #readAhead(): void {
    const cursor = this.#cursor;
    const { at, line } = cursor;
    const [vertices, uvs] = [this.#vertexCount, this.#uvCount];
    cursor.skip();
    while (cursor.nextLine()) {
      const keyword = cursor.more() ? cursor.word() : '';
      if (keyword === 'v') this.#readVertex();
      else if (keyword === 'vt') this.#readUv();
      cursor.skip();
    }
    this.#ahead = { vertices: this.#vertexCount, uvs: this.#uvCount };
    [this.#vertexCount, this.#uvCount] = [vertices, uvs];
    Object.assign(cursor, { at, line });
  }

  /** The colours of the next vertices, in the comments of ZBrush: MMRRGGBB each, without blanks. */
  #readPaint(): void {
    const colors = paintAt(this.#cursor);
    if (colors.length === 0) return;
    this.#soup.hasColors = true;
    for (const color of colors) {
      if (this.#painted < this.#vertexCount) this.#colors[this.#painted++] = color;
    }
  }

  #sumAt(vertex: number): number {
    const at = vertex * 3;
    return this.#positions[at]! + this.#positions[at + 1]! + this.#positions[at + 2]!;
  }

  #readFace(): void {
    this.#elements++;
    const { line } = this.#cursor;
    const count = this.#readCorners();
    if (count === MISSING) this.#skip('A face names a vertex that is not there.', line);
    else if (count < 3) this.#skip('A face has less than three corners.', line);
    else {
      this.#beginPart();
      const triangles = this.#plain
        ? this.#cutter.fan(count)
        : this.#cutter.cut(this.#positions, this.#corners, count);
      for (let i = 0; i < triangles.length; i += 3) {
        this.#addTriangle(triangles[i]!, triangles[i + 1]!, triangles[i + 2]!);
      }
    }
  }

  #readLine(keyword: 'l' | 'p'): void {
    if (this.#plain) return;
    this.#elements++;
    const { line } = this.#cursor;
    const count = this.#readCorners();
    if (count === MISSING || count < (keyword === 'l' ? 2 : 1)) {
      this.#skip('A line or point names a vertex that is not there.', line);
      return;
    }
    this.#beginPart();
    const corners = this.#corners;
    for (let i = 0; i < count; i++) {
      if (keyword === 'p') this.#addPoint(corners[i]!);
      else if (i > 0) {
        const [a, b] = [corners[i - 1]!, corners[i]!];
        this.#soup.addLine(this.#positions, a, b, this.#colorOf(a), this.#colorOf(b));
      }
    }
    if (this.#material !== undefined) this.#soup.hasColors = true;
  }

  #addPoint(vertex: number): void {
    this.#soup.addPoint(this.#positions, vertex, this.#colorOf(vertex));
  }

  #addVertices(): void {
    for (let vertex = 0; vertex < this.#vertexCount; vertex++) {
      if (Number.isNaN(this.#sumAt(vertex))) {
        this.#report.warn('WARN_FACES_SKIPPED', 'A point lacks a coordinate.');
      } else this.#addPoint(vertex);
    }
  }

  #colorOf(vertex: number): number {
    return multiplied(this.#colors[vertex]!, this.#material?.color ?? WHITE);
  }

  #addTriangle(first: number, second: number, third: number): void {
    const [corners, uvs, material, soup] = [
      this.#corners,
      this.#cornerUvs,
      this.#material,
      this.#soup,
    ];
    const [a, b, c] = [corners[first]!, corners[second]!, corners[third]!];
    soup.add(this.#positions, a, b, c, this.#colorOf(a), this.#colorOf(b), this.#colorOf(c));
    if (material === undefined) return;
    soup.hasColors = true;
    const { texture, scale, offset } = material;
    if (texture === undefined) return;
    for (const [i, corner] of [first, second, third].entries()) {
      const uv = uvs[corner]!;
      if (uv === MISSING || Number.isNaN(this.#uvs[uv * 2]! + this.#uvs[uv * 2 + 1]!)) return;
      this.#laid[i * 2] = this.#uvs[uv * 2]! * scale[0] + offset[0];
      this.#laid[i * 2 + 1] = 1 - (this.#uvs[uv * 2 + 1]! * scale[1] + offset[1]);
    }
    soup.lay(texture, this.#laid, 0, 1, 2);
  }

  #turnTo(keyword: 'o' | 'g'): void {
    const name = shown(this.#cursor.rest());
    if (keyword === 'o') this.#hasObjects = true;
    else if (this.#hasObjects) return;
    this.#object = name;
    this.#turned = true;
  }

  /** What comes next is of the object and material that are named now. */
  #beginPart(): void {
    if (!this.#turned || this.#plain) return;
    this.#turned = false;
    const finish = this.#material?.finish;
    const key = `${this.#object}\n${finish?.name ?? ''}`;
    let part = this.#parts.get(key);
    if (part === undefined) {
      const name = [this.#object, finish?.name ?? ''].filter((word) => word !== '').join(' ');
      part = finish === undefined ? { name } : { name, material: finish };
      this.#parts.set(key, part);
    }
    this.#soup.begin(part);
  }

  #skip(message: string, line: number): void {
    this.#report.warn('WARN_FACES_SKIPPED', message, { line });
  }

  #detail(message: string): void {
    this.#report.warn('WARN_DETAIL_SKIPPED', message, { line: this.#cursor.line });
  }
}
