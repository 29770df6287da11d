import { LINE_FEED, textOf } from './bytes.ts';
import { SizedPayload } from './framing-sized.ts';
import type { FramingSink } from './jsonrpc.ts';
import type { FramingLimits, Limited } from './limits.ts';
import { parseError } from './refusals.ts';
import { Residue } from './residue.ts';

/**
 * Splits messages with headers, as the Language Server Protocol has them: `Content-Length: N`,
 * other headers, an empty line, N bytes of JSON. Names are read in any case, lines may end with a
 * lone line feed, and empty lines before the first header are skipped. A wrong header is fatal,
 * since nothing tells where the next one would be.
 */
export class HeaderFraming {
  readonly #config: Limited<FramingLimits>;
  readonly #payload: SizedPayload;
  /** The present header line. */
  readonly #line: Residue;
  #header_bytes = 0;
  #length: number | undefined;
  #in_payload = false;
  #broken = false;

  constructor(config: Limited<FramingLimits>) {
    this.#config = config;
    this.#payload = new SizedPayload(config);
    this.#line = new Residue(() => config.limits.header_bytes_max);
  }

  get pending_bytes(): number {
    return this.#header_bytes + this.#payload.pending_bytes;
  }

  push(chunk: Uint8Array, from: number, events: FramingSink): void {
    let at = from;
    while (at < chunk.length && !this.#broken) {
      if (this.#in_payload) at = this.#payload.read(chunk, at);
      else at = this.#readLine(chunk, at, events);
      if (this.#in_payload && this.#payload.complete) this.#finish(events);
    }
  }

  #readLine(chunk: Uint8Array, at: number, events: FramingSink): number {
    const newline = chunk.indexOf(LINE_FEED, at);
    const end = newline < 0 ? chunk.length : newline + 1;
    this.#header_bytes += end - at;
    const { header_bytes_max } = this.#config.limits;
    if (this.#header_bytes > header_bytes_max) {
      this.#refuse(`the headers are longer than ${header_bytes_max} bytes.`, events);
      return end;
    }
    this.#line.append(chunk, at, end);
    if (newline >= 0) this.#readHeader(textOf(this.#line.take()).trim(), events);
    return end;
  }

  #readHeader(line: string, events: FramingSink): void {
    if (line === '') {
      this.#endHeaders(events);
      return;
    }
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trimEnd().toLowerCase();
    if (name === '') this.#refuse('a header line has no name and colon.', events);
    else if (name === 'content-length') this.#readLength(line.slice(colon + 1).trim(), events);
  }

  #readLength(text: string, events: FramingSink): void {
    if (this.#length !== undefined) this.#refuse('Content-Length is given twice.', events);
    else if (!/^\d{1,15}$/.test(text)) this.#refuse('Content-Length is no byte count.', events);
    else this.#length = Number(text);
  }

  /** At an empty line. */
  #endHeaders(events: FramingSink): void {
    if (this.#length !== undefined) {
      this.#in_payload = true;
      const excess = this.#payload.begin(this.#length);
      if (excess === undefined) return;
      events.push({ kind: 'error', ...excess });
      this.#broken = excess.fatal;
    } else if (this.#header_bytes > 2) {
      this.#refuse('the headers lack Content-Length.', events);
    } else {
      this.#header_bytes = 0;
    }
  }

  #finish(events: FramingSink): void {
    const bytes = this.#payload.take();
    this.#in_payload = false;
    this.#header_bytes = 0;
    this.#length = undefined;
    if (bytes !== undefined) events.push({ kind: 'frame', bytes, encoding: 'json' });
  }

  #refuse(reason: string, events: FramingSink): void {
    events.push({ kind: 'error', error: parseError(reason), fatal: true });
    this.#broken = true;
  }
}
