/**
 * One job between its machine, which decides what becomes of it, its parts, and the session that
 * asked for it: the `work` effect of `machines/job.ts`. Where the queue of an engine has to make
 * the answer, it stands before that queue in the place of the session.
 */

import { type AnyActorRef, fromCallback } from 'xstate';
import { GoxError } from '../../conf/errors.ts';
import { JobControl } from '../../engine/port/job-control.ts';
import {
  type JobTicket,
  type LoanOrder,
  type PartAnswer,
  STATUS_ERROR,
} from '../../engine/port/layout.ts';
import type { JobCommand, JobEnd, JobEvent } from '../../machines/job.ts';
import type { Borrower } from '../connection/loans.ts';
import type { Call, HandedOver, Source, Status } from '../engines/call.ts';
import type { Renders } from '../renders/renders.ts';
import { reportFigures } from '../vitals.ts';
import { type Parts, type PartsOwner, progressOf } from './job-parts.ts';
import type { PartScheduler } from './parts.ts';

/** A request that is to become a job. */
export interface Asked {
  readonly ticket: JobTicket;
  readonly call: Call;
  readonly source: Source;
  /** The connection that asked. */
  readonly connection: number;
  /** By the service clock. */
  readonly since_ms: number;
  readonly borrow: Borrow;
}

/** Asks another project for what a job needs; the function that is returned gives it up. */
export type Borrow = (call: Call, order: LoanOrder, borrower: Borrower) => (why: GoxError) => void;

/** What jobs share. */
export interface WorkDeps {
  readonly parts: PartScheduler;
  /** Gives what a job hands over to the queue of its project's engine. */
  readonly handOver: (one: HandedOver) => void;
  /** Has that queue give it up, which answers it. */
  readonly takeBack: (call: Call, why: GoxError) => void;
  /** See `Quarantine`. */
  readonly judge: (call: Call, source: Source, reason: string) => GoxError | undefined;
  /** Where managed renders go, and who has them then. */
  readonly renders: Pick<Renders, 'place' | 'add' | 'drop'>;
  /** Hears that a job is over. */
  readonly ended: (work: Work, as: JobEnd, reason: string) => void;
}

export class Work implements PartsOwner, Source {
  readonly number: number;
  readonly asked: Asked;
  readonly #deps: WorkDeps;
  readonly #control = new JobControl();
  #parts: Parts | undefined;
  /** How to give up each of its loans, which does nothing once that is there. */
  readonly #loans: ((why: GoxError) => void)[] = [];
  #say: ((event: JobEvent) => void) | undefined;
  /** What is to be said once there is a machine to hear it. */
  readonly #unsaid: JobEvent[] = [];
  /** What the last part ended with. */
  #answer: PartAnswer | undefined;
  #answered = false;
  #handed = false;
  #stopping = false;
  #over = false;

  constructor(number: number, asked: Asked, deps: WorkDeps) {
    this.number = number;
    this.asked = asked;
    this.#deps = deps;
  }

  get client(): number {
    return this.asked.source.client;
  }

  /** Whether its machine is there. */
  get begun(): boolean {
    return this.#say !== undefined;
  }

  /** Whether the engine, or its queue, has it now. */
  get handed(): boolean {
    return this.#handed;
  }

  /** Whether it was told to stop. */
  get stopping(): boolean {
    return this.#stopping;
  }

  get progress(): number {
    return this.#parts === undefined ? 0 : progressOf(this.#parts);
  }

