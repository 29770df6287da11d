/**
 * Reads Stanford .ply, ASCII and binary: polygons (cut into triangles around their first corner),
 * triangle strips, and colours at vertices or faces, as bytes, 16-bit numbers or fractions of one.
 * Y is up, as in the .ply files that Goxel writes. Other elements and properties are passed over.
 */

import { GoxError } from '../../../conf/errors.ts';
import type { Document } from '../../document/document.ts';
import { checkInterrupt } from '../../interrupt.ts';
import { TriangleSoup, WHITE } from '../../mesh-import/soup.ts';
import { unitByte } from '../../mesh-import/srgb.ts';
import { TextCursor } from '../../mesh-import/text-cursor.ts';
import { voxelize } from '../../mesh-import/voxelize.ts';

import type { ImportOptions } from '../format.ts';
import { type Element, type NumberType, readHeader, TYPE_BYTES } from './import-ply-header.ts';

const COORDINATES = ['x', 'y', 'z'];
const CHANNELS = [
  ['red', 'r', 'diffuse_red'],
  ['green', 'g', 'diffuse_green'],
  ['blue', 'b', 'diffuse_blue'],
  ['alpha', 'a', 'diffuse_alpha'],
];
const CORNERS = ['vertex_indices', 'vertex_index'];

/** What a channel's number is divided by to be a fraction of one. */
const FULL: Readonly<Partial<Record<NumberType, number>>> = {
  int8: 255,
  uint8: 255,
  int16: 65535,
  uint16: 65535,
  int32: 255,
  uint32: 255,
};

/**
 * The mesh of the file as voxels. Throws GOX_FORMAT_BROKEN (details: file, offset) or
 * GOX_MEMORY_LIMIT.
 */
export function readPly(bytes: Uint8Array, source: string, options: ImportOptions = {}): Document {
  return voxelize(new PlyReader(bytes, source).read(), true, options);
}

class PlyReader {
  readonly #cursor: TextCursor;
  readonly #soup: TriangleSoup;
  readonly #view: DataView;
  #ascii = false;
  #little = true;
  #at = 0;
  #positions = new Float64Array(0);
  #colors = new Uint32Array(0);
  #vertexCount = 0;
  /** The numbers of the record and of the list read last. */
  #values = new Float64Array(0);
  #list: number[] = [];

  constructor(bytes: Uint8Array, source: string) {
    this.#cursor = new TextCursor(bytes, source);
    this.#soup = new TriangleSoup(source);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  read(): TriangleSoup {
    const { encoding, elements } = readHeader(this.#cursor);
    this.#ascii = encoding === 'ascii';
    this.#little = encoding === 'binary_little_endian';
    this.#at = this.#cursor.at;
    for (const element of elements) {
      this.#requireBytes(element);
      this.#values = new Float64Array(element.properties.length);
      if (element.name === 'vertex') this.#readVertices(element);
      else if (element.name === 'face' || element.name === 'tristrips') this.#readFaces(element);
      else if (element.properties.length > 0) {
        for (let i = 0; i < element.count; i++) this.#readRecord(element, -1);
      }
    }
    return this.#soup;
  }

  /** Before anything is allocated: the records must fit into what is left of the file. */
  #requireBytes({ name, count, properties }: Element): void {
    let record = 0;
    for (const { type, lengthType } of properties) {
      // A number and a blank; the last one of the file may be without.
      record += this.#ascii ? 2 : TYPE_BYTES[lengthType ?? type];
    }
    const left = this.#view.byteLength - this.#at + (this.#ascii ? 1 : 0);
    if (record * count > left) this.#fail(`${count} of ${name} do not fit into ${left} bytes`);
  }

