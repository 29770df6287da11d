/** The parts of the model: time, mailboxes, workers, and how often there may be a restart. */

import type { RestartSettings } from '../../../../machines/supervision/index.ts';
import type { End, History, Life } from './history.ts';
import { HALF, noiseOf, type WorkerFacts } from './world.ts';

export interface Timer {
  readonly due: number;
  readonly action: () => void;
}

/** Time, the log, and what the lives of workers are drawn from. */
export class Stage {
  now = 0;
  readonly log: string[] = [];
  /** By path, how to have a worker throw. */
  readonly shootable = new Map<string, () => void>();
  spawned = 0;
  readonly #lives = new Map<string, number>();
  #timers: Timer[] = [];
  readonly history: History;

  constructor(history: History) {
    this.history = history;
  }

  note(what: string): void {
    this.log.push(`${this.now} ${what}`);
  }

  after(ms: number, action: () => void): Timer {
    const timer = { due: this.now + ms, action };
    this.#timers.push(timer);
    return timer;
  }

  cancel(timer: Timer | undefined): void {
    this.#timers = this.#timers.filter((one) => one !== timer);
  }

  runUntil(until_ms: number): void {
    for (;;) {
      let next: Timer | undefined;
      for (const one of this.#timers) if (next === undefined || one.due < next.due) next = one;
      if (next === undefined || next.due > until_ms) break;
      this.cancel(next);
      this.now = next.due;
      next.action();
    }
    this.now = until_ms;
  }

  life(path: string): Life {
    const nth = this.#lives.get(path) ?? 0;
    this.#lives.set(path, nth + 1);
    return this.history.life(path, nth);
  }
}

export interface Message {
  readonly type: string;
  readonly id?: unknown;
  readonly [more: string]: unknown;
}

/** How an actor ended. */
export interface Ended {
  readonly abnormal: boolean;
  readonly reason: string;
  /** Of a supervisor: its outcome. */
  readonly outcome?: Outcome;
}

export interface Outcome {
  readonly kind: string;
  readonly failure?: string;
  readonly path?: string;
  readonly [more: string]: unknown;
}

export interface Above {
  hear(message: Message): void;
  ended(of: string, how: Ended): void;
}

/**
 * One message at a time; what it brings about comes after it. What is stopped by force while it
 * handles a message, because of what it said, goes when it has done with that.
 */
export abstract class Mailbox {
  gone = false;
  #busy = false;
  #doomed = false;
  #inbox: (() => void)[] = [];
  protected out: (() => void)[] = [];

  protected post(message: () => void): void {
    if (this.gone || this.#doomed) return;
    this.#inbox.push(message);
    if (this.#busy) return;
    this.#busy = true;
    for (let next = this.#inbox.shift(); next !== undefined; next = this.#inbox.shift()) {
      next();
      this.settle();
      for (let act = this.out.shift(); act !== undefined; act = this.out.shift()) act();
      if (!this.#doomed) this.conclude();
      if (this.#doomed) this.#leave();
      if (this.gone) break;
    }
    this.#busy = false;
  }

  kill(): void {
    if (this.#busy) this.#doomed = true;
    else this.#leave();
  }

  #leave(): void {
    this.gone = true;
    this.die();
  }

  /** What follows a message in any case. */
  protected settle(): void {}
  /** The end, if this was the last message. */
  protected conclude(): void {}
  /** What goes with it when it is stopped by force. */
  protected abstract die(): void;
}

export interface Actor {
  start(): void;
  ask(now: boolean): void;
  kill(): void;
  /** Deaths below it. */
  deaths(): readonly Death[];
}

export interface Death {
  readonly at: number;
  readonly path: string;
  readonly text: string;
}

export class Worker implements Actor {
  readonly #stage: Stage;
  readonly #above: Above;
  readonly #path: string;
  readonly #facts: WorkerFacts;
  #life!: Life;
  #gone = false;
  /** Speaking, in a way that lets nothing happen to it meanwhile. */
  #busy = false;
  #doomed = false;
  #timers: Timer[] = [];

  constructor(stage: Stage, above: Above, path: string, facts: WorkerFacts) {
    this.#stage = stage;
    this.#above = above;
    this.#path = path;
    this.#facts = facts;
  }

  start(): void {
    this.#life = this.#stage.life(this.#path);
    this.#while(() => this.#begin());
  }

  #while(action: () => void): void {
    this.#busy = true;
    action();
    this.#busy = false;
    if (this.#doomed) this.kill();
  }

  #begin(): void {
    this.#stage.note(`+${this.#path}`);
    this.#stage.shootable.set(this.#path, () => this.#end('throw'));
    const { throws_at_start, ready_ms, end, noise } = this.#life;
    if (throws_at_start) {
      this.#end('throw');
      return;
    }
    const { ready, named, id } = this.#facts;
    const word = { type: ready, ...(named ? { id } : {}), more: 1 };
    if (ready !== '' && ready_ms !== undefined) this.#after(ready_ms, () => this.#say(word));
    if (end !== undefined) this.#after(end.at_ms, () => this.#end(end.how));
    for (const { at_ms, what } of noise) {
      this.#after(at_ms, () => this.#say(noiseOf(what, this.#facts, this.#path)));
    }
  }

  ask(now: boolean): void {
    if (this.#gone) return;
    this.#stage.note(`${now ? '!' : '?'}${this.#path}`);
    const { stop, hurry_ms } = this.#life;
    const ms = now && hurry_ms !== undefined ? hurry_ms : stop?.after_ms;
    if (ms !== undefined) this.#after(ms, () => this.#end(stop?.how ?? 'throw'));
  }

  kill(): void {
    this.#doomed = true;
    if (this.#busy) return;
    if (!this.#gone) this.#stage.note(`-${this.#path}`);
    this.#leave();
  }

  deaths(): readonly Death[] {
    return [];
  }

  #say(message: Message): void {
    if (this.#gone) return;
    if (this.#busy || this.#facts.effect) this.#above.hear(message);
    else this.#while(() => this.#above.hear(message));
  }

  #end(how: End): void {
    if (this.#gone) return;
    this.#stage.note(`-${this.#path}`);
    this.#leave();
    const id = this.#path.slice(this.#path.lastIndexOf('/') + 1);
    const reason = how === 'throw' ? 'Error: throw' : how === 'end' ? 'ended' : 'failure';
    this.#above.ended(id, { abnormal: how !== 'end', reason });
  }

  #leave(): void {
    this.#gone = true;
    for (const timer of this.#timers) this.#stage.cancel(timer);
  }

  #after(ms: number, action: () => void): void {
    if (ms === 0) action();
    else this.#timers.push(this.#stage.after(ms, action));
  }
}

export interface Grant {
  readonly at: number;
  done: number | undefined;
}

/** The wait before another restart, or undefined when there were too many. */
export function waitFor(settings: RestartSettings, grants: readonly Grant[], now: number) {
  const count = grants.filter(({ at }) => at > now - settings.window_ms);
  if (!settings.restart_on_failure || count.length >= settings.max_restart_attempts) {
    return undefined;
  }
  let row = 0;
  let later = now;
  for (const { at, done } of [...count].reverse()) {
    const { reset_after_ms: stable } = settings;
    if (stable !== undefined && done !== undefined && later - done >= stable) break;
    row += 1;
    later = at;
  }
  let wait = settings.restart_delay_ms;
  for (; row > 0; row -= 1) wait *= settings.backoff_factor;
  return Math.min(wait, settings.restart_delay_ms_max) * (1 + HALF * settings.jitter);
}
