/** The model of a supervisor of dynamic children, with its pools. */

import type { DynamicNode } from './history.ts';
import {
  type Above,
  type Actor,
  type Death,
  type Ended,
  type Grant,
  Mailbox,
  type Message,
  type Outcome,
  type Stage,
  type Timer,
  Worker,
  waitFor,
} from './model-parts.ts';

/** A child, by its number, until it will never be started again. */
interface Place {
  /** Of the restart that it waits for. */
  timer: Timer | undefined;
}

export class Dynamic extends Mailbox implements Actor {
  readonly #stage: Stage;
  readonly #above: Above;
  readonly #path: string;
  readonly #node: DynamicNode;
  readonly #places = new Map<number, Place>();
  /** Given back, the last first. */
  #free: number[] = [];
  #next = 0;
  readonly #pools: Pool[] = [];
  #grants: (Grant & { number: number })[] = [];
  #deaths: Death[] = [];
  #outcome: Outcome | undefined;
  #ending = false;
  #now = false;

  constructor(stage: Stage, above: Above, path: string, node: DynamicNode) {
    super();
    this.#stage = stage;
    this.#above = above;
    this.#path = path;
    this.#node = node;
  }

  start(): void {}

  ask(now: boolean): void {
    this.post(() => {
      if (this.#outcome === undefined) {
        this.#outcome = { kind: 'stopped', by: 'its supervisor', forced: false };
        this.#now = now;
      } else this.#stopPools(now);
    });
  }

