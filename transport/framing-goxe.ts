import type { GoxError } from '../conf/errors.ts';
import { SizedPayload } from './framing-sized.ts';
import {
  type Encoding,
  type FramingSink,
  GOXE_FLAG_MSGPACK,
  GOXE_HEADER_BYTES,
  GOXE_MAGIC,
  GOXE_VERSION,
} from './jsonrpc.ts';
import type { FramingLimits, Limited } from './limits.ts';
import { parseError } from './refusals.ts';
import { Residue } from './residue.ts';

/**
 * Splits GOXE frames: four 32-bit words in network byte order (magic `GOXE`, version, length of
 * the payload, flags) and the payload. The layout is `daemon_message` of the v14.6 architecture;
 * its flags were never given a meaning, so bit 0 is ours and the others are refused. A wrong
 * header is fatal, since nothing tells where the next one would be.
 */
export class GoxeFraming {
  readonly #payload: SizedPayload;
  readonly #header = new Residue(() => GOXE_HEADER_BYTES);
  #in_payload = false;
  #encoding: Encoding = 'json';
  #broken = false;

  constructor(config: Limited<FramingLimits>) {
    this.#payload = new SizedPayload(config);
  }

  get pending_bytes(): number {
    if (this.#in_payload) return GOXE_HEADER_BYTES + this.#payload.pending_bytes;
    return this.#header.length;
  }

  push(chunk: Uint8Array, from: number, events: FramingSink): void {
    let at = from;
    while (at < chunk.length && !this.#broken) {
      if (this.#in_payload) at = this.#payload.read(chunk, at);
      else at = this.#readHeader(chunk, at, events);
      if (this.#in_payload && this.#payload.complete) this.#finish(events);
    }
  }

  #readHeader(chunk: Uint8Array, at: number, events: FramingSink): number {
    const end = Math.min(chunk.length, at + GOXE_HEADER_BYTES - this.#header.length);
    this.#header.append(chunk, at, end);
    if (this.#header.length === GOXE_HEADER_BYTES) this.#begin(this.#header.take(), events);
    return end;
  }

  #begin(header: Uint8Array, events: FramingSink): void {
    const view = new DataView(header.buffer, header.byteOffset, GOXE_HEADER_BYTES);
    const flags = view.getUint32(12);
    const problem = headerProblem(view.getUint32(0), view.getUint32(4), flags);
    if (problem !== undefined) {
      this.#fail(parseError(problem), true, events);
      return;
    }
    this.#encoding = (flags & GOXE_FLAG_MSGPACK) === 0 ? 'json' : 'msgpack';
    this.#in_payload = true;
    const excess = this.#payload.begin(view.getUint32(8));
    if (excess !== undefined) this.#fail(excess.error, excess.fatal, events);
  }

  #finish(events: FramingSink): void {
    const bytes = this.#payload.take();
    this.#in_payload = false;
    if (bytes !== undefined) events.push({ kind: 'frame', bytes, encoding: this.#encoding });
  }

  #fail(error: GoxError, fatal: boolean, events: FramingSink): void {
    events.push({ kind: 'error', error, fatal });
    this.#broken = fatal;
  }
}

function headerProblem(magic: number, version: number, flags: number): string | undefined {
  if (magic !== GOXE_MAGIC) {
    return `a GOXE header begins with 0x${magic.toString(16)} instead of 0x474f5845.`;
  }
  if (version !== GOXE_VERSION) {
    return `GOXE version ${version} is not known, only ${GOXE_VERSION}.`;
  }
  if ((flags & ~GOXE_FLAG_MSGPACK) !== 0) {
    return `GOXE flags 0x${flags.toString(16)} are not known, only bit 0 (MessagePack).`;
  }
  return undefined;
}
