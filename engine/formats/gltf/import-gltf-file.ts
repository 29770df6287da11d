/**
 * The JSON of a glTF 2.0 file, and the bytes of its buffers, which are a .glb's second chunk, data:
 * URIs or other files. What is damaged throws; `attempt` makes a warning of that where the rest of
 * the file can do without.
 */

import { GoxError } from '../../../conf/errors.ts';
import type { WarningCode } from '../../../conf/warning-catalogue.ts';
import type { ImportOptions } from '../format.ts';
import { voxelLengthIn } from '../meshes/voxel-mark.ts';
import { Report } from '../report.ts';
import { shown } from '../shown.ts';
import { unpackedView } from './decode-meshopt.ts';
import { otherGltf, readContainer } from './import-gltf-container.ts';

export type Json = Readonly<Record<string, unknown>>;

/** Extensions that a file may require: what they add is read here or does not colour a surface. */
const KNOWN_EXTENSIONS = new RegExp(
  `^(?:${[
    'KHR_(?:mesh_quantization|draco_mesh_compression|meshopt_compression|node_visibility)',
    'KHR_(?:texture_transform|texture_basisu|lights_punctual|materials_\\w+|xmp\\w*)',
    'KHR_(?:animation_pointer|node_hoverability|node_selectability|interactivity)',
    'EXT_(?:meshopt_compression|mesh_gpu_instancing|texture_webp|texture_avif)|CESIUM_RTC',
    'EXT_(?:mesh_features|structural_metadata|instance_features|lights_\\w+)',
    'MSFT_texture_dds|MSFT_lod|FB_ngon_encoding|GODOT_single_root|CESIUM_primitive_outline',
  ].join('|')})$`,
);

/** Numbers that the accessors of one file may give together, each time they are used. */
const NUMBERS_MAX = 2 ** 26;

/** Warnings of what makes the shape, not of what it looks like. */
const SHAPES: readonly WarningCode[] = ['WARN_FACES_SKIPPED', 'WARN_DETAIL_SKIPPED'];

/** What a part of a file may be refused for while the others are read. */
const PART_ERRORS: readonly string[] = ['GOX_FORMAT_BROKEN', 'GOX_FORMAT_UNSUPPORTED', 'GOX_FILE'];

export class GltfFile {
  readonly source: string;
  readonly json: Json;
  readonly report: Report;
  /** Whether it is read as Goxel reads it. */
  readonly likeGoxel: boolean;
  readonly #bin: Uint8Array | undefined;
  readonly #resolve: ImportOptions['resolve'];
  readonly #buffers = new Map<number, Uint8Array>();
  readonly #unpacked = new Map<unknown, Uint8Array>();
  #numbers_left = NUMBERS_MAX;
  /** What the first part of the shape was left out for: what the file is refused by without any. */
  refusal: GoxError | undefined;

  /** Throws GOX_FORMAT_BROKEN, and GOX_FORMAT_UNSUPPORTED for extensions that are not known. */
  constructor(bytes: Uint8Array, source: string, { like, resolve, report }: ImportOptions) {
    this.source = source;
    this.likeGoxel = like === 'goxel';
    this.report = report ?? new Report();
    this.#resolve = resolve;
    const { text, bin } = readContainer(bytes, this);
    this.#bin = bin;
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch (error) {
      this.fail(`its JSON cannot be read: ${error instanceof Error ? error.message : error}`);
    }
    this.json = this.object(json, 'the file');
    const version = this.#version();
    if (/^[013-9](?:\.\d+)?$/.test(version)) throw otherGltf(source, version);
    if (!version.startsWith('2')) this.fail('it is not of version 2');
    this.#requireKnown();
  }

