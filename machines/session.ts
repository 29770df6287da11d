/**
 * What one connection asks of one project, and the jobs that came of it.
 *
 *     open{idle|busy} → ending → ended
 *
 * `requests` passes requests to the engine that owns the project; it asks for a job when one of
 * them has become long work. `ending`: nothing more is asked, jobs are cancelled, and the session
 * stays until the last of them has stopped. Requests never pass here.
 */

import { assign, enqueueActions, setup, spawnChild, stopChild } from 'xstate';
import type { Config } from '../conf/schema.ts';
import { effect, type WorkEvent } from './effects.ts';
import { GRACE_MS, type JobInput, jobMachine } from './job.ts';
import { stopOrphans } from './supervision/index.ts';

export interface SessionInput {
  /** The number of its connection. */
  number: number;
  config: Config;
  /** What the client calls the project. */
  session: string;
}

/** Sessions take their requests from the socket's side. */
export type SessionCommand = { type: 'session.submit'; requests: readonly object[] };

export type SessionEvent =
  /** A request has become a job. */
  | { type: 'job.needed'; job: JobInput }
  | { type: 'session.end' }
  | WorkEvent
  | { type: 'xstate.done.actor.*'; actorId: string }
  | { type: 'xstate.error.actor.*'; actorId: string; error: unknown };

/** Jobs end within the grace: one that does not is a defect, and nobody waits for it. */
const ENDING_MS = GRACE_MS + 500;

const REQUESTS = 'requests';

export const sessionMachine = setup({
  types: {
    /** The jobs there are, by the numbers in their ids. */
    context: {} as SessionInput & { jobs: readonly number[] },
    events: {} as SessionEvent,
    input: {} as SessionInput,
  },
  actors: {
    requests: effect<SessionCommand, SessionInput>('requests'),
    job: jobMachine,
  },
  actions: {
    'start requests': spawnChild('requests', { id: REQUESTS, input: ({ context }) => context }),
    'stop requests': stopChild(REQUESTS),
    // Ids come from a small set, while the number of a job is never used again.
    'start job': enqueueActions(({ context: { jobs }, event, enqueue }) => {
      if (event.type !== 'job.needed') return;
      let place = 0;
      while (jobs.includes(place)) place += 1;
      enqueue.assign({ jobs: [...jobs, place] });
      enqueue.spawnChild('job', { id: `job:${place}`, input: event.job });
    }),
    'forget job': assign({
      jobs: ({ context: { jobs }, event }) => {
        const id = 'actorId' in event ? event.actorId : '';
        return jobs.filter((place) => id !== `job:${place}`);
      },
    }),
    'stop orphans': ({ self, event }) => {
      if ('actorId' in event) stopOrphans(self.getSnapshot().children[event.actorId]);
    },
    'drop child': stopChild(({ event }) => ('actorId' in event ? event.actorId : '')),
  },
  guards: {
    'no job is left': ({ context }) => context.jobs.length === 0,
    'was a job': ({ event }) => 'actorId' in event && event.actorId !== REQUESTS,
  },
  delays: { ending: ENDING_MS },
}).createMachine({
  id: 'session',
  context: ({ input }) => ({ ...input, jobs: [] }),
  entry: 'start requests',
  initial: 'open',
  on: {
    'job.needed': { actions: 'start job' },
    'session.end': '.ending',
    'xstate.done.actor.*': { actions: ['drop child', 'forget job'] },
    // A defect in a job ends the job; one in `requests` ends the session, and its connection.
    'xstate.error.actor.*': {
      guard: 'was a job',
      actions: ['stop orphans', 'drop child', 'forget job'],
    },
  },
  states: {
    open: {
      initial: 'idle',
      states: { idle: { on: { 'work.begun': 'busy' } }, busy: { on: { 'work.ended': 'idle' } } },
    },
    ending: {
      entry: 'stop requests',
      always: { guard: 'no job is left', target: 'ended' },
      after: { ending: 'ended' },
      on: { 'session.end': {} },
    },
    ended: { type: 'final' },
  },
});