  begin(say: (event: JobEvent) => void): void {
    this.#say = say;
    for (const event of this.#unsaid.splice(0)) say(event);
    const { ticket } = this.asked;
    // It may have been cancelled in the meantime.
    if (this.#stopping) return;
    if (ticket.loans !== undefined) this.#borrow(ticket.loans);
    else if (ticket.managed === true) void this.#findPlace(ticket);
    else this.#submit(ticket);
  }

  /** Its parts begin when it is known where their pictures go. */
  async #findPlace(ticket: JobTicket): Promise<void> {
    const place = await this.#deps.renders.place().catch((error: unknown) => asRefusal(error));
    if (this.#stopping) return;
    if (place instanceof GoxError) this.say({ type: 'parts.failed', why: place });
    else this.#submit({ ...ticket, place });
  }

  /** Its parts begin when all loans are there; without one of them it fails. */
  #borrow(orders: readonly LoanOrder[]): void {
    const { ticket, call, borrow } = this.asked;
    const lent: unknown[] = [];
    let missing = orders.length;
    for (const [i, order] of orders.entries()) {
      // One that is refused at once has stopped the job.
      if (this.#stopping) return;
      const giveUp = borrow(call, order, {
        lent: (value) => {
          lent[i] = value;
          missing -= 1;
          if (missing === 0 && !this.#stopping) this.#submit({ ...ticket, lent });
        },
        refused: (why) => this.say({ type: 'parts.failed', why }),
      });
      this.#loans.push(giveUp);
    }
  }

  #submit(ticket: JobTicket): void {
    this.#parts = this.#deps.parts.submit(this.number, ticket, this.#control, this);
  }

  #giveUpLoans(why: GoxError): void {
    for (const giveUp of this.#loans.splice(0)) giveUp(why);
  }

  say(event: JobEvent): void {
    if (this.#say === undefined) this.#unsaid.push(event);
    else this.#say(event);
  }

  answered(answer: PartAnswer): void {
    const { renders } = answer;
    const full = renders && this.#deps.renders.add(renders, String(this.asked.connection));
    if (full !== undefined) {
      this.say({ type: 'parts.failed', why: full });
      return;
    }
    this.#answer = answer;
    if (answer.handover !== undefined) this.say({ type: 'parts.handed_over' });
    else this.say({ type: 'parts.answered', failed: answer.status === STATUS_ERROR });
  }

  unheard({ renders }: PartAnswer): void {
    if (renders !== undefined) this.#deps.renders.drop(renders);
  }

  died(why: GoxError): GoxError | undefined {
    const { ticket, call, source } = this.asked;
    // Nobody has another thread, or what is half done cannot be told from what is done.
    if (why.code !== 'GOX_ENGINE_LOST' || ticket.adds === true) return why;
    return this.#deps.judge(call, source, why.message);
  }

  obey(command: JobCommand): void {
    switch (command.type) {
      case 'work.answer':
        this.#passOn();
        return;
      case 'work.hand_over': {
        this.#handed = true;
        const handover = this.#answer?.handover;
        this.#answer = undefined;
        this.#deps.handOver({ call: this.asked.call, source: this, handover });
        return;
      }
      case 'work.stop':
        this.#stop(command.why);
        return;
      case 'work.look':
        this.#look();
        return;
      case 'work.abandon':
        this.#fail(this.asked.call.stopped ?? GIVEN_UP);
        if (this.#parts !== undefined) this.#deps.parts.abandon(this.#parts);
        return;
      case 'work.end':
        this.#over = true;
        this.#deps.ended(this, command.as, command.reason);
    }
  }

  /**
   * Its machine is gone before it has ended: what runs is told to stop, and its request answered.
   */
  leave(why: GoxError, as: JobEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#stopping = true;
    this.#giveUpLoans(why);
    if (this.#parts !== undefined) this.#deps.parts.orphan(this.#parts);
    this.#deps.ended(this, as, why.message);
    if (this.#handed && !this.#answered) {
      this.asked.call.stopped = why;
      this.#deps.takeBack(this.asked.call, why);
    } else this.#fail(why);
  }

  figures() {
    const { number, asked, progress } = this;
    const { stages } = asked.ticket;
    return {
      ...{ job: number, kind: asked.ticket.kind, project: asked.call.project.name },
      stage: `${this.#parts === undefined ? 1 : stageOf(this.#parts)} of ${stages.length}`,
      progress: Math.round(progress * 100) / 100,
      threads: this.#parts === undefined ? 0 : this.#deps.parts.threadsOf(this.#parts),
    };
  }

  // What the queue of an engine wants of whoever asked.

  wants(call: Call): boolean {
    return this.asked.source.wants(call);
  }

  answer(call: Call, status: Status, bytes: Uint8Array, start: number, end: number): void {
    const failed = status === STATUS_ERROR;
    this.#answered = true;
    this.asked.source.answer(call, status, bytes, start, end);
    this.say({ type: 'call.answered', failed });
  }

  fail(call: Call, error: GoxError): void {
    this.#answered = true;
    this.asked.source.fail(call, error);
    this.say({ type: 'call.answered', failed: true });
  }

  flush(): void {
    this.asked.source.flush();
  }

  take(): Call[] {
    return [];
  }

  putBack(): void {}

  expire(): void {}

  #stop(why: GoxError | undefined): void {
    this.#stopping = true;
    const { call } = this.asked;
    if (why !== undefined) call.stopped ??= why;
    if (this.#handed) {
      // Only the engine knows how far it came; it answers, or its queue does.
      if (!this.#answered && why !== undefined) this.#deps.takeBack(call, why);
      return;
    }
    if (why !== undefined) this.#fail(why);
    this.#giveUpLoans(why ?? GIVEN_UP);
    if (this.#parts === undefined) this.say({ type: 'parts.stopped' });
    else this.#deps.parts.stop(this.#parts);
  }

  #look(): void {
    const reason = this.#parts && !this.#handed && this.#deps.parts.shortageFor(this.#parts);
    if (reason === undefined || reason === false) return;
    const message = `The job was not begun in time: no thread could be started: ${reason}`;
    this.say({ type: 'parts.failed', why: new GoxError('GOX_ENGINE_BUSY', message) });
  }

  #passOn(): void {
    const answer = this.#answer;
    this.#answer = undefined;
    if (answer === undefined || this.#answered) return;
    this.#answered = true;
    const { call, source } = this.asked;
    const { status, bytes } = answer;
    source.answer(call, status as Status, new Uint8Array(bytes), 0, bytes.byteLength);
    source.flush();
  }

  #fail(why: GoxError): void {
    if (this.#answered) return;
    this.#answered = true;
    const { call, source } = this.asked;
    source.fail(call, why);
    source.flush();
  }
}

/** Where the effect finds its job, and says what went wrong with it. */
export interface WorkRegistry {
  work(number: number): Work | undefined;
  defect(work: Work, error: unknown): void;
}

/** The `work` effect of a job. */
export function workEffect(jobs: WorkRegistry) {
  return fromCallback<JobCommand, { number: number }>(({ input, receive, sendBack, self }) => {
    const work = jobs.work(input.number);
    if (work === undefined) throw new Error(`there is no job ${input.number}`);
    const attempt = (action: () => void) => {
      try {
        action();
      } catch (error) {
        jobs.defect(work, error);
        throw error;
      }
    };
    reportFigures(self as AnyActorRef, () => work.figures());
    receive((command) => attempt(() => work.obey(command)));
    attempt(() => work.begin(sendBack as (event: JobEvent) => void));
    // A connection that ends by force; nobody sees whether the job stops but its threads.
    return () => work.leave(GONE, 'abandoned');
  });
}

const GONE = new GoxError('GOX_CANCELLED', 'The connection was closed.');
const GIVEN_UP = new GoxError('GOX_INTERNAL', 'The job was given up.');

/** From 1, and never beyond the last. */
function stageOf({ stage, ticket: { stages } }: Parts): number {
  return Math.min(stage + 1, stages.length);
}

function asRefusal(error: unknown): GoxError {
  if (error instanceof GoxError) return error;
  return new GoxError('GOX_INTERNAL', `There is no place for the picture: ${error}`);
}
