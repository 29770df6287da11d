/**
 * The container of glTF 2.0: the JSON of a .gltf file or of a .glb's first chunk, and the bytes of
 * its buffers, which are a .glb's second chunk, data: URIs or other files.
 */

import { GoxError } from '../../../conf/errors.ts';
import type { ImportOptions } from '../format.ts';
import { shown } from '../shown.ts';

export type Json = Readonly<Record<string, unknown>>;

const GLB_MAGIC = 0x4654_6c67;
const GLB_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const JSON_CHUNK = 0x4e4f_534a;
const BIN_CHUNK = 0x004e_4942;
const VERSION = 2;

/** Extensions that a file may require: what they add is read here or does not colour a surface. */
const KNOWN_EXTENSIONS =
  /^(?:KHR_mesh_quantization|KHR_texture_transform|KHR_lights_punctual|KHR_materials_\w+)$/;

/** Numbers that the accessors of one file may give together, each time they are used. */
const NUMBERS_MAX = 2 ** 26;

export class GltfFile {
  readonly source: string;
  readonly json: Json;
  readonly #bin: Uint8Array | undefined;
  readonly #resolve: ImportOptions['resolve'];
  readonly #buffers = new Map<number, Uint8Array>();
  #numbers_left = NUMBERS_MAX;

  /** Throws GOX_FORMAT_BROKEN, and GOX_FORMAT_LIMIT for extensions that are not supported. */
  constructor(bytes: Uint8Array, source: string, resolve: ImportOptions['resolve']) {
    this.source = source;
    this.#resolve = resolve;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const glb = bytes.length >= GLB_HEADER_BYTES && view.getUint32(0, true) === GLB_MAGIC;
    const { text, bin } = glb ? this.#readGlb(bytes, view) : { text: bytes, bin: undefined };
    this.#bin = bin;
    let json: unknown;
    try {
      json = JSON.parse(Buffer.from(text.buffer, text.byteOffset, text.length).toString('utf8'));
    } catch (error) {
      this.fail(`its JSON cannot be read: ${error instanceof Error ? error.message : error}`);
    }
    this.json = this.object(json, 'the file');
    const version = shown(this.object(this.json.asset, 'asset').version);
    if (!version.startsWith('2.')) this.fail('it is not of version 2');
    for (const name of this.array(this.json.extensionsRequired, 'extensionsRequired')) {
      if (typeof name === 'string' && KNOWN_EXTENSIONS.test(name)) continue;
      const extension = shown(name);
      const message = `${source} requires the glTF extension ${extension}, which is not supported.`;
      throw new GoxError('GOX_FORMAT_UNSUPPORTED', message, { file: source, extension });
    }
  }

  fail(what: string): never {
    const message = `${this.source} is damaged: ${what}.`;
    throw new GoxError('GOX_FORMAT_BROKEN', message, { file: this.source });
  }

  object(value: unknown, where: string): Json {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
    return this.fail(`${where} is no object`);
  }

  /** An array, empty when it is left out. */
  array(value: unknown, where: string): readonly unknown[] {
    if (value === undefined) return [];
    return Array.isArray(value) ? value : this.fail(`${where} is no array`);
  }

  /** So many finite numbers; undefined when they are left out. */
  numbers(value: unknown, count: number, where: string): number[] | undefined {
    if (value === undefined) return undefined;
    const list = this.array(value, where);
    if (list.length !== count || !list.every(Number.isFinite)) {
      this.fail(`${where} is not ${count} numbers`);
    }
    return list as number[];
  }

  /** A whole number from 0 up; `missing` when it is left out. */
  whole(value: unknown, missing: number | undefined, where: string): number {
    const number = value === undefined ? missing : value;
    if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number;
    return this.fail(`${where} is no whole number`);
  }

  /** An item of one of the lists at the top of the file. */
  item(list: string, index: unknown): Json {
    const items = this.array(this.json[list], list);
    const at = this.whole(index, undefined, `a number of ${list}`);
    if (at >= items.length) this.fail(`there is no ${list}[${at}]`);
    return this.object(items[at], `${list}[${at}]`);
  }

