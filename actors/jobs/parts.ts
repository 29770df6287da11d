/**
 * Which thread gets which part of which job. Plain data: it says facts to whoever has a job (its
 * machine, by way of `work.ts`), and decides about no life.
 *
 * The stages of a job follow each other; the parts of a stage run side by side, each in whichever
 * thread is free. Threads are shared fairly: a free one goes to the job that has the fewest, and of
 * those to the one that waits longest since it came or last gave a thread back. So a job alone has
 * all threads, each job that waits gets one before any gets a second, and however many come, none
 * waits for ever. A part does not end because another job comes; but one that looks
 * (`JobControl.takeYield`) is asked to yield when a job has no thread while another has several, or
 * has had its only one for `SLICE_MS`. What is left of the part is given out again.
 *
 * A part whose thread died is run again by another, unless its owner knows better: it may have been
 * what killed it. One whose thread never came to be, for want of descriptors or memory, waits for
 * another. `threads.ts` says which threads there are.
 */

import { GoxError } from '../../conf/errors.ts';
import type { JobControl } from '../../engine/port/job-control.ts';
import type { JobTicket, PartEnd, PartOrder } from '../../engine/port/layout.ts';
import { GRACE_MS } from '../../machines/job.ts';
import type { JobLink } from '../engines/thread.ts';
import type { ServiceClock } from '../service-clock.ts';
import { hasMore, type Parts, type PartsOwner, partDone } from './job-parts.ts';
import { isQuickKind, JobThreads } from './threads.ts';

/** How long a part that can yield has its thread while a job has none. */
export const SLICE_MS = 1000;

/** A job thread's place here. */
export interface JobRunner {
  /** Its number. */
  readonly thread: number;
  /** Whether it takes the quick kinds only. */
  readonly quick: boolean;
  readonly link: JobLink;
  /** Called when the part that it runs goes on although it was told to stop. */
  readonly overdue: (late_ms: number) => void;
  /** Called when it has got a part, or has none any more. */
  readonly turned: () => void;
  /** The jobs the thread holds. */
  readonly known: Set<number>;
  /** The job of the part that it runs, which part of the stage it is, and since when it runs. */
  parts: Parts | undefined;
  part: number;
  since_ms: number;
}

export class PartScheduler {
  readonly threads: JobThreads;
  readonly #clock: Pick<ServiceClock, 'now_ms'>;
  /** Those that have parts to be begun, or may get some. */
  readonly #jobs = new Map<number, Parts>();
  readonly #runners = new Set<JobRunner>();
  /** Why the last thread could not be started, until one has done something. */
  #shortage: string | undefined;

  /** @param count how many threads there are at first; the first `long` of them take any kind */
  constructor(count: number, long: number, clock: Pick<ServiceClock, 'now_ms'>) {
    this.threads = new JobThreads(count, long);
    this.#clock = clock;
  }

  /**
   * A thread is given no part any more. `free` is called when it has none, once and not at once,
   * unless it is taken back before.
   */
  retire(thread: number, free: () => void): void {
    this.threads.retire(thread, free);
    this.#sayFree(thread);
  }

  /** It is given parts again. */
  takeBack(thread: number): void {
    this.threads.takeBack(thread);
    this.#dispatch();
  }

  /** A thread is gone for good; what only it could have done fails. */
  remove(thread: number): void {
    this.threads.remove(thread);
    this.#failHopeless('the last that could was taken away');
  }

  /** Has the parts of a job run. */
  submit(number: number, ticket: JobTicket, control: JobControl, owner: PartsOwner): Parts {
    const waits_ms = this.#clock.now_ms();
    const parts: Parts = {
      ...{ number, ticket, control, owner, again: [], stage: 0, begun: 0, done: 0 },
      ...{ begunSaid: false, waits_ms, ended_ms: undefined, orphan: false },
    };
    this.#jobs.set(number, parts);
    this.#dispatch();
    return parts;
  }

  /** Begins no other part, tells those that run to stop, and says when they have. */
  stop(parts: Parts): void {
    this.#end(parts);
    this.#sayStopped(parts);
  }

