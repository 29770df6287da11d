/** What is not spoken here. */

import type { FramingSink } from './jsonrpc.ts';
import { parseError } from './refusals.ts';

/** A record of a handshake, of whichever version. */
const TLS_START = [0x16, 0x03];

/** Whether the first bytes of a connection are those of TLS; undefined when they may become so. */
export function beginsTls(first: Uint8Array): boolean | undefined {
  if (first.some((byte, at) => at < TLS_START.length && byte !== TLS_START[at])) return false;
  return first.length >= TLS_START.length ? true : undefined;
}

/** Says once that it is another protocol, and reads nothing: the first bytes were enough. */
export class ForeignFraming {
  readonly pending_bytes = 0;
  readonly #what: string;
  #told = false;

  constructor(what: string) {
    this.#what = what;
  }

  push(_chunk: Uint8Array, _from: number, events: FramingSink): void {
    if (this.#told) return;
    this.#told = true;
    events.push({ kind: 'error', error: parseError(this.#what), fatal: true });
  }
}
