/**
 * From an engine's answer to the replies. What a request changed has to be kept first: its answer,
 * and the answers of what ran behind it in the same project, are held until the project's log is
 * kept up to then, so that nobody sees what could still vanish. The engine goes on meanwhile; so
 * much may be held, and no more leaves until some of it was given away.
 *
 * What cannot be kept has not happened: edits get the error, and what only looked at them is put
 * back, to be run again on the project as it is kept (`recovery.ts`).
 */

import type { GoxError } from '../../conf/errors.ts';
import { type JobTicket, STATUS_JOB, STATUS_RESULT } from '../../engine/port/layout.ts';
import { atOneStroke } from '../tracing/moment.ts';
import type { Answers } from './answers.ts';
import type { Call, Source, Status } from './call.ts';
import type { Part } from './flight.ts';
import type { Project } from './project.ts';

/** Flights of an engine with answers that are held: enough for the time that a disk takes. */
const HELD_FLIGHTS_MAX = 8;
/** The bytes of their answers. */
const HELD_BYTES_MAX = 16 * 1024 * 1024;

type BecameJob = (ticket: JobTicket, call: Call, source: Source) => void;

/** Answered calls that go together: of one source and one project, one after the other. */
class Portion {
  readonly source: Source;
  readonly project: Project;
  readonly #calls: readonly Call[];
  readonly #jobs: JobTicket[] = [];
  #answers: Answers | undefined;
  #settled = 0;

  constructor(source: Source, calls: readonly Call[]) {
    this.source = source;
    this.project = calls[0]!.project;
    this.#calls = calls;
  }

  get count(): number {
    return this.#calls.length;
  }