  /** Has the threads replaced that still run a part of a job that was told to stop. */
  abandon(parts: Parts): void {
    const late_ms = this.#clock.now_ms() - (parts.ended_ms ?? 0);
    for (const runner of [...this.#runners]) if (runner.parts === parts) runner.overdue(late_ms);
  }

  /** Stops a job whose machine is gone; `check` replaces its threads after the grace. */
  orphan(parts: Parts): void {
    this.#end(parts);
    parts.orphan = true;
  }

  /** To be called now and then for each thread. */
  check(runner: JobRunner): void {
    const { parts } = runner;
    if (parts?.orphan === true && parts.ended_ms !== undefined) {
      const late_ms = this.#clock.now_ms() - parts.ended_ms;
      if (late_ms > GRACE_MS) runner.overdue(late_ms);
    }
    this.#askForThreads();
  }

  /** A thread, by its number, is there to run parts. */
  attach(
    thread: number,
    link: JobLink,
    { overdue, turned = () => {} }: Pick<JobRunner, 'overdue'> & Partial<JobRunner>,
  ): JobRunner {
    const runner: JobRunner = {
      ...{ thread, quick: this.threads.isQuick(thread), link, overdue, turned },
      ...{ known: new Set<number>(), parts: undefined, part: 0, since_ms: 0 },
    };
    this.threads.rest(thread, false);
    this.#runners.add(runner);
    this.#dispatch();
    return runner;
  }

  /** A thread is not to be had for some time; when that is true of all, nothing waits for one. */
  rest(thread: number, reason: string): void {
    this.threads.rest(thread, true);
    this.#failHopeless(reason);
  }

  /** A thread could not be started; what it was to run, it has not begun. */
  release(runner: JobRunner, reason: string): void {
    this.#shortage = reason;
    this.#runners.delete(runner);
    this.#sayFree(runner.thread);
    this.#putBack(runner);
  }

  /** A thread is gone; the part it had is run again, or its job fails. */
  detach(runner: JobRunner, error: GoxError): void {
    this.#runners.delete(runner);
    this.#sayFree(runner.thread);
    const { parts } = runner;
    const why = parts?.ended_ms === undefined ? parts?.owner.died(error) : undefined;
    if (why === undefined) this.#putBack(runner);
    else {
      runner.parts = undefined;
      this.#fail(parts!, why);
    }
  }

  /** What a thread had that is gone, another runs. */
  #putBack(runner: JobRunner): void {
    const { parts, part } = runner;
    if (parts === undefined) return;
    runner.parts = undefined;
    if (parts.ended_ms !== undefined) {
      this.#sayStopped(parts);
      return;
    }
    parts.again.push(part);
    if (this.threadsOf(parts) === 0) {
      parts.begunSaid = false;
      parts.owner.say({ type: 'parts.stalled' });
    }
    this.#dispatch();
  }

  /** Whether all threads that take the kind are left alone for now. */
  isHopeless({ kind }: JobTicket): boolean {
    return this.threads.isHopeless(kind);
  }

  /** Why no thread that takes the kind can be started at this moment; nothing when one can. */
  shortageFor({ ticket }: Parts): string | undefined {
    for (const runner of this.#runners) if (takes(runner, ticket)) return undefined;
    return this.#shortage;
  }

  /** How many threads have a part of the job. */
  threadsOf(parts: Parts): number {
    let count = 0;
    for (const runner of this.#runners) if (runner.parts === parts) count += 1;
    return count;
  }

  /** Gives idle threads something to do. */
  #dispatch(): void {
    for (const runner of this.#runners) {
      if (runner.parts !== undefined || this.threads.retires(runner.thread)) continue;
      const parts = this.#nextFor(runner);
      if (parts !== undefined) this.#run(runner, parts);
    }
    this.#askForThreads();
  }

  #sayFree(thread: number): void {
    this.threads.sayFree(thread, () => {
      for (const one of this.#runners) {
        if (one.thread === thread && one.parts !== undefined) return true;
      }
      return false;
    });
  }

  #failHopeless(reason: string): void {
    for (const parts of [...this.#jobs.values()]) {
      if (this.isHopeless(parts.ticket)) this.#fail(parts, noThread(reason));
    }
  }

  /** Of the jobs whose stage has a part that no thread has, the one whose turn it is. */
  #nextFor(runner: JobRunner): Parts | undefined {
    let best: Parts | undefined;
    let fewest = 0;
    for (const parts of this.#jobs.values()) {
      if (!hasMore(parts) || !takes(runner, parts.ticket)) continue;
      const threads = this.threadsOf(parts);
      const less =
        best === undefined ||
        threads < fewest ||
        (threads === fewest && parts.waits_ms < best.waits_ms);
      if (!less) continue;
      best = parts;
      fewest = threads;
    }
    return best;
  }

