/** Joins small byte arrays into pieces fit for one write each, and cuts long ones. */

import { checkInterrupt } from '../interrupt.ts';

export const PIECE_BYTES = 1024 * 1024;

export function* inPieces(parts: Iterable<Uint8Array>): Generator<Uint8Array, void, undefined> {
  let waiting: Uint8Array[] = [];
  let waiting_bytes = 0;
  for (const part of parts) {
    for (let at = 0; at < part.length; at += PIECE_BYTES) {
      checkInterrupt();
      const slice = part.subarray(at, at + PIECE_BYTES);
      if (waiting_bytes + slice.length > PIECE_BYTES) {
        yield joined(waiting);
        waiting = [];
        waiting_bytes = 0;
      }
      waiting.push(slice);
      waiting_bytes += slice.length;
    }
  }
  if (waiting_bytes > 0) yield joined(waiting);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}
