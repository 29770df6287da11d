import { ascii, byteClasses, EMPTY, matches, skipBlanks, textOf } from './bytes.ts';
import { nullId, type Request } from './jsonrpc.ts';
import type { ReaderConfig } from './limits.ts';
import { metaOf } from './meta.ts';
import { NameCache } from './names.ts';

// Kept here, not imported: the engine folds constants of a module into its loops, which is 20 % of
// them, and loads imported ones for every byte.
const BACKSLASH = 0x5c;
const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;
const CLOSER_OFFSET = 2;
const COLON = 0x3a;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const MINUS = 0x2d;
const NINE = 0x39;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const QUOTE = 0x22;
const SPACE = 0x20;
const UNDERSCORE = 0x5f;
const ZERO = 0x30;

const JSONRPC = ascii('"jsonrpc"');
const VERSION = ascii('"2.0"');
const METHOD = ascii('"method"');
const PARAMS = ascii('"params"');
const ID = ascii('"id"');
const NULL = ascii('null');
const NULL_ID = nullId('json');
/** Of seven letters, and the other of five: see `#paramsEnd`. */
const PROJECT = ascii('project');
const META = ascii('_meta');

/** Not plain, or not complete. */
const IRREGULAR = -1;

/** No `_meta` was met. */
const NONE = -1;

const PLAIN = 0;
/** Bytes that matter between the strings of the parameters, and inside them. */
const STRUCTURE = byteClasses(
  QUOTE,
  OPEN_BRACE,
  OPEN_BRACKET,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  LINE_FEED,
);
const TEXT = byteClasses(QUOTE, BACKSLASH, LINE_FEED);
/** All but printable ASCII without escapes. */
const UNPLAIN = new Uint8Array(256).fill(1).fill(PLAIN, SPACE, 0x7f);
UNPLAIN[QUOTE] = 1;
UNPLAIN[BACKSLASH] = 1;

/**
 * Reads plain requests in one pass, without decoding more than the method and the project: the
 * members `jsonrpc`, `method`, `id` and `params` in any order, or of a bare object `method` and
 * `params`; names in printable ASCII, an id that is an integer, a plain string or null. Whatever
 * else there is makes it answer `undefined`, and the careful reader (`envelope-json.ts`) finds out
 * what is right by the specification.
 *
 * Outside `params` nothing passes that is not JSON. Inside, only strings and brackets are looked
 * at: the engine parses those bytes anyway and answers for them. Parameters over more than one
 * line are not plain: a text connection judges such a request line by line, here or when it comes
 * in pieces.
 */
export class PlainReader {
  /** The place behind the request that was read last. */
  end = 0;
  readonly #names = new NameCache();
  readonly #config: ReaderConfig;
  /** The closing bracket that each open one of the parameters waits for. */
  #closers = EMPTY;
  #project: string | undefined;
  /** Where the value of `_meta` begins and ends. */
  #meta_start = NONE;
  #meta_end = NONE;

  constructor(config: ReaderConfig) {
    this.#config = config;
  }