  /** As the file says; without that, by what only glTF 1 has: lists by names. */
  #version(): string {
    const { asset, accessors } = this.json;
    if (!Array.isArray(accessors) && typeof accessors === 'object') return '1.0';
    if (asset === undefined && Array.isArray(accessors)) {
      this.report.warn('WARN_BROKEN_PART', 'The file does not say of which version it is.');
      return '2.0';
    }
    return shown(this.object(asset, 'asset').version);
  }

  /** Tells extensions that are used and not known. Throws for those that are required. */
  #requireKnown(): void {
    const { source, report } = this;
    const required = this.array(this.json.extensionsRequired, 'extensionsRequired');
    for (const name of required) {
      if (typeof name === 'string' && KNOWN_EXTENSIONS.test(name)) continue;
      const extension = shown(name);
      const message = `${source} requires the glTF extension ${extension}, which is not supported.`;
      throw new GoxError('GOX_FORMAT_UNSUPPORTED', message, { file: source, extension });
    }
    const used = this.attempt('WARN_UNKNOWN_PART', () => {
      return this.array(this.json.extensionsUsed, 'extensionsUsed');
    });
    for (const name of new Set(used)) {
      if (typeof name === 'string' && KNOWN_EXTENSIONS.test(name)) continue;
      const message = `The extension ${shown(name)} is not known, and was passed over.`;
      report.warn('WARN_UNKNOWN_PART', message, { object: shown(name) });
    }
  }

  /** Whether it is an export of Goxel's, which does not say that opacity below 1 counts. */
  get isGoxels(): boolean {
    return this.voxel_length !== undefined;
  }

  /** Units to a voxel in exports of Goxel's and ours. */
  get voxel_length(): number | undefined {
    const { generator } = this.object(this.json.asset ?? {}, 'asset');
    return typeof generator === 'string' ? voxelLengthIn(generator) : undefined;
  }

  fail(what: string): never {
    const message = `${this.source} is damaged: ${what}.`;
    throw new GoxError('GOX_FORMAT_BROKEN', message, { file: this.source });
  }

  /**
   * What `read` gives; undefined, and a warning, when that part of the file is damaged or not to be
   * had.
   */
  attempt<T>(code: WarningCode, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof GoxError && PART_ERRORS.includes(error.code))) throw error;
      // What is missing for the moment only must not be missing for good.
      if (error.details?.retryable === true) throw error;
      this.report.warn(code, error.message);
      if (SHAPES.includes(code)) this.refusal ??= error;
      return undefined;
    }
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

  /** An object's extension of one of these names; undefined when it has none of them. */
  extension({ extensions }: Json, ...names: readonly string[]): Json | undefined {
    if (extensions === undefined) return undefined;
    const all = this.object(extensions, 'extensions');
    const name = names.find((each) => all[each] !== undefined);
    return name === undefined ? undefined : this.object(all[name], name);
  }

  /** The bytes of a buffer view, unpacked, and its stride, 0 when they are packed. */
  view(index: unknown): { bytes: Uint8Array; stride: number } {
    const view = this.item('bufferViews', index);
    const stride = this.whole(view.byteStride, 0, 'bufferView.byteStride');
    const packed = this.extension(view, 'EXT_meshopt_compression', 'KHR_meshopt_compression');
    if (packed === undefined)
      return { bytes: this.#part(view, `bufferViews[${shown(index)}]`), stride };
    let bytes = this.#unpacked.get(index);
    if (bytes === undefined) {
      const where = `bufferViews[${shown(index)}]`;
      bytes = unpackedView(this, packed, this.#part(packed, where), where);
      this.#unpacked.set(index, bytes);
    }
    return { bytes, stride };
  }

  #part(part: Json, where: string): Uint8Array {
    const bytes = this.#buffer(this.whole(part.buffer, undefined, `${where}.buffer`));
    const offset = this.whole(part.byteOffset, 0, `${where}.byteOffset`);
    const length = this.whole(part.byteLength, undefined, `${where}.byteLength`);
    if (offset + length > bytes.length) this.fail(`${where} leaves its buffer`);
    return bytes.subarray(offset, offset + length);
  }

  /** The bytes that a URI stands for; undefined when they are not to be had. */
  uri(uri: unknown, where: string): Uint8Array | undefined {
    if (typeof uri !== 'string') return this.fail(`${where} is no text`);
    if (/^data:/i.test(uri)) {
      const comma = uri.indexOf(',');
      if (comma < 0) this.fail(`${where} is no data URI`);
      const base64 = /;\s*base64\s*$/i.test(uri.slice(0, comma));
      const data = uri.slice(comma + 1);
      return base64 ? Buffer.from(decoded(data), 'base64') : Buffer.from(decoded(data), 'latin1');
    }
    return this.#resolve?.(decoded(uri));
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
    if (bytes.length < length) {
      const message = `${where} has ${bytes.length} bytes, not ${length}.`;
      this.report.warn('WARN_DETAIL_SKIPPED', message);
    }
    this.#buffers.set(index, bytes);
    return bytes;
  }
}

/** Names with a stray % in them are taken as they stand. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
