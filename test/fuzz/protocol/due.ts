/**
 * The oracle: which replies are due on a connection, and whether those that came are these. Nothing
 * may be missing, nothing may come that is not due, and of requests on one project the replies come
 * in the order of the requests.
 */

import { ERRORS } from '../../../conf/error-catalogue.ts';
import type { ErrorCode } from '../../../conf/errors.ts';

export type Encoding = 'json' | 'msgpack';

/** A reply as it came, before anybody has judged it. */
export interface Reply {
  readonly encoding: Encoding;
  /** The id: its very bytes in JSON, its type and value in MessagePack. */
  readonly id: string;
  readonly value: unknown;
}

/** What came in one frame: a reply, or those of a batch. */
export type Arrival = Reply | readonly Reply[];

/** A reply that is due. */
export interface Expected {
  readonly what: string;
  readonly encoding: Encoding;
  /** The ids it may have: its own, and that of null where its own may have been unreadable. */
  readonly ids: readonly string[];
  /** What is wrong with a reply of that id. */
  readonly wrong: (reply: Reply) => string | undefined;
  /** Replies of one line come in the order in which they are due. */
  readonly line?: string | undefined;
}

/** What is due in one frame. */
export type Due = Expected | readonly Expected[];

const MESSAGE_LENGTH_MAX = 2000;

/** What is wrong with a reply that must be a result. */
export function result(judge: (result: unknown) => boolean): Expected['wrong'] {
  return (reply) => {
    const { result: value } = reply.value as { result?: unknown };
    if (value === undefined) return 'no result';
    return judge(value) ? undefined : 'another result';
  };
}

/** What is wrong with a reply that must be an error with one of the codes. */
export function refusal(...codes: readonly ErrorCode[]): Expected['wrong'] {
  return (reply) => {
    const { error } = reply.value as { error?: { data?: { code?: string } } };
    if (error === undefined) return `no error, let alone ${codes.join(' or ')}`;
    const code = error.data?.code as ErrorCode;
    return codes.includes(code) ? undefined : `${code} instead of ${codes.join(' or ')}`;
  };
}

/** A reply that may be either. */
export function either(...ways: readonly Expected['wrong'][]): Expected['wrong'] {
  return (reply) => {
    const wrongs = ways.map((way) => way(reply));
    return wrongs.includes(undefined) ? undefined : wrongs.join(', and ');
  };
}

/**
 * What is wrong with what came. With `all` every due reply must be there; without, the connection
 * was cut and any may be missing.
 */