  /**
   * The request whose brace stands at `start` and that ends no later than `bound`. A notification
   * is plain only if the text is known to be `valid` JSON: nobody would hear the engine's
   * complaint about its parameters. A bare object is one only where it may be (`lenient`).
   */
  read(
    bytes: Uint8Array,
    start: number,
    bound: number,
    valid = false,
    lenient = true,
  ): Request | undefined {
    let version = false;
    let method: string | undefined;
    let id: Uint8Array | undefined;
    let params: Uint8Array | undefined;
    this.#project = undefined;
    this.#meta_start = NONE;
    // `span`, with its getters called once: spans are a fifth of all that is done here.
    const { buffer, byteOffset } = bytes;
    if (bytes[start] !== OPEN_BRACE) return undefined;
    let at = start;
    do {
      const key = token(bytes, at + 1, bound);
      const pattern = patternOf(bytes[key + 1]);
      if (pattern === undefined || !matches(bytes, key, bound, pattern)) return undefined;
      const colon = token(bytes, key + pattern.length, bound);
      if (bytes[colon] !== COLON) return undefined;
      const value = token(bytes, colon + 1, bound);
      let next: number;
      if (pattern === PARAMS) {
        // Given twice, the first parameters reach nobody who would find out that they are no JSON.
        if (params !== undefined) return undefined;
        next = this.#paramsEnd(bytes, value, bound);
        if (next === IRREGULAR) return undefined;
        params = new Uint8Array(buffer, byteOffset + value, next - value);
      } else if (pattern === METHOD) {
        next = plainStringEnd(bytes, value, bound);
        if (next === IRREGULAR) return undefined;
        method = this.#names.read(bytes, value + 1, next - 1);
      } else if (pattern === ID) {
        next = plainIdEnd(bytes, value, bound);
        if (next === IRREGULAR) return undefined;
        id = new Uint8Array(buffer, byteOffset + value, next - value);
      } else {
        if (!matches(bytes, value, bound, VERSION)) return undefined;
        next = value + VERSION.length;
        version = true;
      }
      at = token(bytes, next, bound);
    } while (at < bound && bytes[at] === COMMA);
    if (at >= bound || bytes[at] !== CLOSE_BRACE) return undefined;
    if (method === undefined) return undefined;
    let form: Request['form'];
    if (!version) {
      if (id !== undefined || !lenient || this.#config.transport.strict) return undefined;
      form = 'bare';
      id = NULL_ID;
    } else if (id === undefined && !valid) return undefined;
    let meta: Request['meta'];
    if (this.#meta_start !== NONE) {
      const value = parsed(bytes, this.#meta_start, this.#meta_end);
      if (value === undefined) return undefined;
      meta = metaOf(value, this.#config.limits);
    }
    this.end = at + 1;
    const project = this.#project;
    params ??= EMPTY;
    return { kind: 'request', encoding: 'json', id, form, method, params, project, meta };
  }

  /** Reads the parameters, notes their project, and returns the place behind them. */
  #paramsEnd(bytes: Uint8Array, start: number, bound: number): number {
    const named = bytes[start] === OPEN_BRACE;
    if (!named && bytes[start] !== OPEN_BRACKET) return IRREGULAR;
    // By position, but what is at the first may be named parameters, with a project among them.
    if (!named && bytes[token(bytes, start + 1, bound)] === OPEN_BRACE) return IRREGULAR;
    const { depth_max } = this.#config.limits;
    if (this.#closers.length <= depth_max) this.#closers = new Uint8Array(depth_max + 1);
    const closers = this.#closers;
    /** The envelope's own brace counts too. */
    let depth = 1;
    for (let at = start; at < bound; at++) {
      const byte = bytes[at]!;
      if (STRUCTURE[byte] === PLAIN) continue;
      if (byte === QUOTE) {
        const text = at + 1;
        at = text;
        while (at < bound && TEXT[bytes[at]!] === PLAIN) at++;
        const escaped = at < bound && bytes[at] === BACKSLASH;
        if (escaped) at = escapedEnd(bytes, at, bound);
        if (at >= bound || bytes[at] !== QUOTE) return IRREGULAR;
        if (depth === 2 && named) {
          // Written out: a call, or a length that is loaded, is 5 % of all that is done here.
          const length = at - text;
          const known = length === 7 || (length === 5 && bytes[text] === UNDERSCORE);
          if (escaped || known) {
            at = this.#memberEnd(bytes, text, at, bound);
            if (at === IRREGULAR) return IRREGULAR;
          }
        }
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (++depth > depth_max) return IRREGULAR;
        closers[depth] = byte + CLOSER_OFFSET;
      } else {
        if (closers[depth] !== byte) return IRREGULAR;
        if (--depth === 1) return at + 1;
      }
    }
    return IRREGULAR;
  }

  /**
   * At a string directly inside named parameters that may be the key `project` or `_meta`, or
   * spell one with escapes: notes its value. Returns the place of the last byte that is done with.
   */
  #memberEnd(bytes: Uint8Array, text: number, quote: number, bound: number): number {
    const colon = token(bytes, quote + 1, bound);
    if (bytes[colon] !== COLON) return quote;
    if (quote - text === META.length && matches(bytes, text, quote, META)) {
      return this.#metaEnd(bytes, token(bytes, colon + 1, bound), bound);
    }
    if (quote - text !== PROJECT.length || !matches(bytes, text, quote, PROJECT)) {
      for (let at = text; at < quote; at++) if (bytes[at] === BACKSLASH) return IRREGULAR;
      return colon;
    }
    const value = token(bytes, colon + 1, bound);
    this.#project = undefined;
    if (bytes[value] !== QUOTE) return colon;
    const end = plainStringEnd(bytes, value, bound);
    if (end === IRREGULAR) return IRREGULAR;
    this.#project = this.#names.read(bytes, value + 1, end - 1);
    return end - 1;
  }

  /** Notes the object that begins at `start`, and returns the place of its last byte. */
  #metaEnd(bytes: Uint8Array, start: number, bound: number): number {
    if (bytes[start] !== OPEN_BRACE) return IRREGULAR;
    const { depth_max } = this.#config.limits;
    // Beside the braces of the envelope and of the parameters.
    let depth = 2;
    for (let at = start; at < bound; at++) {
      const byte = bytes[at]!;
      if (STRUCTURE[byte] === PLAIN) continue;
      if (byte === QUOTE) {
        at++;
        while (at < bound && TEXT[bytes[at]!] === PLAIN) at++;
        if (at >= bound || bytes[at] !== QUOTE) return IRREGULAR;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (++depth > depth_max) return IRREGULAR;
      } else if (byte === LINE_FEED) return IRREGULAR;
      // Whether brackets match is for the parser to say.
      else if (--depth === 2) {
        this.#meta_start = start;
        this.#meta_end = at + 1;
        return at;
      }
    }
    return IRREGULAR;
  }
}

/** The value of a JSON text; undefined when it is none. */
function parsed(bytes: Uint8Array, start: number, end: number): unknown {
  try {
    return JSON.parse(textOf(bytes, start, end));
  } catch {
    return undefined;
  }
}

/** The place of the next token; the check in front spares compact texts a call. */
function token(bytes: Uint8Array, at: number, bound: number): number {
  return at < bound && bytes[at]! > SPACE ? at : skipBlanks(bytes, at, bound);
}

/** The one member whose name may begin with this letter. */
function patternOf(letter: number | undefined): Uint8Array | undefined {
  switch (letter) {
    case 0x69:
      return ID;
    case 0x6a:
      return JSONRPC;
    case 0x6d:
      return METHOD;
    case 0x70:
      return PARAMS;
    default:
      return undefined;
  }
}

function plainIdEnd(bytes: Uint8Array, at: number, bound: number): number {
  const byte = bytes[at];
  if (byte === QUOTE) return plainStringEnd(bytes, at, bound);
  if (byte === NULL[0]) return matches(bytes, at, bound, NULL) ? at + NULL.length : IRREGULAR;
  const first = byte === MINUS ? at + 1 : at;
  let next = first;
  while (next < bound && bytes[next]! >= ZERO && bytes[next]! <= NINE) next++;
  if (next === first || (bytes[first] === ZERO && next > first + 1)) return IRREGULAR;
  return next;
}

/** The place behind a string of printable ASCII without escapes. */
function plainStringEnd(bytes: Uint8Array, at: number, bound: number): number {
  if (bytes[at] !== QUOTE) return IRREGULAR;
  let next = at + 1;
  while (next < bound && UNPLAIN[bytes[next]!] === PLAIN) next++;
  return next < bound && bytes[next] === QUOTE ? next + 1 : IRREGULAR;
}

/** From a backslash in a string, the place of its closing quote, of a line feed, or `bound`. */
function escapedEnd(bytes: Uint8Array, at: number, bound: number): number {
  let next = at;
  while (next < bound && bytes[next] !== QUOTE && bytes[next] !== LINE_FEED) {
    next += bytes[next] === BACKSLASH && bytes[next + 1] !== LINE_FEED ? 2 : 1;
  }
  return Math.min(next, bound);
}
