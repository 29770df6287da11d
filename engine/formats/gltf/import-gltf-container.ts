/**
 * The container of a glTF 2.0 file (section 4): a .glb's chunks, or the JSON of a .gltf alone. What
 * programs write wrongly around the JSON, lengths above all, is told and does no harm.
 */

import { GoxError } from '../../../conf/errors.ts';
import { OLD_GLTF } from '../kinds.ts';
import type { Report } from '../report.ts';

/** The file, as far as its container is concerned. */
interface Told {
  readonly source: string;
  readonly report: Report;
  fail(what: string): never;
}

const GLB_MAGIC = 0x4654_6c67;
const GLB_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const JSON_CHUNK = 0x4e4f_534a;
const BIN_CHUNK = 0x004e_4942;
const VERSION = 2;

/** What a file is refused by that is of another version of glTF. */
export function otherGltf(file: string, version: string): GoxError {
  const message = `${file} is a glTF model of version ${version}, which is not read. ${OLD_GLTF}`;
  return new GoxError('GOX_FORMAT_UNKNOWN', message, { path: file, format: 'gltf' });
}

/** The JSON's text, and the bytes behind it when it is a .glb. Throws GOX_FORMAT_BROKEN. */
export function readContainer(
  bytes: Uint8Array,
  told: Told,
): { text: string; bin: Uint8Array | undefined } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isGlb = bytes.length >= GLB_HEADER_BYTES && view.getUint32(0, true) === GLB_MAGIC;
  if (!isGlb) return { text: textOf(bytes), bin: undefined };
  const version = view.getUint32(4, true);
  if (version !== VERSION) throw otherGltf(told.source, `${version}.0`);
  const chunks = chunksOf(bytes, view, told);
  const json = chunks[0];
  if (json?.type !== JSON_CHUNK) return told.fail('its first chunk is no JSON');
  const bin = chunks.find(({ type }) => type === BIN_CHUNK);
  for (const chunk of chunks) {
    if (chunk === json || chunk === bin) continue;
    const name = `0x${chunk.type.toString(16)}`;
    const message = `A chunk of the type ${name} was passed over.`;
    told.report.warn('WARN_UNKNOWN_PART', message, { chunk: name, byte: chunk.at });
  }
  return { text: textOf(json.bytes), bin: bin?.bytes };
}

interface Chunk {
  readonly type: number;
  readonly at: number;
  readonly bytes: Uint8Array;
}

function chunksOf(bytes: Uint8Array, view: DataView, told: Told): Chunk[] {
  const total = view.getUint32(8, true);
  if (total > bytes.length) {
    const message = `The file has ${bytes.length} bytes, not ${total} as it says.`;
    told.report.warn('WARN_DETAIL_SKIPPED', message, { byte: 8 });
  }
  const chunks: Chunk[] = [];
  let at = GLB_HEADER_BYTES;
  // The first two are read even where the file says that it ends before them.
  while (at + CHUNK_HEADER_BYTES <= bytes.length && (chunks.length < 2 || at < total)) {
    const length = view.getUint32(at, true);
    const type = view.getUint32(at + 4, true);
    const from = at + CHUNK_HEADER_BYTES;
    const isKnown = type === JSON_CHUNK || type === BIN_CHUNK;
    if (!isKnown && at >= total) break;
    if (length > bytes.length - from) {
      if (type !== BIN_CHUNK) told.fail(`a chunk at byte ${at} is cut short`);
      const message = `The chunk of buffers has ${bytes.length - from} bytes, not ${length}.`;
      told.report.warn('WARN_DETAIL_SKIPPED', message, { chunk: 'BIN', byte: at });
    }
    chunks.push({ type, at, bytes: bytes.subarray(from, from + length) });
    at = from + length;
  }
  if (at < bytes.length) {
    const message = `There are ${bytes.length - at} bytes behind the last chunk.`;
    told.report.warn('WARN_TRAILING_BYTES', message, { byte: at });
  }
  return chunks;
}

/** Without a byte order mark before it, and the zeros that some pad it with. */
function textOf(bytes: Uint8Array): string {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return Buffer.from(bytes.buffer, bytes.byteOffset, end)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
}