  /** Whether they end with one that closed the project. */
  closes(answers: Answers): boolean {
    if (this.#calls.at(-1)?.spec?.project !== 'closes') return false;
    const read = answers.fork();
    for (let left = this.count; left > 1; left--) read.skip();
    return read.skip() === STATUS_RESULT;
  }

  /** Its answers are read later. @param jobs those left of its flight: loses those of this one */
  hold(answers: Answers, jobs: JobTicket[]): void {
    this.#answers = answers.fork();
    for (let left = this.count; left > 0; left--) {
      if (answers.skip() === STATUS_JOB) this.#jobs.push(jobs.shift()!);
    }
  }

  /** Gives each call its answer. */
  answer(becameJob: BecameJob, answers = this.#answers!, jobs = this.#jobs): void {
    const [calls, source] = [this.#calls, this.source];
    while (this.#settled < calls.length && answers.next()) {
      const call = calls[this.#settled]!;
      const { status, bytes, start, end } = answers;
      if (status === STATUS_JOB) becameJob(jobs.shift()!, call, source);
      else source.answer(call, status as Status, bytes, start, end);
      call.project.heard(answers.unsaved);
      // All are when a defect, met by somebody who was told of the answer, has failed the rest.
      this.#settled += 1;
    }
  }

  /** What it did is no more. */
  undo(error: GoxError): void {
    const again: Call[] = [];
    while (this.#settled < this.#calls.length) {
      const call = this.#calls[this.#settled++]!;
      if (isRepeatable(call)) again.push(call);
      else this.source.fail(call, error);
    }
    if (again.length > 0) this.source.putBack(again);
  }

  fail(error: GoxError): void {
    while (this.#settled < this.#calls.length) {
      this.source.fail(this.#calls[this.#settled++]!, error);
    }
  }

  /** They waited for what they changed, or others before them, to be kept. */
  noteKept(): void {
    atOneStroke(() => {
      for (const { reply } of this.#calls) reply?.way?.journaled();
    });
  }
}

/** A flight that has landed. */
interface Landing {
  readonly bytes: number;
  /** Portions that are held. */
  left: number;
}

export class Releases {
  readonly #becameJob: BecameJob;
  readonly #guarded: (action: () => void) => void;
  readonly #roomy: () => void;
  /** What has landed and is not answered. */
  readonly #held = new Set<Portion>();
  #flights = 0;
  #bytes = 0;
  /** Who got answers that are to be sent: all that come at a time, so that each writes once. */
  #unsent = new Set<Source>();

  /**
   * @param guarded runs what must not throw; when it does, `fail` is called
   * @param roomy is called when more may leave again
   */
  constructor(becameJob: BecameJob, guarded: (action: () => void) => void, roomy: () => void) {
    this.#becameJob = becameJob;
    this.#guarded = guarded;
    this.#roomy = roomy;
  }

  /** Whether so much is held that nothing more is to leave. */
  get full(): boolean {
    return this.#flights >= HELD_FLIGHTS_MAX || this.#bytes >= HELD_BYTES_MAX;
  }

  /** Requests that are held. */
  get size(): number {
    let size = 0;
    for (const { count } of this.#held) size += count;
    return size;
  }

  /** Answers what a flight has done, each part of it as soon as what it left is kept. */
  land(parts: readonly Part[], answers: Answers, tickets: readonly JobTicket[]): void {
    const portions = portionsOf(parts, answers.count);
    // All of them, since a defect fails all that is left.
    for (const portion of portions) this.#held.add(portion);
    const landing: Landing = { bytes: answers.byteLength, left: 0 };
    const jobs = [...tickets];
    for (const portion of portions) {
      const { project } = portion;
      project.known = true;
      if (portion.closes(answers)) project.log.end();
      if (project.undone !== undefined) {
        portion.hold(answers, jobs);
        portion.undo(project.undone);
      } else if (project.log.isKept) portion.answer(this.#becameJob, answers, jobs);
      else {
        portion.hold(answers, jobs);
        landing.left += 1;
        project.log.whenKept((error) => this.#release(portion, landing, error));
        continue;
      }
      this.#held.delete(portion);
    }
    if (landing.left === 0) return;
    this.#flights += 1;
    this.#bytes += landing.bytes;
  }

  /** Answers all that is held with an error. */
  fail(error: GoxError): void {
    for (const portion of this.#held) {
      this.#held.delete(portion);
      portion.fail(error);
      portion.source.flush();
    }
  }

  #release(portion: Portion, landing: Landing, error: GoxError | undefined): void {
    const { full } = this;
    landing.left -= 1;
    if (landing.left === 0) {
      this.#flights -= 1;
      this.#bytes -= landing.bytes;
    }
    // Otherwise it was failed by now.
    if (this.#held.has(portion)) {
      this.#guarded(() => {
        if (error !== undefined) portion.undo(error);
        else {
          portion.noteKept();
          portion.answer(this.#becameJob);
        }
        this.#held.delete(portion);
      });
      this.#flushSoon(portion.source);
    }
    if (full && !this.full) this.#roomy();
  }

  #flushSoon(source: Source): void {
    this.#unsent.add(source);
    if (this.#unsent.size > 1) return;
    queueMicrotask(() => {
      const sources = this.#unsent;
      this.#unsent = new Set();
      this.#guarded(() => {
        for (const one of sources) one.flush();
      });
    });
  }
}

/** Those of the first so many calls. */
function portionsOf(parts: readonly Part[], count: number): Portion[] {
  const portions: Portion[] = [];
  for (const { source, calls } of parts) {
    const done = Math.min(calls.length, count);
    count -= done;
    for (let from = 0; from < done; ) {
      const { project } = calls[from]!;
      let to = from + 1;
      while (to < done && calls[to]!.project === project) to += 1;
      const whole = to - from === calls.length;
      portions.push(new Portion(source, whole ? calls : calls.slice(from, to)));
      from = to;
    }
  }
  return portions;
}

/** Whether it changes nothing. What a job hands over does. */
function isRepeatable({ spec }: Call): boolean {
  return spec?.edits === false && spec.project === undefined;
}
