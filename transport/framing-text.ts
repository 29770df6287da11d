import type { GoxError } from '../conf/errors.ts';
import { BYTE_ORDER_MARK, byteClasses, EMPTY, span } from './bytes.ts';
import type { Frame, FramingEvent, FramingSink } from './jsonrpc.ts';
import type { FramingLimits, Limited } from './limits.ts';
import { JsonPrefix } from './prefix.ts';
import { depthError, parseError, sizeError } from './refusals.ts';
import { Residue } from './residue.ts';

// Kept here, not imported: the engine folds constants of a module into its loops, which is 20 % of
// them, and loads imported ones for every byte.
const BACKSLASH = 0x5c;
const CARRIAGE_RETURN = 0x0d;
const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;
const CLOSER_OFFSET = 2;
const LINE_FEED = 0x0a;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const QUOTE = 0x22;
const SPACE = 0x20;
const TAB = 0x09;

/** What is larger is no short request whose end was forgotten. */
const CLOSED_BYTES_MAX = 4096;

/** Where the reader stands when a chunk ends. */
type State =
  /** Before a message; blanks, empty lines, NUL bytes and byte order marks are skipped. */
  | 'between'
  /** Inside brackets, outside a string. */
  | 'open'
  /** As `open`, with only blanks since the last line feed. */
  | 'line_start'
  | 'string'
  /** Behind a backslash in a string. */
  | 'escape'
  /** In a line that began with no bracket. */
  | 'scalar'
  /** After an error, up to the next line feed. */
  | 'skip';

const PLAIN = 0;
/** Bytes that the scanner must look at outside a string, and inside one. */
const OUTSIDE = byteClasses(QUOTE, OPEN_BRACE, OPEN_BRACKET, CLOSE_BRACE, CLOSE_BRACKET, LINE_FEED);
const INSIDE = byteClasses(QUOTE, BACKSLASH, LINE_FEED);
const BLANK = byteClasses(0, TAB, LINE_FEED, CARRIAGE_RETURN, SPACE);
/** Before a message, also the bytes of a byte order mark, of which no message consists. */
const FILLER = byteClasses(0, TAB, LINE_FEED, CARRIAGE_RETURN, SPACE, ...BYTE_ORDER_MARK);

/**
 * Reads messages of the commonest form at once, where cutting them out first would take a second
 * pass over their bytes. What it reads must be one message for this framing too, and come out the
 * same when it is cut out first.
 */
export interface Shortcut<Message> {
  /** The message that begins at `start`, if it is of that form and ends before `bound`. */
  read(chunk: Uint8Array, start: number, bound: number): Message | undefined;
  /** The place behind the message that was read last. */
  readonly end: number;
}

/**
 * Splits JSON texts that follow each other: on a line each, printed over many lines, or with
 * nothing between them. A message ends with its last bracket, so no newline is needed after it. A
 * line that begins with no bracket ends with its newline; the envelope says what is wrong with
 * it.
 *
 * After an error the next line is read as if nothing had been. A line that opens a bracket where
 * the text before cannot take a value begins a new message: a lost brace costs one message, not
 * two.
 */
export class TextFraming<Message> {
  readonly #config: Limited<FramingLimits>;
  readonly #shortcut: Shortcut<Message> | undefined;
  readonly #residue: Residue;
  readonly #prefix = new JsonPrefix();
  /** The closing bracket that each open one waits for. */
  #closers = EMPTY;
  /** How deep the present frame may go. */
  #depth_max = 0;
  #state: State = 'between';
  #depth = 0;
  /** Where in this chunk the bytes of the frame begin that are not in the residue yet. */
  #begin = 0;
  /** Bytes of the frame that the prefix checker has read. */
  #checked_bytes = 0;
  /** The frame was too large and has been answered: it is read to its end, and forgotten. */
  #discarding = false;

  constructor(config: Limited<FramingLimits>, shortcut?: Shortcut<Message>) {
    this.#config = config;
    this.#shortcut = shortcut;
    this.#residue = new Residue(() => config.limits.frame_bytes_max);
  }

  get pending_bytes(): number {
    return this.#state === 'between' ? 0 : Math.max(1, this.#residue.length);
  }

