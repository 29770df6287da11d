/** Which events are shown; and those, kept up to date without looking at all of them again. */

import { preview } from './json.ts';
import type { Ring } from './ring.ts';
import type { EventEntry, World } from './world.ts';

export interface EventFilter {
  /** Words that must all be there; with a minus before, must not. */
  readonly text: string;
  /** Of one type only; all when empty. */
  readonly type: string;
  /** To or from one of these; undefined: any. */
  readonly sessions: ReadonlySet<string> | undefined;
}

/** Of a payload so much is searched. */
const SEARCHED_LENGTH_MAX = 4000;

export type EventTest = (entry: EventEntry) => boolean;

/** The filter as a function; the world says what actors are called. */
export function eventTest(filter: EventFilter, world: World): EventTest {
  const words = filter.text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word.replace('-', '') !== '');
  const wanted = words.filter((word) => !word.startsWith('-'));
  const unwanted = words.filter((word) => word.startsWith('-')).map((word) => word.slice(1));
  const { type, sessions } = filter;
  return (entry) => {
    if (type !== '' && entry.name !== type) return false;
    if (sessions !== undefined && !sessions.has(entry.to)) {
      if (entry.from === undefined || !sessions.has(entry.from)) return false;
    }
    if (words.length === 0) return true;
    const text = searched(entry, world);
    return (
      wanted.every((word) => text.includes(word)) && !unwanted.some((word) => text.includes(word))
    );
  };
}

function searched({ name, to, from, data, flow }: EventEntry, world: World): string {
  const who = (session: string | undefined): string =>
    session === undefined ? '' : (world.actors.get(session)?.path ?? session);
  const payload = JSON.stringify(data)?.slice(0, SEARCHED_LENGTH_MAX) ?? '';
  return `${name} ${who(to)} ${who(from)} ${flow ?? ''} ${payload}`.toLowerCase();
}

/** Events that pass a filter, the oldest first. */
export class Sieve {
  #test: EventTest | undefined;
  #events: Ring<EventEntry> | undefined;
  #passed: EventEntry[] = [];
  /** Events below this were looked at. */
  #seen = 0;

  /** Those that pass now. With the same test as before only what is new is looked at. */
  take(events: Ring<EventEntry>, test: EventTest): EventEntry[] {
    if (test !== this.#test || events !== this.#events) {
      this.#test = test;
      this.#events = events;
      this.#passed = [];
      this.#seen = 0;
    }
    let index = events.length;
    while (index > 0 && (events.at(index - 1)?.number ?? 0) >= this.#seen) index -= 1;
    for (; index < events.length; index++) {
      const entry = events.at(index);
      if (entry === undefined) continue;
      this.#seen = entry.number + 1;
      if (test(entry)) this.#passed.push(entry);
    }
    const oldest = events.first()?.number ?? 0;
    let gone = 0;
    while ((this.#passed[gone]?.number ?? Number.POSITIVE_INFINITY) < oldest) gone += 1;
    if (gone > 0) this.#passed = this.#passed.slice(gone);
    return this.#passed;
  }
}

/** The payload of an event in one line, without its type. */
export function payloadLine(data: unknown): string {
  if (typeof data !== 'object' || data === null) return data === undefined ? '' : preview(data);
  const { type: _, ...rest } = data as Record<string, unknown>;
  return Object.keys(rest).length === 0 ? '' : preview(rest, 160);
}
