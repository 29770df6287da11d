/** All that one connection sends, how it is cut, how it ends, and what is due to it. */

import type { ErrorCode } from '../../../conf/errors.ts';
import type { Random } from '../random.ts';
import { brokenJson, brokenPack, half } from './broken.ts';
import { type Due, type Expected, refusal } from './due.ts';
import { goxe, headed, jsonBatch, jsonOf, packedBatch, packedOf, type Style } from './encode.ts';
import { LIMITS } from './limits.ts';
import type { Framing } from './replies.ts';
import { type Element, Story } from './story.ts';

/**
 * How the client leaves:
 *
 * - `end`: it ends its side, and reads to the end of the other;
 * - `leave`: it has read all that is due, and goes;
 * - `destroy`: it goes without reading;
 * - `stall`: it sends part of a message, and waits;
 * - `fatal`: it sends what makes all further bytes meaningless.
 */
export const ENDINGS = ['end', 'leave', 'destroy', 'stall', 'fatal'] as const;
export type Ending = (typeof ENDINGS)[number];

export interface Stream {
  readonly framing: Framing | 'http';
  readonly ending: Ending;
  /** The bytes of the connection, in the pieces in which they are sent. */
  readonly pieces: readonly Buffer[];
  readonly dues: readonly Due[];
  /** Milliseconds without reading, after all was sent. */
  readonly asleep_ms: number;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** GOXE frames say for each how it is encoded; a stream has one for its ids to be compared. */
type Dialect = 'text' | 'header' | 'goxe json' | 'goxe msgpack';

const DIALECTS: readonly Dialect[] = ['text', 'text', 'header', 'goxe json', 'goxe msgpack'];
const MESSAGES_MAX = 60;
/** Of a text that begins with so many bytes nobody takes the rest for a lone bracket. */
const SAFE_BYTES = 8;
const BYTE_ORDER_MARK = Buffer.of(0xef, 0xbb, 0xbf);
const PIECES_MAX = 24;
const ASLEEP_MS = 300;

export function streamOf(random: Random, project: string): Stream {
  if (random.chance(0.02)) return http(random);
  const dialect = random.pick(DIALECTS);
  return new Writer(random, dialect, project).stream();
}

function http(random: Random): Stream {
  const line = random.pick(['GET / HTTP/1.1', 'POST /rpc HTTP/1.0', 'HEAD /x HTTP/1.1']);
  const bytes = Buffer.from(`${line}\r\nHost: localhost\r\nAccept: */*\r\n\r\n`);
  return { framing: 'http', ending: 'fatal', pieces: [bytes], dues: [], asleep_ms: 0 };
}

class Writer {
  readonly #random: Random;
  readonly #dialect: Dialect;
  readonly #story: Story;
  readonly #bytes: Buffer[] = [];
  readonly #dues: Due[] = [];
  /** Where the bytes must not be cut. */
  readonly #whole: Span[] = [];

  constructor(random: Random, dialect: Dialect, project: string) {
    this.#random = random;
    this.#dialect = dialect;
    const informal = dialect === 'text' && random.chance(0.5);
    const encoding = dialect === 'goxe msgpack' ? 'msgpack' : 'json';
    this.#story = new Story(random, encoding, project, informal);
  }

