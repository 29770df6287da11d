/** The records of a .ply file, one after the other. */

import { GoxError } from '../../../conf/errors.ts';
import { checkInterrupt } from '../../interrupt.ts';
import { TextCursor, VALUE_MAX } from '../../mesh-import/text-cursor.ts';
import type { Place } from '../report.ts';
import {
  type Element,
  type Header,
  type NumberType,
  readHeader,
  TYPE_BYTES,
} from './import-ply-header.ts';

export class PlyRecords {
  readonly header: Header;
  /** The numbers of the record read last; what is none, or beyond all measure, is NaN. */
  values = new Float64Array(0);
  /** Two of its lists, those that were asked for. */
  readonly list: number[] = [];
  readonly uvs: number[] = [];
  readonly #cursor: TextCursor;
  readonly #view: DataView;
  readonly #ascii: boolean;
  readonly #little: boolean;
  #at: number;

  /** Throws GOX_FORMAT_BROKEN for a header that is none. */
  constructor(bytes: Uint8Array, source: string) {
    this.#cursor = new TextCursor(bytes, source);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.header = readHeader(this.#cursor);
    this.#ascii = this.header.encoding === 'ascii';
    this.#little = this.header.encoding === 'binary_little_endian';
    this.#at = this.#cursor.at;
  }

  /** Goes to an element. Before anything is allocated: its records must fit into what is left. */
  begin({ name, count, properties }: Element): void {
    let record = 0;
    for (const { type, lengthType } of properties) {
      // A number and a blank; the last one of the file may be without.
      record += this.#ascii ? 2 : TYPE_BYTES[lengthType ?? type];
    }
    const left = this.#left();
    if (record * count > left) this.fail(`${count} of ${name} do not fit into ${left} bytes`);
    // Records of nothing take no bytes, but memory.
    if (record === 0 && name === 'vertex') this.fail('the vertices lack a coordinate');
    this.values = new Float64Array(properties.length);
  }

  /** Passes over the records of an element. */
  pass(element: Element): void {
    if (element.properties.length === 0) return;
    for (let i = 0; i < element.count; i++) {
      if ((i & 0xfff) === 0) checkInterrupt();
      this.read(element);
    }
  }

  /** Reads one record into `values`, and the lists at two places into `list` and `uvs`. */
  read({ properties }: Element, listPlace = -1, uvPlace = -1): void {
    this.list.length = 0;
    this.uvs.length = 0;
    for (let place = 0; place < properties.length; place++) {
      const { type, lengthType } = properties[place]!;
      if (lengthType === undefined) {
        this.values[place] = this.#number(type);
        continue;
      }
      const length = this.#number(lengthType);
      const left = this.#left();
      const each = this.#ascii ? 2 : TYPE_BYTES[type];
      if (!Number.isInteger(length) || length < 0 || length * each > left) {
        this.fail(`a list of ${length} does not fit into ${left} bytes`);
      }
      const into = place === listPlace ? this.list : place === uvPlace ? this.uvs : undefined;
      for (let i = 0; i < length; i++) {
        const value = this.#number(type);
        // The rows of pictures run down, v runs up.
        into?.push(into === this.uvs && i % 2 === 1 ? 1 - value : value);
      }
    }
  }

  /** Where the records are read, to come back there. */
  place(): readonly [at: number, line: number] {
    return [this.#ascii ? this.#cursor.at : this.#at, this.#cursor.line];
  }

  goTo([at, line]: readonly [at: number, line: number]): void {
    this.#cursor.at = at;
    this.#cursor.line = line;
    this.#at = at;
  }

  /** Whether anything is left. */
  more(): boolean {
    if (this.#ascii) return this.#cursor.moreAnywhere();
    return this.#at < this.#view.byteLength;
  }

  where(): Place {
    return this.#ascii ? { line: this.#cursor.line } : { byte: this.#at };
  }

  fail(what: string): never {
    if (this.#ascii) return this.#cursor.fail(what);
    const [file, offset] = [this.#cursor.source, this.#at];
    const message = `${file} is damaged at byte ${offset}: ${what}.`;
    throw new GoxError('GOX_FORMAT_BROKEN', message, { file, offset });
  }

  #left(): number {
    return this.#view.byteLength - this.#at + (this.#ascii ? 1 : 0);
  }

  #number(type: NumberType): number {
    if (!this.#ascii) {
      const value = this.#binary(type);
      return Math.abs(value) <= VALUE_MAX ? value : Number.NaN;
    }
    if (!this.#cursor.moreAnywhere()) this.#cursor.fail('it is cut short');
    const value = this.#cursor.value();
    this.#at = this.#cursor.at;
    return value;
  }

  #binary(type: NumberType): number {
    const at = this.#at;
    this.#at = at + TYPE_BYTES[type];
    const view = this.#view;
    if (this.#at > view.byteLength) this.fail('it is cut short');
    if (type === 'float32') return view.getFloat32(at, this.#little);
    if (type === 'uint8') return view.getUint8(at);
    if (type === 'int32') return view.getInt32(at, this.#little);
    if (type === 'uint32') return view.getUint32(at, this.#little);
    if (type === 'float64') return view.getFloat64(at, this.#little);
    if (type === 'int16') return view.getInt16(at, this.#little);
    if (type === 'uint16') return view.getUint16(at, this.#little);
    return view.getInt8(at);
  }
}
