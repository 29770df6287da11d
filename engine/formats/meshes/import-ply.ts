/**
 * Reads Stanford .ply, ASCII and binary ("The PLY Polygon File Format", Turk, 1994): polygons,
 * triangle strips and edges, and the vertices themselves where there is nothing between them;
 * colours at vertices or faces; and textures by the habits of MeshLab (comments `TextureFile`, a
 * list `texcoord` a face, or s and t a vertex). Y is up, as in the .ply files that Goxel writes,
 * unless a comment says that z is. Other elements and properties are passed over.
 */

import type { Document } from '../../document/document.ts';
import { checkInterrupt } from '../../interrupt.ts';
import { PolygonCutter } from '../../mesh-import/polygon.ts';
import { TriangleSoup, WHITE } from '../../mesh-import/soup.ts';
import { ImageLoader, type Texture } from '../../mesh-import/texture.ts';
import { voxelize } from '../../mesh-import/voxelize.ts';
import type { ImportOptions } from '../format.ts';
import { Report } from '../report.ts';
import { shown } from '../shown.ts';
import { PlyColors, placeOf } from './import-ply-colors.ts';
import { type Element, type Header, plyBytes } from './import-ply-header.ts';
import { PlyRecords } from './import-ply-records.ts';

const COORDINATES = ['x', 'y', 'z'];
const CORNERS = ['vertex_indices', 'vertex_index', 'vertex_indexes', 'vertexindices'];
const TEXTURE_LISTS = ['texcoord', 'texcoords', 'texture_uv', 'uv'];
const UV = [
  ['s', 'u', 'texture_u', 'texture_s', 'texcoord_u'],
  ['t', 'v', 'texture_v', 'texture_t', 'texcoord_v'],
];

/**
 * The mesh of the file as voxels. Throws GOX_FORMAT_BROKEN (details: file, offset) or
 * GOX_MEMORY_LIMIT.
 */
export function readPly(bytes: Uint8Array, source: string, options: ImportOptions = {}): Document {
  const asked = { ...options, report: options.report ?? new Report() };
  const reader = new PlyReader(plyBytes(bytes), source, asked);
  const soup = reader.read();
  return voxelize(soup, !reader.header.zUp || options.like === 'goxel', asked);
}

class PlyReader {
  readonly header: Header;
  readonly #records: PlyRecords;
  readonly #soup: TriangleSoup;
  readonly #report: Report;
  readonly #plain: boolean;
  readonly #cutter: PolygonCutter;
  readonly #textures: readonly (Texture | undefined)[];
  #positions = new Float64Array(0);
  #colors = new Uint32Array(0);
  #uvs: Float64Array | undefined;
  #vertexCount = 0;
  /** Whether the file has faces or edges, sound or not. */
  #joined = false;

  constructor(bytes: Uint8Array, source: string, options: ImportOptions & { report: Report }) {
    this.#records = new PlyRecords(bytes, source);
    this.header = this.#records.header;
    this.#soup = new TriangleSoup(source);
    this.#soup.voxel_length = this.header.voxel_length;
    this.#soup.ofVoxels = this.header.ofVoxels;
    this.#report = options.report;
    this.#cutter = new PolygonCutter(options.report);
    this.#plain = options.like === 'goxel';
    const loader = new ImageLoader(source, options.report);
    this.#textures = this.header.textures.map((name) => this.#texture(name, loader, options));
    if (this.#textures.length === 0) this.#textures = this.#own(source, loader, options);
  }

  read(): TriangleSoup {
    const [records, { elements, strange }] = [this.#records, this.header];
    for (const line of strange) {
      this.#report.warn('WARN_UNKNOWN_PART', 'A line is none of a header.', { line });
    }
    const vertices = elements.findIndex(({ name }) => name === 'vertex');
    const begins: (readonly [at: number, line: number])[] = [];
    // What joins vertices may come before them.
    for (const [i, element] of elements.entries()) {
      begins.push(records.place());
      if (i >= vertices) this.#readElement(element);
      else this.#require(element, records.pass(element));
    }
    const end = records.place();
    if (records.more()) {
      this.#report.warn('WARN_TRAILING_BYTES', 'There is more behind the last element.');
    }
    for (let i = 0; i < vertices; i++) {
      records.goTo(begins[i]!);
      this.#readElement(elements[i]!);
    }
    records.goTo(end);
    if (!this.#joined && !this.#plain) this.#addVertices();
    return this.#soup;
  }

  #readElement(element: Element): void {
    const { name } = element;
    if (name === 'vertex') this.#readVertices(element);
    else if (name === 'face' || name === 'tristrips') this.#readFaces(element);
    else if (name === 'edge') this.#readEdges(element);
    else this.#require(element, this.#records.pass(element));
  }

  /** Tells of records that are not there. */
  #require({ name, count }: Element, there: number): void {
    if (there === count) return;
    const message = `The file ends early, or is damaged: some of element ${shown(name)} are lost.`;
    this.#report.warn('WARN_CUT_SHORT', message, this.#records.where(), count - there);
  }

  #texture(name: string, loader: ImageLoader, { resolve }: ImportOptions): Texture | undefined {
    const bytes = resolve?.(name);
    if (bytes === undefined) {
      this.#report.warn('WARN_TEXTURE_MISSING', `The picture ${shown(name)} is not there.`);
      return undefined;
    }
    const image = loader.load(bytes, name);
    return image && laidOn(image);
  }

