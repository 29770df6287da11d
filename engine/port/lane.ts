/**
 * A place in shared memory for one small message from one thread to another that attends to it:
 * that waits there for the next message, or looks there again and again. A message through a
 * `MessagePort` costs both threads several times as much, and wakes the other one's event loop.
 *
 * The reader says when it attends. Once it has said so it must look there until it has left, which
 * it cannot while a message is there.
 */

/** Before the words, as a number of its own: how long the reader has slept there, in ms. */
const SLEPT_BYTES = Float64Array.BYTES_PER_ELEMENT;
/** The first word: how many messages are there, or that nobody attends. */
const STATE = 0;
const AWAY = -1;
/** Counts messages, here or through the port: the reader sleeps on this word. */
const SENT = 1;
/** Messages that the reader has had through its port: what was posted first comes first. */
const RECEIVED = 2;
const WORDS = 3;

/** Messages that may be there: that of the flight under way, and one beside it. */
const SLOTS = 2;
/** Words of a slot: bytes of the head, and of the body. */
const SLOT_WORDS = 2;
/** Bytes of a message; larger ones are worth a `MessagePort`. */
export const ROOM_BYTES = 16 * 1024;

const WORDS_ALL = WORDS + SLOTS * SLOT_WORDS;
const HEAD_BYTES = SLEPT_BYTES + WORDS_ALL * Int32Array.BYTES_PER_ELEMENT;

export interface LaneMessage {
  /** ASCII. */
  readonly head: string;
  readonly body: ArrayBuffer;
}

export class Lane {
  readonly memory: SharedArrayBuffer;
  readonly #slept_ms: Float64Array;
  readonly #words: Int32Array;
  readonly #bytes: Buffer;
  /** The slot of the next message, of the side that this is. */
  #next = 0;
  /** Writer: messages through the port. */
  #posted = 0;
  /** Reader: messages that it has had, here or through the port. */
  #had = 0;

  /** @param memory of the `Lane` of the other side; begins with nobody who attends */
  constructor(memory?: SharedArrayBuffer) {
    this.memory = memory ?? new SharedArrayBuffer(HEAD_BYTES + SLOTS * ROOM_BYTES);
    this.#slept_ms = new Float64Array(this.memory, 0, 1);
    this.#words = new Int32Array(this.memory, SLEPT_BYTES, WORDS_ALL);
    this.#bytes = Buffer.from(this.memory, HEAD_BYTES);
    if (memory === undefined) this.#words[STATE] = AWAY;
  }

  /** Writer: whether the reader attends, and there is room for a message. */
  get isOpen(): boolean {
    const there = Atomics.load(this.#words, STATE);
    return there !== AWAY && there !== SLOTS;
  }

  /**
   * Writer: leaves a message; false when nobody attends, there is no room for it, or what was
   * posted before is still on its way.
   */
  offer({ head, body }: LaneMessage): boolean {
    const words = this.#words;
    let there = Atomics.load(words, STATE);
    if (there === AWAY || there === SLOTS) return false;
    if (Atomics.load(words, RECEIVED) !== this.#posted) return false;
    if (head.length + body.byteLength > ROOM_BYTES) return false;
    const at = this.#next * ROOM_BYTES;
    const word = WORDS + this.#next * SLOT_WORDS;
    this.#bytes.write(head, at, 'latin1');
    this.#bytes.set(new Uint8Array(body), at + head.length);
    words[word] = head.length;
    words[word + 1] = body.byteLength;
    for (;;) {
      const found = Atomics.compareExchange(words, STATE, there, there + 1);
      if (found === there) break;
      if (found === AWAY) return false;
      there = found;
    }
    this.#next = (this.#next + 1) % SLOTS;
    this.#sent(1);
    return true;
  }

  /** Writer: was posted through the port. */
  posted(messages: number): void {
    this.#posted = (this.#posted + messages) | 0;
    this.#sent(messages);
  }

  #sent(messages: number): void {
    Atomics.add(this.#words, SENT, messages);
    Atomics.notify(this.#words, SENT);
  }

  /** Reader: a message has come through the port. */
  received(): void {
    Atomics.add(this.#words, RECEIVED, 1);
    this.#had = (this.#had + 1) | 0;
  }

  /** Reader: attends from now on. */
  attend(): void {
    Atomics.compareExchange(this.#words, STATE, AWAY, 0);
  }

  /** Reader: the first message that is there. */
  take(): LaneMessage | undefined {
    const words = this.#words;
    if (Atomics.load(words, STATE) <= 0) return undefined;
    const at = this.#next * ROOM_BYTES;
    const word = WORDS + this.#next * SLOT_WORDS;
    const middle = at + words[word]!;
    const head = this.#bytes.toString('latin1', at, middle);
    const body = new ArrayBuffer(words[word + 1]!);
    new Uint8Array(body).set(this.#bytes.subarray(middle, middle + body.byteLength));
    this.#next = (this.#next + 1) % SLOTS;
    Atomics.sub(words, STATE, 1);
    this.#had = (this.#had + 1) | 0;
    return { head, body };
  }

  /** Reader, attending: sleeps until something is there, here or in the port, or time is up. */
  sleep(limit_ms: number): void {
    const began_ms = performance.now();
    Atomics.wait(this.#words, SENT, this.#had, limit_ms);
    this.#slept_ms[0]! += performance.now() - began_ms;
  }

  /** How long the reader has slept here. */
  get slept_ms(): number {
    return this.#slept_ms[0]!;
  }

  /** Reader: attends no more; false when there is a message, to be taken first. */
  leave(): boolean {
    return Atomics.compareExchange(this.#words, STATE, 0, AWAY) <= 0;
  }
}
