/**
 * Reads XML 1.0 (https://www.w3.org/TR/xml/) tag by tag, as the formats of meshes use it, whose
 * files have millions of elements: a tree of those would take some hundred bytes and microseconds
 * for each. Prefixes of namespaces are left out of names. Declarations (DTD) are passed over, so
 * that there are no entities but the five that XML has and those by number.
 */

import { GoxError } from '../../../conf/errors.ts';
import { checkInterrupt } from '../../interrupt.ts';
import { shown } from '../shown.ts';

/** Elements within one another; formats need a dozen, and nodes may be in nodes. */
const DEPTH_MAX = 1024;

const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
};
const NAME_END = /[\s/>=]/g;
const ATTRIBUTE = /([^\s="']+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const DECIMAL_COMMA = /^\s*[+-]?\d+,\d+(?:e[+-]?\d+)?\s*$/i;
const DECLARATION_BYTES = 256;
const CODE_POINT_MAX = 0x10_ffff;

export class XmlReader {
  readonly #source: string;
  readonly #text: string;
  #at = 0;
  #tags = 0;
  /** Elements that are open, by their whole names. */
  readonly #open: string[] = [];
  /** The tag that was read last. */
  #tagFrom = 0;
  #tagTo = 0;
  #alone = false;
  /** Name of the element whose tag was read last, without a prefix. */
  name = '';
  /** How many elements the last one is within. */
  depth = 0;
  /** The text between the last two tags. */
  #pieces: string[] = [];

  /** @param source name of the file in errors */
  constructor(bytes: Uint8Array, source: string) {
    this.#source = source;
    this.#text = textOf(bytes);
  }

  fail(what: string): never {
    const line = this.#text.slice(0, this.#tagFrom).split('\n').length;
    const message = `${this.#source} is damaged in line ${line}: ${what}.`;
    throw new GoxError('GOX_FORMAT_BROKEN', message, { file: this.#source, line });
  }

  /** Goes to the next tag; undefined at the end. Throws GOX_FORMAT_BROKEN. */
  next(): 'open' | 'close' | undefined {
    if (this.#alone) {
      this.#alone = false;
      this.#pieces.length = 0;
      return this.#close();
    }
    this.#pieces.length = 0;
    for (;;) {
      const from = this.#text.indexOf('<', this.#at);
      const end = from < 0 ? this.#text.length : from;
      if (end > this.#at) this.#pieces.push(this.#text.slice(this.#at, end));
      this.#tagFrom = end;
      if (from < 0) {
        this.#at = end;
        if (this.#open.length > 0) this.fail(`the element ${shown(this.#open.at(-1))} has no end`);
        return undefined;
      }
      if ((++this.#tags & 0xfff) === 0) checkInterrupt();
      const code = this.#text.charCodeAt(from + 1);
      if (code === 0x21) this.#passDeclaration(from);
      else if (code === 0x3f) this.#at = this.#behind('?>', from + 2);
      else return code === 0x2f ? this.#readEnd(from) : this.#readStart(from);
    }
  }

  /** An attribute of the last opening tag, by its name without a prefix. */
  attribute(name: string): string | undefined {
    const text = this.#text;
    let at = this.#tagFrom;
    while (at < this.#tagTo) {
      const equals = text.indexOf('=', at);
      if (equals < 0 || equals >= this.#tagTo) return undefined;
      let quote = equals + 1;
      while (isBlank(text.charCodeAt(quote))) quote++;
      const end = text.indexOf(text[quote]!, quote + 1);
      if (end < 0 || end >= this.#tagTo) return undefined;
      let last = equals;
      while (isBlank(text.charCodeAt(last - 1))) last--;
      const from = last - name.length;
      const before = text.charCodeAt(from - 1);
      if (text.startsWith(name, from) && from > at - 1 && (isBlank(before) || before === 0x3a)) {
        return decoded(text.slice(quote + 1, end));
      }
      at = end + 1;
    }
    return undefined;
  }

  /** All attributes of the last opening tag, by their names without prefixes. */
  attributes(): Map<string, string> {
    const found = new Map<string, string>();
    const tag = this.#text.slice(this.#tagFrom, this.#tagTo);
    for (const [, name, one, two] of tag.matchAll(ATTRIBUTE)) {
      found.set(localOf(name!), decoded(one ?? two!));
    }
    return found;
  }

  /** The text right before the last tag: that of an element without others, at its end. */
  get text(): string {
    return decoded(this.#pieces.join(''));
  }

  #readStart(from: number): 'open' {
    const text = this.#text;
    NAME_END.lastIndex = from + 1;
    const nameEnd = NAME_END.exec(text)?.index ?? text.length;
    const whole = text.slice(from + 1, nameEnd);
    if (whole === '') this.fail('a tag has no name');
    this.#tagTo = this.#tagEnd(nameEnd);
    this.#tagFrom = nameEnd;
    this.#at = this.#tagTo + 1;
    this.#alone = text.charCodeAt(this.#tagTo - 1) === 0x2f;
    if (this.#open.length === DEPTH_MAX) this.fail('elements are too deep within one another');
    this.depth = this.#open.push(whole) - 1;
    this.name = localOf(whole);
    return 'open';
  }

  #readEnd(from: number): 'close' {
    const to = this.#text.indexOf('>', from);
    const whole = this.#text.slice(from + 2, to < 0 ? undefined : to).trimEnd();
    if (to < 0 || whole !== this.#open.at(-1)) {
      this.fail(`the element ${shown(this.#open.at(-1))} ends with ${shown(whole)}`);
    }
    this.#at = to + 1;
    return this.#close();
  }

  #close(): 'close' {
    this.name = localOf(this.#open.pop()!);
    this.depth = this.#open.length;
    return 'close';
  }

  /** Where a tag ends; a > may stand in quotes. */
  #tagEnd(from: number): number {
    const text = this.#text;
    for (let at = from; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === 0x3e) return at;
      if (code !== 0x22 && code !== 0x27) continue;
      at = text.indexOf(text[at]!, at + 1);
      if (at < 0) break;
    }
    return this.fail('a tag has no end');
  }

  /** Comments, text as it stands, and the declarations of a document's type. */
  #passDeclaration(from: number): void {
    const text = this.#text;
    if (text.startsWith('<!--', from)) {
      this.#at = this.#behind('-->', from + 4);
    } else if (text.startsWith('<![CDATA[', from)) {
      const end = this.#behind(']]>', from + 9);
      // As it stands, also where decoding would find entities in it.
      this.#pieces.push(text.slice(from + 9, end - 3).replaceAll('&', '&amp;'));
      this.#at = end;
    } else {
      const to = this.#behind('>', from);
      const inner = text.indexOf('[', from);
      this.#at = inner >= 0 && inner < to ? this.#behind('>', this.#behind(']', inner)) : to;
    }
  }

  #behind(what: string, from: number): number {
    const at = this.#text.indexOf(what, from);
    return at < 0 ? this.fail(`"${what}" is missing`) : at + what.length;
  }
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function localOf(whole: string): string {
  return whole.slice(whole.indexOf(':') + 1);
}

/** With its entities in the place of their names. */
function decoded(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d{1,8})|#x([\da-fA-F]{1,8})|(\w{1,8}));/g, (all, ten, hex, name) => {
    if (name !== undefined) return Object.hasOwn(ENTITIES, name) ? ENTITIES[name]! : all;
    const point = ten === undefined ? Number.parseInt(hex, 16) : Number(ten);
    return point <= CODE_POINT_MAX ? String.fromCodePoint(point) : all;
  });
}

/** UTF-16 as its byte order mark says, or what the declaration names; UTF-8 without them. */
function textOf(bytes: Uint8Array): string {
  const start = bytes.length < 2 ? 0 : bytes[0]! * 256 + bytes[1]!;
  const name = start === 0xfffe ? 'utf-16le' : start === 0xfeff ? 'utf-16be' : declared(bytes);
  return new TextDecoder(name).decode(bytes);
}

/** The encoding that a declaration in plain letters names, if it is one. */
function declared(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, DECLARATION_BYTES)).toString('latin1');
  const name = /^\s*<\?xml[^>]*\bencoding\s*=\s*["']([\w.-]+)["']/.exec(head)?.[1] ?? '';
  if (!/^(?:iso-8859-\d+|windows-\d+|latin1|shift_jis|euc-jp|gb\w+|big5|koi8-r)$/i.test(name)) {
    return 'utf-8';
  }
  try {
    return new TextDecoder(name).encoding;
  } catch {
    return 'utf-8';
  }
}

/** NaN for what is no number. Some programs write the decimal comma of their user's country. */
export function xmlNumber(text: string): number {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isNaN(number) || !DECIMAL_COMMA.test(text)) return number;
  return Number(text.replace(',', '.'));
}