  protected override die(): void {
    for (const { timer } of this.#places.values()) this.#stage.cancel(timer);
    for (const pool of this.#pools) pool.kill();
  }

  deaths(): readonly Death[] {
    return this.#deaths;
  }

  hear(message: Message): void {
    this.post(() => this.#say(message));
  }

  #say(message: Message): void {
    this.out.push(() => this.#above.hear(message));
  }

  /** From outside. */
  startChild(given: number | undefined): void {
    this.post(() => {
      const { children_max } = this.#node;
      if (this.#outcome !== undefined) {
        this.#say({ type: 'dynamic.refused', input: {}, why: 'stopping' });
        return;
      }
      if (given !== undefined && (given >= children_max || this.#places.has(given))) {
        this.#say({ type: 'dynamic.refused', input: {}, why: 'number taken' });
        return;
      }
      if (given === undefined && this.#places.size >= children_max) {
        this.#say({ type: 'dynamic.refused', input: {}, why: 'full' });
        return;
      }
      const number = given ?? this.#number();
      this.#places.set(number, { timer: undefined });
      this.#spawn(number);
    });
  }

  #number(): number {
    while (this.#free.length > 0) {
      const [number = 0] = this.#free.splice(-1);
      if (!this.#places.has(number)) return number;
    }
    while (this.#places.has(this.#next)) this.#next += 1;
    this.#next += 1;
    return this.#next - 1;
  }

  #spawn(number: number): void {
    const index = Math.floor(number / this.#node.pool_size);
    while (this.#pools.length <= index) this.#pools.push(new Pool(this.#stage, this, this.#node));
    const pool = this.#pools[index];
    this.out.push(() => pool?.startChild(number, `${this.#path}/d:${number}`));
  }

  /** From a pool: a child has ended, or was stopped by force. */
  childEnded(number: number, { abnormal, reason }: Ended, late: boolean): void {
    this.post(() => {
      const place = this.#places.get(number);
      if (place === undefined) return;
      const { restart, restarts } = this.#node.template;
      const again = restart === 'permanent' || (restart === 'transient' && abnormal);
      let fate = this.#outcome === undefined ? 'none' : 'stopping';
      if (again && this.#outcome === undefined) {
        const wait = waitFor(restarts, this.#grants, this.#stage.now);
        fate = wait === undefined ? 'gave up' : 'restart';
        if (wait === undefined) {
          const output = reason === 'failure' ? { output: { failure: reason } } : {};
          this.#outcome = { kind: 'gave up', failure: reason, path: `d:${number}`, ...output };
        } else this.#restartAfter(number, place, wait);
      } else if (late && this.#outcome?.kind === 'stopped') {
        this.#outcome = { ...this.#outcome, forced: true };
      }
      const at = this.#stage.now;
      if (abnormal) this.#deaths.push({ at, path: `d:${number}`, text: `${fate}: ${reason}` });
      if (fate !== 'restart') this.#free_(number, abnormal ? reason : undefined);
    });
  }

  #restartAfter(number: number, place: Place, wait: number): void {
    const grant: Grant & { number: number } = { at: this.#stage.now, done: undefined, number };
    this.#grants.push(grant);
    const again = () => {
      if (this.#outcome !== undefined || place.timer === undefined) return;
      place.timer = undefined;
      for (const one of this.#grants) {
        if (one.number === number) one.done ??= this.#stage.now;
      }
      this.#spawn(number);
    };
    this.out.push(() => {
      place.timer = this.#stage.after(wait, () => this.post(again));
    });
  }

  #free_(number: number, reason: string | undefined): void {
    this.#places.delete(number);
    if (number < this.#next && !this.#free.includes(number)) this.#free.push(number);
    const why = reason === undefined ? {} : { reason };
    this.#say({ type: 'dynamic.ended', number, ...why });
  }

  #stopPools(now: boolean): void {
    for (const pool of this.#pools) this.out.push(() => pool.stop(now));
  }

  protected override settle(): void {
    if (this.#outcome === undefined || this.#ending) return;
    this.#ending = true;
    for (const [number, { timer }] of [...this.#places]) {
      if (timer === undefined) continue;
      this.#stage.cancel(timer);
      this.#free_(number, undefined);
    }
    this.#stopPools(this.#now);
  }

  protected override conclude(): void {
    if (!this.#ending || this.#places.size > 0) return;
    this.gone = true;
    for (const pool of this.#pools) pool.kill();
    const outcome = this.#outcome;
    const id = this.#node.id;
    if (outcome === undefined) return;
    const abnormal = outcome.failure !== undefined;
    this.#above.ended(id, { abnormal, reason: outcome.failure ?? 'ended', outcome });
  }
}

class Pool extends Mailbox implements Above {
  readonly #stage: Stage;
  readonly #root: Dynamic;
  readonly #node: DynamicNode;
  /** By number, in the order of their start. */
  readonly #workers = new Map<number, Worker>();
  #stopping = false;
  #timer: Timer | undefined;

  constructor(stage: Stage, root: Dynamic, node: DynamicNode) {
    super();
    this.#stage = stage;
    this.#root = root;
    this.#node = node;
  }

  startChild(number: number, path: string): void {
    this.post(() => {
      const { effect } = this.#node.template;
      const facts = { id: `d:${number}`, ready: '', named: false, effect };
      const worker = new Worker(this.#stage, this, path, facts);
      this.#workers.set(number, worker);
      this.out.push(() => worker.start());
    });
  }

  hear(message: Message): void {
    this.post(() => {
      this.out.push(() => this.#root.hear(message));
    });
  }

  ended(id: string, how: Ended): void {
    this.post(() => {
      const number = Number(id.slice(2));
      if (this.#workers.delete(number)) this.#tell(number, how, false);
    });
  }

  #tell(number: number, how: Ended, late: boolean): void {
    this.out.push(() => this.#root.childEnded(number, how, late));
  }

  stop(now: boolean): void {
    this.post(() => {
      const { shutdown } = this.#node.template;
      if (shutdown === 'kill') {
        if (!this.#stopping) this.#killAll(undefined);
        this.#stopping = true;
        return;
      }
      for (const worker of this.#workers.values()) this.out.push(() => worker.ask(now));
      if (this.#stopping) return;
      this.#stopping = true;
      const late = () => this.#killAll(`it had not stopped within ${shutdown} ms`);
      this.out.push(() => {
        this.#timer = this.#stage.after(shutdown, () => this.post(late));
      });
    });
  }

  #killAll(late: string | undefined): void {
    for (const [number, worker] of this.#workers) {
      this.out.push(() => worker.kill());
      const how = { abnormal: late !== undefined, reason: late ?? 'stopped' };
      this.#tell(number, how, late !== undefined);
    }
    this.#workers.clear();
  }

  protected override die(): void {
    this.#stage.cancel(this.#timer);
    for (const worker of this.#workers.values()) worker.kill();
  }
}