  /** Whether a message is half there, and what has come of it is not whole lines. */
  get mid_line(): boolean {
    if (this.#discarding) return false;
    return this.#state !== 'between' && this.#state !== 'line_start' && this.#state !== 'skip';
  }

  /** What there would be if the next byte were the last bracket of the message. */
  closed(): Frame | undefined {
    const { bytes, length } = this.#residue;
    if (this.#state !== 'open' || this.#depth !== 1 || this.#discarding) return undefined;
    if (length > CLOSED_BYTES_MAX) return undefined;
    const whole = new Uint8Array(length + 1);
    whole.set(span(bytes, 0, length));
    whole[length] = this.#closers[0]!;
    return { kind: 'frame', bytes: whole, encoding: 'json', lenient: true };
  }

  push(chunk: Uint8Array, from: number, events: (FramingEvent | Message)[]): void {
    let at = from;
    this.#begin = from;
    while (at < chunk.length) {
      if (this.#state === 'between') at = this.#first(chunk, at, events);
      else if (this.#state === 'skip') at = this.#skip(chunk, at);
      else at = this.#frame(chunk, at, events);
    }
  }

  /** Skips to the first byte of a message, and takes the shortcut behind it if there is one. */
  #first(chunk: Uint8Array, from: number, events: (FramingEvent | Message)[]): number {
    let at = from;
    while (at < chunk.length && FILLER[chunk[at]!] !== PLAIN) at++;
    if (at === chunk.length) return at;
    if (this.#shortcut !== undefined) {
      const message = this.#shortcut.read(chunk, at, chunk.length);
      const { end } = this.#shortcut;
      if (message !== undefined && end - at <= this.#config.limits.frame_bytes_max) {
        events.push(message);
        return end;
      }
    }
    this.#state = chunk[at] === OPEN_BRACE || chunk[at] === OPEN_BRACKET ? 'open' : 'scalar';
    this.#begin = at;
    this.#depth_max = this.#config.limits.depth_max;
    if (this.#closers.length < this.#depth_max) this.#closers = new Uint8Array(this.#depth_max);
    return at;
  }

  #skip(chunk: Uint8Array, from: number): number {
    const newline = chunk.indexOf(LINE_FEED, from);
    if (newline < 0) return chunk.length;
    this.#reset();
    return newline + 1;
  }

  /** Reads on in a frame, up to its end, its error, its limit or the end of the chunk. */
  #frame(chunk: Uint8Array, from: number, events: FramingSink): number {
    const { frame_bytes_max } = this.#config.limits;
    // None is left when the limit was lowered meanwhile.
    const left = Math.max(0, frame_bytes_max - this.#residue.length);
    const room = this.#discarding ? chunk.length : left;
    const bound = Math.min(chunk.length, this.#begin + room);
    let at = from;
    while (at < bound) {
      at = this.#step(chunk, at, bound, events);
      if (this.#state === 'between' || this.#state === 'skip') return at;
    }
    if (bound < chunk.length) this.#overflow(events);
    else if (!this.#discarding) this.#residue.append(chunk, this.#begin, bound);
    return bound;
  }

  #step(chunk: Uint8Array, at: number, bound: number, events: FramingSink): number {
    switch (this.#state) {
      case 'open':
        return this.#open(chunk, at, bound, events);
      case 'string':
        return this.#string(chunk, at, bound, events);
      case 'escape':
        this.#state = 'string';
        return chunk[at] === LINE_FEED ? at : at + 1;
      case 'line_start':
        return this.#lineStart(chunk, at, bound, events);
      default:
        return this.#scalar(chunk, at, bound, events);
    }
  }

  /** The hot loop: strings are read here, unless they have escapes or cross the chunk's end. */
  #open(chunk: Uint8Array, from: number, bound: number, events: FramingSink): number {
    let at = from;
    for (;;) {
      while (at < bound && OUTSIDE[chunk[at]!] === PLAIN) at++;
      if (at === bound) return at;
      const byte = chunk[at]!;
      if (byte === QUOTE) {
        at++;
        while (at < bound && INSIDE[chunk[at]!] === PLAIN) at++;
        if (at === bound || chunk[at] !== QUOTE) {
          this.#state = 'string';
          return at;
        }
        at++;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (this.#depth === this.#depth_max) {
          return this.#skipAfter(at, depthError(this.#depth_max), events);
        }
        this.#closers[this.#depth++] = byte + CLOSER_OFFSET;
        at++;
      } else if (byte === LINE_FEED) {
        return this.#lineEnd(chunk, at, events);
      } else {
        at++;
        if (this.#closers[this.#depth - 1] !== byte) {
          return this.#skipAfter(at, parseError('a bracket is closed by another kind.'), events);
        }
        if (--this.#depth === 0) return this.#finish(chunk, at, events);
      }
    }
  }

  #string(chunk: Uint8Array, from: number, bound: number, events: FramingSink): number {
    let at = from;
    while (at < bound && INSIDE[chunk[at]!] === PLAIN) at++;
    if (at === bound) return at;
    if (chunk[at] === LINE_FEED) {
      this.#fail(parseError('a line ends inside a string.'), events);
      this.#reset();
    } else {
      this.#state = chunk[at] === QUOTE ? 'open' : 'escape';
    }
    return at + 1;
  }

  /** At a line feed inside brackets: goes on if the lines so far can still become JSON. */
  #lineEnd(chunk: Uint8Array, at: number, events: FramingSink): number {
    this.#state = 'line_start';
    if (this.#discarding || this.#prefixHolds(chunk, at)) return at + 1;
    this.#fail(parseError('the line is no JSON, nor the beginning of any.'), events);
    this.#reset();
    return at + 1;
  }

  #prefixHolds(chunk: Uint8Array, at: number): boolean {
    const checked_bytes = this.#checked_bytes;
    if (this.#residue.length === 0) {
      this.#checked_bytes = at - this.#begin;
      return this.#prefix.read(chunk, this.#begin + checked_bytes, at);
    }
    this.#residue.append(chunk, this.#begin, at);
    this.#begin = at;
    this.#checked_bytes = this.#residue.length;
    return this.#prefix.read(this.#residue.bytes, checked_bytes, this.#residue.length);
  }

  #lineStart(chunk: Uint8Array, from: number, bound: number, events: FramingSink): number {
    let at = from;
    while (at < bound && BLANK[chunk[at]!] !== PLAIN) at++;
    if (at === bound) return at;
    this.#state = 'open';
    const opens = chunk[at] === OPEN_BRACE || chunk[at] === OPEN_BRACKET;
    if (opens && !this.#discarding && !this.#prefix.expects_value) {
      this.#fail(parseError('a new request begins where the one before has not ended.'), events);
      this.#reset();
    }
    return at;
  }

  #scalar(chunk: Uint8Array, from: number, bound: number, events: FramingSink): number {
    const newline = chunk.indexOf(LINE_FEED, from);
    return newline < 0 || newline >= bound ? bound : this.#finish(chunk, newline, events);
  }

  #finish(chunk: Uint8Array, end: number, events: FramingSink): number {
    if (!this.#discarding) {
      let bytes: Uint8Array;
      if (this.#residue.length === 0) bytes = span(chunk, this.#begin, end);
      else {
        this.#residue.append(chunk, this.#begin, end);
        bytes = this.#residue.take();
      }
      events.push({ kind: 'frame', bytes, encoding: 'json', lenient: true });
    }
    this.#reset();
    return end;
  }

  #overflow(events: FramingSink): void {
    events.push({ kind: 'error', error: sizeError(this.#config.limits), fatal: false });
    this.#residue.clear();
    this.#discarding = true;
    if (this.#state === 'scalar') this.#state = 'skip';
  }

  #skipAfter(at: number, error: GoxError, events: FramingSink): number {
    this.#fail(error, events);
    this.#reset();
    this.#state = 'skip';
    return at;
  }

  #fail(error: GoxError, events: FramingSink): void {
    if (this.#discarding) return;
    events.push({ kind: 'error', error, fatal: false });
  }

  #reset(): void {
    this.#state = 'between';
    this.#depth = 0;
    this.#residue.clear();
    this.#discarding = false;
    if (this.#checked_bytes === 0) return;
    this.#checked_bytes = 0;
    this.#prefix.reset();
  }
}