  /** The bytes of a buffer view and its stride, 0 when they are packed. */
  view(index: unknown): { bytes: Uint8Array; stride: number } {
    const view = this.item('bufferViews', index);
    const bytes = this.#buffer(this.whole(view.buffer, undefined, 'bufferView.buffer'));
    const offset = this.whole(view.byteOffset, 0, 'bufferView.byteOffset');
    const length = this.whole(view.byteLength, undefined, 'bufferView.byteLength');
    if (offset + length > bytes.length) this.fail(`bufferViews[${shown(index)}] leaves its buffer`);
    const stride = this.whole(view.byteStride, 0, 'bufferView.byteStride');
    return { bytes: bytes.subarray(offset, offset + length), stride };
  }

  /** The bytes that a URI stands for; undefined when they are not to be had. */
  uri(uri: unknown, where: string): Uint8Array | undefined {
    if (typeof uri !== 'string') return this.fail(`${where} is no text`);
    if (uri.startsWith('data:')) {
      const comma = uri.indexOf(',');
      if (comma < 0) this.fail(`${where} is no data URI`);
      const base64 = uri.slice(0, comma).endsWith(';base64');
      const data = uri.slice(comma + 1);
      return base64
        ? Buffer.from(data, 'base64')
        : Buffer.from(this.#decoded(data, where), 'latin1');
    }
    return this.#resolve?.(this.#decoded(uri, where));
  }

  /** Counts numbers that are about to be read. Throws GOX_MEMORY_LIMIT. */
  spend(numbers: number): void {
    this.#numbers_left -= numbers;
    if (this.#numbers_left >= 0) return;
    const message = `The meshes of ${this.source} have more than ${NUMBERS_MAX} numbers.`;
    throw new GoxError('GOX_MEMORY_LIMIT', message, {
      file: this.source,
      numbers_max: NUMBERS_MAX,
    });
  }

  #decoded(text: string, where: string): string {
    try {
      return decodeURIComponent(text);
    } catch {
      return this.fail(`${where} is no URI`);
    }
  }

  #buffer(index: number): Uint8Array {
    const known = this.#buffers.get(index);
    if (known !== undefined) return known;
    const { uri, byteLength } = this.item('buffers', index);
    const where = `buffers[${index}]`;
    const length = this.whole(byteLength, undefined, `${where}.byteLength`);
    const own = uri === undefined && index === 0 ? this.#bin : undefined;
    const bytes = own ?? this.uri(uri, `${where}.uri`);
    if (bytes === undefined) {
      const name = shown(uri);
      const message = `${this.source} needs the file ${JSON.stringify(name)}, which is not there.`;
      throw new GoxError('GOX_FILE', message, { file: this.source, uri: name });
    }
    if (bytes.length < length) this.fail(`${where} has ${bytes.length} bytes, not ${length}`);
    this.#buffers.set(index, bytes);
    return bytes;
  }

  /** The first JSON chunk and the binary one behind it. */
  #readGlb(bytes: Uint8Array, view: DataView): { text: Uint8Array; bin: Uint8Array | undefined } {
    const version = view.getUint32(4, true);
    if (version !== VERSION) this.fail(`it is of version ${version}, not ${VERSION}`);
    const total = view.getUint32(8, true);
    if (total > bytes.length) this.fail(`it has ${bytes.length} bytes, not ${total}`);
    const text = this.#chunk(bytes, view, GLB_HEADER_BYTES, JSON_CHUNK);
    if (text === undefined) this.fail('its first chunk is no JSON');
    // Chunks begin at multiples of four, and their lengths should be such.
    const next = GLB_HEADER_BYTES + CHUNK_HEADER_BYTES + text.length;
    return { text, bin: this.#chunk(bytes, view, next, BIN_CHUNK) };
  }

  #chunk(bytes: Uint8Array, view: DataView, at: number, type: number): Uint8Array | undefined {
    if (at + CHUNK_HEADER_BYTES > bytes.length) return undefined;
    const length = view.getUint32(at, true);
    const from = at + CHUNK_HEADER_BYTES;
    if (length > bytes.length - from) this.fail(`a chunk at byte ${at} is cut short`);
    return view.getUint32(at + 4, true) === type ? bytes.subarray(from, from + length) : undefined;
  }
}