  #run(runner: JobRunner, parts: Parts): void {
    const { number, stage, control, ticket } = parts;
    const part = parts.again.pop() ?? parts.begun++;
    const order: PartOrder = {
      ...{ job: number, stage, part, control: control.memory },
      ticket: runner.known.has(number) ? undefined : ticket,
    };
    runner.known.add(number);
    runner.parts = parts;
    runner.part = part;
    runner.since_ms = this.#clock.now_ms();
    if (!parts.begunSaid) parts.owner.say({ type: 'part.begun' });
    parts.begunSaid = true;
    runner.turned();
    runner.link.run(order).then(
      (end) => this.#partEnded(runner, parts, end),
      (error: unknown) => {
        const why = new GoxError('GOX_INTERNAL', `A job thread refused a part: ${error}`);
        if (parts.ended_ms === undefined) this.#fail(parts, why);
        this.#partEnded(runner, parts, undefined);
      },
    );
  }

  #partEnded(runner: JobRunner, parts: Parts, end: PartEnd): void {
    // Its thread is gone, and said so first.
    if (runner.parts !== parts) return;
    runner.parts = undefined;
    this.#shortage = undefined;
    this.#sayFree(runner.thread);
    parts.waits_ms = this.#clock.now_ms();
    if (parts.ended_ms !== undefined) {
      forget(runner, parts);
      if (typeof end === 'object') parts.owner.unheard(end);
      this.#sayStopped(parts);
    } else if (end === 'yielded') parts.again.push(runner.part);
    else if (end === undefined) partDone(parts);
    else {
      this.#end(parts);
      parts.owner.answered(end);
    }
    this.#dispatch();
    if (runner.parts === undefined) runner.turned();
  }

  #fail(parts: Parts, why: GoxError): void {
    this.#end(parts);
    parts.owner.say({ type: 'parts.failed', why });
  }

  #end(parts: Parts): void {
    if (parts.ended_ms !== undefined) return;
    parts.ended_ms = this.#clock.now_ms();
    parts.control.cancel();
    this.#jobs.delete(parts.number);
    for (const runner of this.#runners) if (runner.parts !== parts) forget(runner, parts);
  }

  #sayStopped(parts: Parts): void {
    if (this.threadsOf(parts) === 0) parts.owner.say({ type: 'parts.stopped' });
  }

  /** Asks for a thread for each job that has none, where one has several or has had it for long. */
  #askForThreads(): void {
    const asked = new Map<Parts, number>();
    for (const parts of this.#jobs.values()) {
      if (!hasMore(parts) || this.threadsOf(parts) > 0) continue;
      const giver = this.#giverFor(parts, asked);
      if (giver !== undefined) asked.set(giver, (asked.get(giver) ?? 0) + 1);
    }
    for (const parts of this.#jobs.values()) parts.control.yields = asked.get(parts) ?? 0;
  }

  /**
   * The job that has most threads that the other may take. One with a single thread is left alone
   * until it had it for a slice, and until who had one before has waited for as long.
   */
  #giverFor(waiting: Parts, asked: ReadonlyMap<Parts, number>): Parts | undefined {
    const { ticket, begunSaid, waits_ms } = waiting;
    const until_ms = this.#clock.now_ms() - SLICE_MS;
    const patient = begunSaid && waits_ms > until_ms;
    let best: JobRunner | undefined;
    let most = 0;
    for (const runner of this.#runners) {
      const { parts, since_ms } = runner;
      if (parts === undefined || !parts.control.looks || !takes(runner, ticket)) continue;
      const left = this.threadsOf(parts) - (asked.get(parts) ?? 0);
      if (left < 1 || (left === 1 && (patient || since_ms > until_ms))) continue;
      const better =
        left > most || (left === most && best !== undefined && since_ms < best.since_ms);
      if (!better) continue;
      best = runner;
      most = left;
    }
    return best?.parts;
  }
}

/** What a job is refused with when all threads that it could have died again and again. */
export function noThread(reason: string): GoxError {
  const message = `No thread can run jobs at present, and another try comes later: ${reason}`;
  return new GoxError('GOX_ENGINE_FAILED', message);
}

function takes({ quick }: JobRunner, { kind }: JobTicket): boolean {
  return !quick || isQuickKind(kind);
}

function forget(runner: JobRunner, { number }: Parts): void {
  if (runner.known.delete(number)) runner.link.forget(number);
}
