/** The parts of one job, and how far they are. */

import type { GoxError } from '../../conf/errors.ts';
import type { JobControl } from '../../engine/port/job-control.ts';
import type { JobTicket, PartAnswer } from '../../engine/port/layout.ts';
import type { JobEvent } from '../../machines/job.ts';

/** Who hears what becomes of the parts of a job. */
export interface PartsOwner {
  say(event: JobEvent): void;
  /** The last part has ended, or one has failed; no other is begun. */
  answered(answer: PartAnswer): void;
  /** The last part has ended all the same after the job was told to stop. */
  unheard(answer: PartAnswer): void;
  /** A thread died while it ran a part; why that is not to be run again, if it is not. */
  died(why: GoxError): GoxError | undefined;
}

/** The parts of one job. */
export interface Parts {
  readonly number: number;
  readonly ticket: JobTicket;
  readonly control: JobControl;
  readonly owner: PartsOwner;
  stage: number;
  /** Parts of the stage that a thread has, or has done. */
  begun: number;
  /** Those of them that no thread has after all. */
  readonly again: number[];
  done: number;
  /** Whether its owner was told that a thread has a part of it. */
  begunSaid: boolean;
  /** Since when it waits for a thread: since it came, or last gave one back. */
  waits_ms: number;
  /** Since when what runs is to stop. */
  ended_ms: number | undefined;
  /** Whether its machine is gone, so that nobody but the threads sees whether it stops. */
  orphan: boolean;
}

/** As the job says, else by the stages and parts that are done; from 0 to 1. */
export function progressOf({ control, done, stage, ticket: { stages } }: Parts): number {
  return control.progress || (stage + done / (stages[stage] ?? 1)) / stages.length;
}

/** Whether the stage has a part that no thread has. */
export function hasMore({ again, begun, stage, ticket }: Parts): boolean {
  return again.length > 0 || begun < ticket.stages[stage]!;
}

/** One more of the stage is done, and perhaps with it the stage. */
export function partDone(parts: Parts): void {
  parts.done += 1;
  if (parts.done < parts.ticket.stages[parts.stage]!) return;
  parts.stage += 1;
  parts.begun = 0;
  parts.done = 0;
  parts.owner.say({ type: 'stage.begun', stage: parts.stage });
}