  /** The picture that has the name of the model, where texture coordinates have no other. */
  #own(source: string, loader: ImageLoader, { resolve }: ImportOptions): Texture[] {
    const { elements } = this.header;
    const laid = elements.some((element) => {
      return (
        UV.every((names) => placeOf(element, names) >= 0) || placeOf(element, TEXTURE_LISTS) >= 0
      );
    });
    if (this.#plain || !laid || elements.some((element) => PlyColors.of(element))) return [];
    const stem = source.replace(/^.*[\\/]/, '').replace(/\.\w+$/, '');
    for (const kind of ['.png', '.jpg', '.jpeg']) {
      const bytes = resolve?.(stem + kind);
      const image = bytes && loader.load(bytes, stem + kind);
      if (image !== undefined) return [laidOn(image)];
    }
    return [];
  }

  #readVertices(element: Element): void {
    const records = this.#records;
    const places = COORDINATES.map((name) => placeOf(element, [name]));
    const [u, v] = UV.map((names) => placeOf(element, names)) as [number, number];
    if (places.includes(-1)) records.fail('the vertices lack a coordinate');
    const count = records.begin(element);
    const colors = this.#colorsOf(element, count);
    this.#positions = new Float64Array(count * 3);
    this.#colors = new Uint32Array(count).fill(WHITE);
    if (u >= 0 && v >= 0 && this.#textures.length > 0) this.#uvs = new Float64Array(count * 2);
    for (let vertex = 0; vertex < count; vertex++) {
      if ((vertex & 0xfff) === 0) checkInterrupt();
      if (!records.read(element)) break;
      this.#vertexCount = vertex + 1;
      for (let axis = 0; axis < 3; axis++) {
        // A face of one that is no number is left out, and says so.
        this.#positions[vertex * 3 + axis] = records.values[places[axis]!]!;
      }
      if (colors !== undefined) this.#colors[vertex] = colors.of(records.values);
      if (this.#uvs === undefined) continue;
      this.#uvs[vertex * 2] = records.values[u]!;
      this.#uvs[vertex * 2 + 1] = 1 - records.values[v]!;
    }
    if (this.#vertexCount === 0 && element.count > 0) records.fail('it ends before any vertex');
    this.#require(element, this.#vertexCount);
    if (colors?.hasAlpha === true && !this.#plain) this.#makeSeen();
  }

  /** Alpha is 0 in all of the file where a program writes the channel and has nothing for it. */
  #makeSeen(): void {
    const colors = this.#colors.subarray(0, this.#vertexCount);
    if (colors.length === 0 || colors.some((rgba) => rgba > 0xff_ffff)) return;
    for (let i = 0; i < colors.length; i++) colors[i] = (colors[i]! | 0xff00_0000) >>> 0;
    const message = 'All vertices are wholly transparent, and were taken for opaque.';
    this.#report.warn('WARN_OPACITY', message);
  }

  /** The colours of an element, whose records are looked through when they are floats. */
  #colorsOf(element: Element, count: number): PlyColors | undefined {
    const colors = PlyColors.of(element);
    if (colors === undefined || count === 0) return undefined;
    this.#soup.hasColors = true;
    if (!colors.open) return colors;
    const back = this.#records.place();
    for (let i = 0; i < count && this.#records.read(element); i++) {
      if ((i & 0xfff) === 0) checkInterrupt();
      colors.learn(this.#records.values);
    }
    this.#records.goTo(back);
    return colors;
  }

  #readFaces(element: Element): void {
    const records = this.#records;
    const { properties, name } = element;
    const uvPlace = placeOf(element, TEXTURE_LISTS);
    const place = cornersOf(element, uvPlace);
    const texturePlace = placeOf(element, ['texnumber']);
    if (properties[place]?.lengthType === undefined) {
      this.#joined ||= element.count > 0;
      this.#skip('A face has no list of vertices.', element.count);
      this.#require(element, records.pass(element));
      return;
    }
    const count = records.begin(element);
    const colors = this.#colorsOf(element, count);
    let face = 0;
    for (; face < count && records.read(element, place, uvPlace); face++) {
      if ((face & 0xfff) === 0) checkInterrupt();
      this.#joined = true;
      const color = colors?.of(records.values);
      const texture = this.#textures[texturePlace < 0 ? 0 : records.values[texturePlace]!];
      if (name === 'face') this.#addPolygon(color, texture);
      else this.#addStrip(color);
    }
    this.#require(element, face);
  }

  #addPolygon(color: number | undefined, texture: Texture | undefined): void {
    const { list, uvs } = this.#records;
    if (list.length < 3) {
      this.#skip('A face has less than three corners.');
      return;
    }
    if (!this.#areThere(list)) {
      this.#skip('A face names a vertex that is not there.');
      return;
    }
    const triangles = this.#plain
      ? this.#cutter.fan(list.length)
      : this.#cutter.cut(this.#positions, list, list.length);
    const ofFace = uvs.length === list.length * 2;
    for (let i = 0; i < triangles.length; i += 3) {
      const [a, b, c] = [triangles[i]!, triangles[i + 1]!, triangles[i + 2]!];
      this.#addTriangle(list[a]!, list[b]!, list[c]!, color);
      if (texture === undefined) continue;
      if (ofFace) this.#soup.lay(texture, uvs, a, b, c);
      else if (this.#uvs) this.#soup.lay(texture, this.#uvs, list[a]!, list[b]!, list[c]!);
    }
    if (texture !== undefined) this.#soup.hasColors = true;
  }

  /** Strips of any number, each ended by -1; every second triangle runs the other way. */
  #addStrip(color: number | undefined): void {
    const { list } = this.#records;
    let start = 0;
    for (const [i, c] of list.entries()) {
      if (c === -1) {
        start = i + 1;
        continue;
      }
      if (i - start < 2) continue;
      const [a, b] = [list[i - 2]!, list[i - 1]!];
      if (!this.#areThere([a, b, c])) this.#skip('A face names a vertex that is not there.');
      else if ((i - start) % 2 === 0) this.#addTriangle(a, b, c, color);
      else this.#addTriangle(b, a, c, color);
    }
  }

  #addTriangle(a: number, b: number, c: number, color: number | undefined): void {
    const colors = this.#colors;
    const [ca, cb, cc] = [color ?? colors[a]!, color ?? colors[b]!, color ?? colors[c]!];
    this.#soup.add(this.#positions, a, b, c, ca, cb, cc);
  }