export function judgeArrivals(
  arrivals: readonly Arrival[],
  dues: readonly Due[],
  all: boolean,
): string[] {
  const faults: string[] = [];
  // Those that take one id only choose first: others can take what is left.
  const open = dues.map((due, place) => ({ due, place, taken: false }));
  const choosy = [...open].sort((a, b) => freedom(a.due) - freedom(b.due));
  // A broken request may be answered under null: replies whose id tells more choose first.
  const inTurn = [...arrivals].sort((a, b) => Number(isVague(a)) - Number(isVague(b)));
  const places = new Map<Arrival, number>();
  for (const arrival of inTurn) {
    faults.push(...[arrival].flat().flatMap(malformed));
    const match = choosy.find(({ due, taken }) => !taken && differs(arrival, due) === undefined);
    if (match === undefined) {
      faults.push(`not due: ${shown(arrival)}${nearest(arrival, choosy)}`);
      continue;
    }
    match.taken = true;
    places.set(arrival, match.place);
  }
  const last = new Map<string, number>();
  for (const arrival of arrivals) {
    const place = places.get(arrival);
    const due = place === undefined ? undefined : dues[place];
    const line = due === undefined || isList(due) ? undefined : due.line;
    if (place === undefined || line === undefined) continue;
    const before = last.get(line) ?? -1;
    if (place < before) faults.push(`out of order: ${shown(arrival)}`);
    last.set(line, Math.max(before, place));
  }
  if (!all) return faults;
  for (const { due, taken } of open) if (!taken) faults.push(`missing: ${told(due)}`);
  return faults;
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

/** An error under null. */
function isVague(arrival: Arrival): boolean {
  if (isList(arrival)) return false;
  const { value } = arrival;
  if (typeof value !== 'object' || value === null) return false;
  return 'error' in value && 'id' in value && value.id === null;
}

function freedom(due: Due): number {
  return isList(due) ? 0 : due.ids.length;
}

/** Why the arrival is not what is due there. */
function differs(arrival: Arrival, due: Due): string | undefined {
  if (isList(arrival) !== isList(due)) return 'a batch for a reply';
  const replies = [arrival].flat() as Reply[];
  const expected = [due].flat() as Expected[];
  if (replies.length !== expected.length) return `${replies.length} replies in a batch`;
  for (const [i, reply] of replies.entries()) {
    const { ids, encoding, wrong } = expected[i]!;
    if (!ids.includes(reply.id)) return 'another id';
    if (reply.encoding !== encoding) return `it is ${reply.encoding}`;
    const why = wrong(reply);
    if (why !== undefined) return why;
  }
  return undefined;
}

/** What would have been due under the same id, for the message. */
function nearest(arrival: Arrival, open: readonly { due: Due; taken: boolean }[]): string {
  const id = ([arrival].flat() as Reply[])[0]?.id ?? '';
  const near = open.find(({ due, taken }) => {
    return !taken && isList(due) === isList(arrival) && [due].flat()[0]?.ids.includes(id);
  });
  return near === undefined ? '' : ` (${differs(arrival, near.due)}; due is ${told(near.due)})`;
}

/** What no reply may look like, whatever it answers. */
function malformed(reply: Reply): string[] {
  const { value } = reply;
  if (typeof value !== 'object' || value === null) return [`no object: ${shown(reply)}`];
  const { jsonrpc, id: _id, result: _result, error, ...others } = value as Record<string, unknown>;
  const faults: string[] = [];
  if (jsonrpc !== '2.0' || !('id' in value)) faults.push('no version or id');
  if ('result' in value === 'error' in value) faults.push('result and error, or neither');
  if (Object.keys(others).length > 0) faults.push(`members ${Object.keys(others)}`);
  if ('error' in value) faults.push(...malformedError(error));
  return faults.map((fault) => `${fault}: ${shown(reply)}`);
}

/** What is wrong with the `error` member of any reply. */
export function malformedError(error: unknown): string[] {
  const { code, message, data } = (error ?? {}) as Record<string, unknown>;
  const { code: name, advice } = (data ?? {}) as { code?: ErrorCode; advice?: unknown };
  const entry = name === undefined || !Object.hasOwn(ERRORS, name) ? undefined : ERRORS[name];
  if (entry === undefined) return [`no error of the catalogue (${String(name)})`];
  if (name === 'GOX_INTERNAL') return ['a defect (GOX_INTERNAL)'];
  const faults: string[] = [];
  if (code !== entry.number) faults.push(`${name} with the number ${String(code)}`);
  if (typeof advice !== 'string') faults.push(`${name} without advice`);
  if (typeof message !== 'string' || message.length === 0) faults.push(`${name} without a message`);
  else if (message.length > MESSAGE_LENGTH_MAX) {
    faults.push(`${name} with a message of ${message.length} characters`);
  }
  return faults;
}

const SHOWN_LENGTH = 300;

function shown(arrival: Arrival): string {
  const replies = [arrival].flat() as Reply[];
  const text = JSON.stringify(
    replies.map(({ value }) => value),
    (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value),
  );
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}

function told(due: Due): string {
  const list = [due].flat() as Expected[];
  const texts = list.map(({ what, ids }) => `${what} (id ${ids.join(' or ').slice(0, 60)})`);
  return isList(due) ? `a batch of ${texts.join('; ')}`.slice(0, 4 * SHOWN_LENGTH) : texts[0]!;
}
