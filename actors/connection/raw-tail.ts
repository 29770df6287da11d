/**
 * The last bytes of a connection as they came: those of a message that is half there, for another
 * process that is to read the rest. Nothing is copied, and of a large message nothing is kept.
 */

/** Of a message that is larger its end is waited for. */
const KEPT_BYTES_MAX = 1024 * 1024;

export class RawTail {
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #lost = false;

  /** Whether it is not known any more, up to the end of the message. */
  get lost(): boolean {
    return this.#lost;
  }

  /** @param pending how many bytes behind this chunk belong to a message that has not ended */
  note(chunk: Uint8Array, pending: number): void {
    if (pending === 0 || pending > KEPT_BYTES_MAX) {
      this.#lost = pending > 0;
      this.#chunks = [];
      this.#bytes = 0;
    } else if (!this.#lost) {
      this.#chunks.push(chunk);
      this.#bytes += chunk.length;
      while (this.#bytes - this.#chunks[0]!.length >= pending) {
        this.#bytes -= this.#chunks.shift()!.length;
      }
    }
  }

  /** @param pending as it was noted last */
  bytes(pending: number): Buffer {
    const all = Buffer.concat(this.#chunks);
    return all.subarray(Math.max(0, all.length - pending));
  }
}
