/** Counts the replies that are errors, of all connections, by their codes. */

import { ERRORS } from '../conf/error-catalogue.ts';
import type { ErrorCode } from '../conf/errors.ts';
import type { Encoding, Reply } from './jsonrpc.ts';

/** In JSON the body of an error begins so; its number follows. */
const JSON_START = '{"code":'.length;
/** In MessagePack: the head of a map, the string `code`, and an integer of 16 bits. */
const MSGPACK_INT16_AT = 8;
const MSGPACK_INT16 = 0xd1;

const MINUS = 0x2d;
const ZERO = 0x30;

/** The first code of each number. */
const CODES = new Map<number, ErrorCode>();
for (const [code, { number }] of Object.entries(ERRORS)) {
  if (!CODES.has(number)) CODES.set(number, code as ErrorCode);
}

export class Failures {
  #total = 0;
  readonly #byNumber = new Map<number, number>();

  get total(): number {
    return this.#total;
  }

  /** Counts a reply if it is an error. */
  count({ failed, encoding, body }: Reply): void {
    if (!failed) return;
    this.#total += 1;
    const number = numberIn(encoding, body);
    this.#byNumber.set(number, (this.#byNumber.get(number) ?? 0) + 1);
  }

  /** How often each code was answered; two codes that share a number are told as the first. */
  byCode(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const [number, count] of this.#byNumber) counts[CODES.get(number) ?? `${number}`] = count;
    return counts;
  }
}

/** Whether the body of an error is that of GOX_INTERNAL. */
export function isDefect(encoding: Encoding, body: Uint8Array): boolean {
  return numberIn(encoding, body) === ERRORS.GOX_INTERNAL.number;
}

/** The code of an error by its body; two that share a number are told as the first. */
export function codeIn(encoding: Encoding, body: Uint8Array): string {
  if (body.length === 0) return '(error)';
  const number = numberIn(encoding, body);
  return CODES.get(number) ?? `${number}`;
}

function numberIn(encoding: Encoding, body: Uint8Array): number {
  return encoding === 'json' ? numberInJson(body) : numberInMsgpack(body);
}

/** The numbers are ours, and so the bodies have the order that our encoders give them. */
function numberInJson(body: Uint8Array): number {
  let number = 0;
  const negative = body[JSON_START] === MINUS;
  for (let at = JSON_START + (negative ? 1 : 0); at < body.length; at++) {
    const digit = body[at]! - ZERO;
    if (digit < 0 || digit > 9) break;
    number = number * 10 + digit;
  }
  return negative ? -number : number;
}

function numberInMsgpack(body: Uint8Array): number {
  if (body[MSGPACK_INT16_AT] !== MSGPACK_INT16) return 0;
  return ((body[MSGPACK_INT16_AT + 1]! << 24) >> 16) | body[MSGPACK_INT16_AT + 2]!;
}
