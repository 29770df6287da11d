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
  /** Whether the file ended before its records did. */
  #ended = false;

  /** Throws GOX_FORMAT_BROKEN for a header that is none. */
  constructor(bytes: Uint8Array, source: string) {
    this.#cursor = new TextCursor(bytes, source);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.header = readHeader(this.#cursor);
    this.#ascii = this.header.encoding === 'ascii';
    this.#little = this.header.encoding === 'binary_little_endian';
    this.#at = this.#cursor.at;
  }

  /**
   * Goes to an element and returns how many of its records may be there, which fit into what is
   * left. So nothing is allocated for what is not.
   */
  begin({ name, count, properties }: Element): number {
    let record = 0;
    for (const { type, lengthType } of properties) {
      // A number and a blank; the last one of the file may be without.
      record += this.#ascii ? 2 : TYPE_BYTES[lengthType ?? type];
    }
    // Records of nothing take no bytes, but memory.
    if (record === 0 && name === 'vertex') this.fail('the vertices lack a coordinate');
    this.values = new Float64Array(properties.length);
    if (this.#ended) return 0;
    // One more, whose reading finds the end.
    return record === 0 ? count : Math.min(count, Math.floor(this.#left() / record) + 1);
  }

  /** Passes over the records of an element; how many there are. */
  pass(element: Element): number {
    const count = this.begin(element);
    if (element.properties.length === 0) return count;
    for (let i = 0; i < count; i++) {
      if ((i & 0xfff) === 0) checkInterrupt();
      if (!this.read(element)) return i;
    }
    return count;
  }

  /**
   * Reads one record into `values`, and the lists at two places into `list` and `uvs`. False when
   * the file ends within it, or a list is longer than the file; from then on there are no others.
   */
  read({ properties }: Element, listPlace = -1, uvPlace = -1): boolean {
    this.list.length = 0;
    this.uvs.length = 0;
    for (let place = 0; place < properties.length; place++) {
      const { type, lengthType } = properties[place]!;
      if (!this.#has(lengthType ?? type)) return false;
      if (lengthType === undefined) {
        this.values[place] = this.#number(type);
        continue;
      }
      const length = this.#number(lengthType);
      const each = this.#ascii ? 2 : TYPE_BYTES[type];
      if (!Number.isInteger(length) || length < 0 || length * each > this.#left()) {
        this.#ended = true;
        return false;
      }
      const into = place === listPlace ? this.list : place === uvPlace ? this.uvs : undefined;
      for (let i = 0; i < length; i++) {
        if (!this.#has(type)) return false;
        const value = this.#number(type);
        // The rows of pictures run down, v runs up.
        into?.push(into === this.uvs && i % 2 === 1 ? 1 - value : value);
      }
    }
    return true;
  }

  /** Where the records are read, to come back there. */
  place(): readonly [at: number, line: number] {
    return [this.#ascii ? this.#cursor.at : this.#at, this.#cursor.line];
  }

  goTo([at, line]: readonly [at: number, line: number]): void {
    this.#cursor.at = at;
    this.#cursor.line = line;
    this.#at = at;
    this.#ended = false;
  }

  /** Whether anything is left behind the last record. */
  more(): boolean {
    if (this.#ended) return false;
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

  /** Whether there is another number. */
  #has(type: NumberType): boolean {
    const there = this.#ascii
      ? this.#cursor.moreAnywhere()
      : this.#at + TYPE_BYTES[type] <= this.#view.byteLength;
    if (!there) this.#ended = true;
    return there;
  }

  #number(type: NumberType): number {
    if (!this.#ascii) {
      const value = this.#binary(type);
      return Math.abs(value) <= VALUE_MAX ? value : Number.NaN;
    }
    const value = this.#cursor.value();
    this.#at = this.#cursor.at;
    return value;
  }

  #binary(type: NumberType): number {
    const at = this.#at;
    this.#at = at + TYPE_BYTES[type];
    const view = this.#view;
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