  #readEdges(element: Element): void {
    const places = ['vertex1', 'vertex2'].map((name) => placeOf(element, [name]));
    if (places.includes(-1) || this.#plain) {
      this.#require(element, this.#records.pass(element));
      return;
    }
    const count = this.#records.begin(element);
    const colors = this.#colorsOf(element, count);
    let edge = 0;
    for (; edge < count && this.#records.read(element); edge++) {
      if ((edge & 0xfff) === 0) checkInterrupt();
      this.#joined = true;
      const { values } = this.#records;
      const [a, b] = [values[places[0]!]!, values[places[1]!]!];
      const color = colors?.of(values);
      if (!this.#areThere([a, b])) this.#skip('An edge names a vertex that is not there.');
      else {
        const [ca, cb] = [color ?? this.#colors[a]!, color ?? this.#colors[b]!];
        this.#soup.addLine(this.#positions, a, b, ca, cb);
      }
    }
    this.#require(element, edge);
  }

  #addVertices(): void {
    for (let vertex = 0; vertex < this.#vertexCount; vertex++) {
      if ((vertex & 0xfff) === 0) checkInterrupt();
      if (this.#areThere([vertex])) {
        this.#soup.addPoint(this.#positions, vertex, this.#colors[vertex]!);
      } else this.#skip('A point lacks a coordinate.');
    }
  }

  /** Whether these are vertices with coordinates. */
  #areThere(vertices: readonly number[]): boolean {
    const positions = this.#positions;
    for (const vertex of vertices) {
      if (!(vertex >= 0 && vertex < this.#vertexCount && Number.isInteger(vertex))) return false;
      const at = vertex * 3;
      if (Number.isNaN(positions[at]! + positions[at + 1]! + positions[at + 2]!)) return false;
    }
    return true;
  }

  #skip(message: string, count = 1): void {
    this.#report.warn('WARN_FACES_SKIPPED', message, this.#records.where(), count);
  }
}

/** The place of the list of a face's vertices, whatever its name, if there is but one list. */
function cornersOf(element: Element, uvPlace: number): number {
  const named = placeOf(element, CORNERS);
  if (named >= 0) return named;
  const lists = [...element.properties.keys()].filter((place) => {
    return place !== uvPlace && element.properties[place]!.lengthType !== undefined;
  });
  return lists.length === 1 ? lists[0]! : -1;
}

function laidOn(image: Texture['image']): Texture {
  return { image, wrapU: 'repeat', wrapV: 'repeat', alpha: 'opaque', cutoff: 0 };
}
