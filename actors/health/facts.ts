/** Gathers what there is to know about the daemon now. It asks nobody and waits for nothing. */

import { memoryThere } from '../../conf/shares.ts';
import type {
  EventLoopDelay,
  HealthFacts,
  JournalFacts,
  LogFacts,
  MemoryFacts,
  QueueFacts,
  SocketFacts,
  ThreadFacts,
} from '../../machines/health-facts.ts';
import type { Pulses } from './pulses.ts';
import type { Totals } from './rates.ts';

/** Where the facts come from: each is read when somebody looks. */
export interface HealthSources {
  readonly pulses: Pick<Pulses, 'silences'>;
  readonly engines: () => readonly ThreadFacts[];
  readonly jobThreads: () => readonly ThreadFacts[];
  readonly sockets: () => readonly SocketFacts[];
  readonly logs: () => readonly LogFacts[];
  /** Requests of all connections that have no reply yet. */
  readonly openRequests: () => number;
  readonly jobs: () => Pick<QueueFacts, 'jobs_waiting' | 'jobs_running'>;
  readonly heldBytes: () => number;
  readonly lostProjects: () => readonly number[];
  readonly journals: () => readonly JournalFacts[];
  /** Requests and errors since the start. */
  readonly totals: () => Totals;
}

export function gatherFacts(sources: HealthSources, event_loop: EventLoopDelay): HealthFacts {
  const engines = sources.engines();
  return {
    silences: sources.pulses.silences(),
    engines,
    job_threads: sources.jobThreads(),
    sockets: sources.sockets(),
    logs: sources.logs(),
    event_loop,
    queues: queues(sources, engines),
    memory: memory(),
    projects_lost: sources.lostProjects(),
    journals: sources.journals(),
  };
}

function queues(sources: HealthSources, engines: readonly ThreadFacts[]): QueueFacts {
  const jobs = sources.jobs();
  const requests_running = engines.reduce((sum, { in_flight }) => sum + in_flight, 0);
  // A job is a request that waits for it.
  const elsewhere = requests_running + jobs.jobs_waiting + jobs.jobs_running;
  const requests_waiting = Math.max(0, sources.openRequests() - elsewhere);
  return { requests_waiting, requests_running, ...jobs, held_bytes: sources.heldBytes() };
}

function memory(): MemoryFacts {
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  const figures = { rss, heap_used: heapUsed, external, array_buffers: arrayBuffers };
  return { ...figures, limit: memoryThere().bytes };
}
