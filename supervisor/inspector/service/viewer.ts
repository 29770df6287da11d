/**
 * What one viewer is told. While it keeps up it gets what all get. When too much lies unread for
 * it, nothing is added but counted; once it has read that, it is told how things are now.
 */

import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Answer, Dropped, Greeting, Vitals } from '../protocol.ts';
import type { Encoding } from './encoding.ts';
import type { Feed, Telling } from './feed.ts';
import type { Living } from './living.ts';
import type { InspectorLimits } from './options.ts';

/** Actors that are told of by each catching up, however late it is. */
const AT_LEAST = 10;
const POLICY_VIOLATION = 1008;
const DISMISSAL_MS = 1000;
const NONE: Dropped = { events: 0, states: 0, messages: 0 };

export class Viewer {
  readonly socket: WebSocket;
  /** What `socket` writes to. */
  readonly #connection: Duplex;
  readonly #living: Living;
  readonly #feed: Feed;
  readonly #encoding: Encoding;
  readonly #limits: InspectorLimits;
  /** It has said that it looks. */
  looking = false;
  /** It gets what only a page understands. */
  extended = false;
  /** It may send events. */
  admin = false;
  keeps_up = false;
  readonly #told = new Set<string>();
  /** Actors of which it was told an older state. */
  readonly #stale = new Set<string>();
  #missed = { events: 0, states: 0 };
  #before: Dropped = NONE;
  #knows_vitals = false;
  /** Once; what happens before that is not missed. */
  #knew_all = false;
  #full_since_ms: number | undefined;

  constructor(
    socket: WebSocket,
    connection: Duplex,
    deps: { living: Living; feed: Feed; encoding: Encoding; limits: InspectorLimits },
  ) {
    this.socket = socket;
    this.#connection = connection;
    this.#living = deps.living;
    this.#feed = deps.feed;
    this.#encoding = deps.encoding;
    this.#limits = deps.limits;
  }

  look(): void {
    this.looking = true;
    this.#before = { ...this.#feed.dropped };
  }

  send(message: Answer | Greeting): void {
    if (!this.#full()) this.#write(JSON.stringify(message));
  }

  /** Tells it why it has to go. It has a second for that. */
  dismiss(why: string): void {
    this.socket.close(POLICY_VIOLATION, why);
    setTimeout(() => this.socket.terminate(), DISMISSAL_MS).unref();
  }

  /** Has all that `tell` writes leave together. */
  together(tell: () => void): void {
    this.#connection.cork();
    try {
      tell();
    } finally {
      this.#connection.uncork();
    }
  }

  #write(text: string): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(text);
  }

  #full(): boolean {
    return this.socket.bufferedAmount > this.#limits.held_bytes_max;
  }

  /** False when it has not read anything for too long. */
  reads(now_ms: number): boolean {
    if (!this.#full()) {
      this.#full_since_ms = undefined;
      return true;
    }
    this.keeps_up = false;
    this.#full_since_ms ??= now_ms;
    return now_ms - this.#full_since_ms <= this.#limits.unread_ms_max;
  }

  /** Told after `reads`, and before `catchUp`. */
  tell(tellings: readonly Telling[]): void {
    for (const { kind, session, text } of tellings) {
      if (this.keeps_up && text !== undefined && !this.#full()) {
        this.#pass(kind, session, text);
      } else {
        this.keeps_up = false;
        if (this.#told.has(session)) this.#miss(kind, session);
      }
    }
  }

  #miss(kind: Telling['kind'], session: string): void {
    if (kind === 'state') this.#stale.add(session);
    if (!this.#knew_all) return;
    if (kind === 'event') this.#missed.events++;
    if (kind === 'state') this.#missed.states++;
  }

  #pass(kind: Telling['kind'], session: string, text: string): void {
    if (kind === 'register') {
      if (this.#told.has(session)) return;
      this.#told.add(session);
    } else if (!this.#told.has(session)) {
      return;
    } else if (kind === 'event') {
      this.#write(text);
      return;
    } else if (kind === 'stop') {
      this.#told.delete(session);
    }
    // A state that it was told since is no older one.
    this.#stale.delete(session);
    this.#write(text);
  }

  /** Tells it how things are, as far as it can take that and there is time. */
  catchUp(end_ms: number): void {
    if (this.keeps_up && this.#stale.size === 0) return;
    let count = 0;
    const isOver = (): boolean =>
      this.#full() || (++count > AT_LEAST && performance.now() > end_ms);
    if (!this.keeps_up && !this.#learnWho(isOver)) return;
    for (const session of this.#stale) {
      if (isOver()) return;
      this.#stale.delete(session);
      const known = this.#living.bySession(session);
      if (known !== undefined) this.#write(this.#encoding.state(known, Date.now()));
    }
  }

  /** Who is gone, and who has come. True when it knows all of them: then it keeps up. */
  #learnWho(isOver: () => boolean): boolean {
    for (const session of this.#told) {
      if (this.#living.has(session)) continue;
      if (isOver()) return false;
      this.#told.delete(session);
      this.#stale.delete(session);
      this.#write(JSON.stringify(this.#feed.endOf(session)));
    }
    for (const known of this.#living.all) {
      if (this.#told.has(known.session)) continue;
      if (isOver()) return false;
      this.#told.add(known.session);
      this.#write(this.#encoding.register(known));
    }
    this.keeps_up = true;
    this.#knew_all = true;
    return true;
  }

  vitals({ changed, all }: ReturnType<Feed['vitals']>): void {
    if (!this.extended || !this.looking) return;
    if (!this.keeps_up) {
      this.#knows_vitals = false;
      return;
    }
    const { events, states, messages } = this.#feed.dropped;
    const vitals: Vitals = {
      type: 'service.vitals',
      at_ms: Date.now(),
      actors: this.#knows_vitals ? changed : all(),
      dropped: {
        events: events - this.#before.events + this.#missed.events,
        states: states - this.#before.states + this.#missed.states,
        messages: messages - this.#before.messages,
      },
      hidden: this.#living.hidden,
    };
    this.#knows_vitals = true;
    this.#write(JSON.stringify(vitals));
  }
}
