/** Engines whose projects are compared, with the test between them as the main thread is. */

import { GoxError } from '../../conf/errors.ts';
import type { JobKind } from '../../engine/jobs/job.ts';
import { runPart } from '../../engine/jobs/kinds.ts';
import { JobControl } from '../../engine/port/job-control.ts';
import { type JobTicket, LEND } from '../../engine/port/layout.ts';
import { Files } from '../../engine/project/files.ts';
import { ENGINE_OPTIONS, TestEngine } from './engine.ts';

/** One that leaves its jobs to others. */
export function lendingEngine(): TestEngine {
  return new TestEngine({ jobs_inline: false });
}

/** What the engine of another project gives, as it comes from there. */
export function lentBy(engine: TestEngine, { loans = [] }: JobTicket): unknown[] {
  return loans.map(({ params }) => {
    const [given] = engine.tickets([{ method: 'lend', word: LEND, bytes: params, known: true }]);
    if (given === undefined) throw new GoxError('GOX_INTERNAL', 'the engine lends nothing');
    return structuredClone(given.input);
  });
}

/** The result of `goxel.diff` of the project of one engine, with those of another. */
export function diffApart(engine: TestEngine, params: object, other = engine): object {
  const [ticket] = engine.tickets([{ method: 'goxel.diff', params }]);
  if (ticket === undefined) throw new GoxError('GOX_INTERNAL', 'a comparison is no job');
  const lent = lentBy(other, ticket);
  const tools = { files: new Files(ENGINE_OPTIONS), control: new JobControl(), lent };
  const { kind, input } = structuredClone({ kind: ticket.kind as JobKind, input: ticket.input });
  return runPart({ kind, input }, 0, 0, tools) as object;
}