  #readVertices(element: Element): void {
    const places = COORDINATES.map((name) => placeOf(element, [name]));
    const channels = CHANNELS.map((names) => placeOf(element, names));
    if (places.includes(-1)) this.#fail('the vertices lack a coordinate');
    const colored = hasColor(channels);
    if (colored) this.#soup.hasColors = true;
    this.#vertexCount = element.count;
    this.#positions = new Float64Array(element.count * 3);
    this.#colors = new Uint32Array(element.count).fill(WHITE);
    for (let vertex = 0; vertex < element.count; vertex++) {
      if ((vertex & 0xfff) === 0) checkInterrupt();
      this.#readRecord(element, -1);
      for (let axis = 0; axis < 3; axis++) {
        const value = this.#values[places[axis]!]!;
        if (!Number.isFinite(value)) this.#fail(`vertex ${vertex} has no finite coordinates`);
        this.#positions[vertex * 3 + axis] = value;
      }
      if (colored) this.#colors[vertex] = this.#color(element, channels);
    }
  }

  #readFaces(element: Element): void {
    const place = placeOf(element, CORNERS);
    if (element.properties[place]?.lengthType === undefined) {
      if (element.count > 0) this.#fail('the faces have no list of vertices');
      return;
    }
    const channels = CHANNELS.map((names) => placeOf(element, names));
    const colored = hasColor(channels);
    if (colored && element.count > 0) this.#soup.hasColors = true;
    for (let face = 0; face < element.count; face++) {
      if ((face & 0xfff) === 0) checkInterrupt();
      this.#readRecord(element, place);
      const color = colored ? this.#color(element, channels) : undefined;
      if (element.name === 'face') this.#addPolygon(face, color);
      else this.#addStrip(color);
    }
  }

  #addPolygon(face: number, color: number | undefined): void {
    const list = this.#list;
    if (list.length < 3) this.#fail(`face ${face} has ${list.length} corners`);
    for (let i = 2; i < list.length; i++)
      this.#addTriangle(list[0]!, list[i - 1]!, list[i]!, color);
  }

  /** Strips of any number, each ended by -1; every second triangle runs the other way. */
  #addStrip(color: number | undefined): void {
    let start = 0;
    for (const [i, c] of this.#list.entries()) {
      if (c === -1) {
        start = i + 1;
        continue;
      }
      if (i - start < 2) continue;
      const [a, b] = [this.#list[i - 2]!, this.#list[i - 1]!];
      if ((i - start) % 2 === 0) this.#addTriangle(a, b, c, color);
      else this.#addTriangle(b, a, c, color);
    }
  }

  #addTriangle(a: number, b: number, c: number, color: number | undefined): void {
    const colors = this.#colors;
    for (const vertex of [a, b, c]) {
      if (vertex >= 0 && vertex < this.#vertexCount && Number.isInteger(vertex)) continue;
      this.#fail(`a face names vertex ${vertex} of ${this.#vertexCount}`);
    }
    const [ca, cb, cc] = [color ?? colors[a]!, color ?? colors[b]!, color ?? colors[c]!];
    this.#soup.add(this.#positions, a, b, c, ca, cb, cc);
  }

  #color({ properties }: Element, channels: readonly number[]): number {
    let rgba = 0;
    for (let i = 0; i < 4; i++) {
      const place = channels[i]!;
      const full = place < 0 ? 1 : (FULL[properties[place]!.type] ?? 1);
      const byte = place < 0 ? 255 : unitByte(this.#values[place]! / full);
      rgba |= byte << (8 * i);
    }
    return rgba >>> 0;
  }

  /** Reads one record into `#values`, and the list at place `wanted` into `#list`. */
  #readRecord({ properties }: Element, wanted: number): void {
    for (let place = 0; place < properties.length; place++) {
      const { type, lengthType } = properties[place]!;
      if (lengthType === undefined) {
        this.#values[place] = this.#number(type);
        continue;
      }
      const length = this.#number(lengthType);
      const left = this.#view.byteLength - this.#at + (this.#ascii ? 1 : 0);
      const each = this.#ascii ? 2 : TYPE_BYTES[type];
      if (!Number.isInteger(length) || length < 0 || length * each > left) {
        this.#fail(`a list of ${length} does not fit into ${left} bytes`);
      }
      if (place === wanted) this.#list.length = length;
      for (let i = 0; i < length; i++) {
        const value = this.#number(type);
        if (place === wanted) this.#list[i] = value;
      }
    }
  }

  #number(type: NumberType): number {
    if (this.#ascii) {
      if (!this.#cursor.moreAnywhere()) this.#cursor.fail('it is cut short');
      const value = this.#cursor.number();
      this.#at = this.#cursor.at;
      return value;
    }
    const at = this.#at;
    this.#at = at + TYPE_BYTES[type];
    const view = this.#view;
    if (this.#at > view.byteLength) this.#fail('it is cut short');
    if (type === 'float32') return view.getFloat32(at, this.#little);
    if (type === 'uint8') return view.getUint8(at);
    if (type === 'int32') return view.getInt32(at, this.#little);
    if (type === 'uint32') return view.getUint32(at, this.#little);
    if (type === 'float64') return view.getFloat64(at, this.#little);
    if (type === 'int16') return view.getInt16(at, this.#little);
    if (type === 'uint16') return view.getUint16(at, this.#little);
    return view.getInt8(at);
  }

  #fail(what: string): never {
    if (this.#ascii) return this.#cursor.fail(what);
    const [file, offset] = [this.#soup.source, this.#at];
    const message = `${file} is damaged at byte ${offset}: ${what}.`;
    throw new GoxError('GOX_FORMAT_BROKEN', message, { file, offset });
  }
}

/** The place of the first property that has one of the names, or -1. */
function placeOf({ properties }: Element, names: readonly string[]): number {
  return properties.findIndex(({ name }) => names.includes(name));
}

function hasColor(channels: readonly number[]): boolean {
  return channels.slice(0, 3).every((place) => place >= 0);
}