  stream(): Stream {
    const random = this.#random;
    const { text } = this;
    if (random.chance(text ? 0.1 : 0)) this.#bytes.push(BYTE_ORDER_MARK);
    else if (random.chance(0.2)) this.#bytes.push(Buffer.from(random.pick(['\n', '\0', '\r\n '])));
    const count = 1 + random.small(MESSAGES_MAX);
    // What comes first chooses the framing.
    this.#one();
    for (let i = 1; i < count; i++) this.#message();
    const ending = this.#ending();
    const all = Buffer.concat(this.#bytes);
    return {
      framing: this.#dialect === 'text' || this.#dialect === 'header' ? this.#dialect : 'goxe',
      ending,
      pieces: cut(all, random, this.#whole),
      dues: this.#dues,
      asleep_ms: random.chance(0.1) ? ASLEEP_MS : 0,
    };
  }

  get text(): boolean {
    return this.#dialect === 'text';
  }

  get #packs(): boolean {
    return this.#dialect === 'goxe msgpack';
  }

  #message(): void {
    const random = this.#random;
    if (this.#story.informal && random.chance(0.3)) this.#informal();
    else if (random.chance(0.12)) this.#broken();
    else if (random.chance(0.15)) this.#batch();
    else this.#one();
  }

  #one(): void {
    const element = this.#story.next();
    if (element.due !== undefined) this.#dues.push(element.due);
    const random = this.#random;
    if (this.#packs) this.#frame(packedOf(element, random));
    else
      this.#frame(
        Buffer.from(jsonOf(element, random, this.#style())),
        !Array.isArray(element.body),
      );
  }

  /** One without an id. In two pieces it could be taken for one that lacks its last bracket. */
  #informal(): void {
    const random = this.#random;
    const story = this.#story;
    const element = random.chance(0.1) ? story.wrongTool() : story.informally(story.next());
    if (element.due !== undefined) this.#dues.push(element.due);
    const start = Buffer.concat(this.#bytes).length;
    const payload = Buffer.from(jsonOf(element, random, this.#style()));
    this.#frame(payload, !Array.isArray(element.body));
    this.#whole.push({ start: start + SAFE_BYTES, end: start + payload.length });
  }

  #batch(): void {
    const random = this.#random;
    const { batch_length_max } = LIMITS;
    const count = random.chance(0.1) ? batch_length_max + 1 : 1 + random.small(batch_length_max);
    const refused = count > batch_length_max;
    // What is refused is not run, so it must not be in the story.
    const elements: Element[] = Array.from({ length: count }, () => {
      return refused ? this.#story.request('ping', undefined, () => undefined) : this.#story.next();
    });
    const replies = elements.flatMap(({ due }) => (due === undefined ? [] : [due]));
    if (refused) this.#dues.push(this.#error('GOX_BATCH_TOO_LONG'));
    else if (replies.length > 0) this.#dues.push(replies);
    if (this.#packs) this.#frame(packedBatch(elements, random));
    else this.#frame(Buffer.from(jsonBatch(elements, random, this.#style())));
  }

  #broken(): void {
    const random = this.#random;
    const { bytes, dues } = this.#packs
      ? brokenPack(this.#story, random)
      : brokenJson(this.#story, random, this.text);
    this.#dues.push(...dues);
    this.#frame(bytes, true);
  }

  /** @param line whether a line feed must come behind, in JSON texts */
  #frame(payload: Buffer, line = false): void {
    const random = this.#random;
    if (this.#dialect === 'header') this.#bytes.push(headed(payload, random));
    else if (!this.text) this.#bytes.push(goxe(payload, this.#packs ? 1 : 0));
    else {
      const end = line
        ? '\n'
        : random.pick(['\n', '\n', '\n', '\r\n', '', ' ', '\n\n', '\0\n', '\t']);
      this.#bytes.push(payload, Buffer.from(end));
    }
  }

  #style(): Style {
    return this.#random.pick(['compact', 'compact', 'spaced', 'lines']);
  }

  /** An error about a whole message, which has no id. */
  #error(code: ErrorCode): Expected {
    return this.#story.due(code, [this.#story.null_id], refusal(code));
  }

  #ending(): Ending {
    const random = this.#random;
    const choice = random.below(20);
    if (choice < 8) {
      if (random.chance(0.4)) this.#half('GOX_PARSE');
      return 'end';
    }
    if (choice < 13) return 'leave';
    if (choice < 18 || (this.text && choice === 18)) {
      if (random.chance(0.5)) this.#half('GOX_PARSE');
      return 'destroy';
    }
    if (choice === 18) {
      this.#fatal();
      return 'fatal';
    }
    this.#half('GOX_FRAME_TIMEOUT');
    return 'stall';
  }

  /** Part of a message, which nobody will end. */
  #half(code: 'GOX_PARSE' | 'GOX_FRAME_TIMEOUT'): void {
    const random = this.#random;
    if (code === 'GOX_FRAME_TIMEOUT' && this.#story.informal && random.chance(0.5)) {
      // Answered soon.
      this.#bytes.push(Buffer.from('{"method":"ping","params":{"a":[1]}'));
      this.#dues.push(jsonError(code));
      return;
    }
    const part = half(this.#story, random, this.#packs ? 'msgpack' : 'json');
    if (this.text) this.#bytes.push(part);
    else {
      // A length that is not reached, or a header that is not whole.
      const longer = Buffer.concat([part, Buffer.alloc(8)]);
      const whole = this.#dialect === 'header' ? headed(longer, random) : goxe(longer, 0);
      this.#bytes.push(whole.subarray(0, 1 + random.below(whole.length - 1)));
    }
    this.#dues.push(jsonError(code));
  }

  #fatal(): void {
    const random = this.#random;
    const payload = Buffer.from('{"jsonrpc":"2.0","method":"ping","id":"nobody reads this"}');
    const frame =
      this.#dialect === 'header'
        ? Buffer.from(random.pick(HEADERS))
        : random.pick([
            () => goxe(payload, 0, 2),
            () => goxe(payload, random.pick([2, 3, 0x8000_0000])),
            () => Buffer.concat([Buffer.from('GOXF'), goxe(payload, 0).subarray(4)]),
            () => Buffer.from(`{"jsonrpc":"2.0","method":"ping"}`),
          ])();
    this.#bytes.push(frame);
    if (this.#dialect === 'header' && random.chance(0.5)) this.#bytes.push(headed(payload, random));
    this.#dues.push(jsonError('GOX_PARSE'));
  }
}

const HEADERS = [
  'Content-Length: 5\r\nContent-Length: 5\r\n\r\n12345',
  'Content-Length: -1\r\n\r\n',
  'Content-Length: 0x10\r\n\r\n',
  'Content-Length: 1e2\r\n\r\n',
  'Content-Type: text/plain\r\n\r\n',
  ': 5\r\n\r\n',
  'no colon\r\n\r\n',
  `X: ${'x'.repeat(5000)}\r\n\r\n`,
];

function jsonError(code: 'GOX_PARSE' | 'GOX_FRAME_TIMEOUT'): Expected {
  return { what: code, encoding: 'json', ids: ['null'], wrong: refusal(code) };
}

/** The bytes in some pieces, cut anywhere but inside what must stay whole. */
function cut(bytes: Buffer, random: Random, whole: readonly Span[]): Buffer[] {
  const count = random.small(PIECES_MAX);
  const places = Array.from({ length: count }, () => random.below(bytes.length + 1));
  // Byte by byte, where framings are chosen and headers end.
  if (random.chance(0.2)) {
    const from = random.chance(0.5) ? 0 : random.below(bytes.length);
    for (let i = 0; i < 40; i++) places.push(Math.min(from + i, bytes.length));
  }
  const free = places.filter((at) => !whole.some(({ start, end }) => at > start && at < end));
  const sorted = [0, ...free, bytes.length].sort((a, b) => a - b);
  return sorted.slice(1).flatMap((end, i) => {
    const start = sorted[i]!;
    return end > start ? [bytes.subarray(start, end)] : [];
  });
}
