/** Starts the threads of engines and of jobs, and gives the ways into them. */

import { MessageChannel, Worker } from 'node:worker_threads';
import { type Endpoint, type Remote, transfer, wrap } from 'comlink';
import { GoxError } from '../../conf/errors.ts';
import { PollingEndpoint } from '../../engine/port/endpoint.ts';
import { FlightControl } from '../../engine/port/flight.ts';
import type {
  AnswerWithJobs,
  EngineApi,
  EngineStats,
  EngineThreadData,
  JobApi,
  JobThreadData,
  PartAnswer,
  PartEnd,
  PartOrder,
  Rebuilt,
  StoreReading,
} from '../../engine/port/layout.ts';
import { Pool } from '../../engine/port/pool.ts';
import { Pulse } from '../../engine/port/pulse.ts';
import { removeUnfinished, unfinishedMemory } from '../../engine/port/unfinished.ts';
import type { WorkerEnd } from '../../machines/engine.ts';
import { ENGINE_ENTRY, JOB_ENTRY } from '../entries.ts';
import { leaveMissingDirectory } from '../missing-directory.ts';
import { limitsOf, takeEarly } from './early-thread.ts';

/** The way into the thread of an engine. */
export interface EngineLink {
  /** What the engine is told while it runs something. */
  readonly flight: FlightControl;
  /** @param alone whether there is nothing else to do, so that the answer may be waited for */
  run(batch: ArrayBuffer, alone: boolean): Promise<ArrayBuffer | AnswerWithJobs>;
  /** See `EngineApi`. */
  takeOver(...order: Parameters<EngineApi['takeOver']>): Promise<PartAnswer>;
  /** See `EngineApi`. */
  recover(...made: Parameters<EngineApi['recover']>): Promise<Rebuilt>;
  /** See `EngineApi`. Rejects with a GoxError for what the engine would not do. */
  readStore(...read: Parameters<EngineApi['readStore']>): Promise<StoreReading>;
  close(project: number): Promise<void>;
  setClipboard(content: unknown): void;
  stats(): Promise<EngineStats>;
}

/** The way into a job thread. */
export interface JobLink {
  run(order: PartOrder): Promise<PartEnd>;
  forget(job: number): void;
}

/**
 * A thread and the way into it. A call goes through comlink; one whose thread dies stays pending
 * for ever, so whoever calls listens to the thread's `exit` as well.
 */
export interface LinkedThread<Link> {
  readonly thread: Worker;
  readonly link: Link;
  readonly pulse: Pulse;
  /** Ends the thread, whatever it is doing. */
  end(): void;
}

/**
 * How long to wait for an answer before the thread does something else: a small request takes 20
 * µs.
 */
const ANSWER_MS = 0.1;

/**
 * What the system says when it has no more descriptors, memory or threads. It says so while a
 * thread starts and loads its code; Node has one code of its own for what happens before that.
 */
const SHORTAGES = ['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM', 'ERR_WORKER_INIT_FAILED'];

/**
 * What the end of a thread means to its machine: a shortage passes and is nobody's fault.
 *
 * @param error what it ended with, or what starting it threw
 */
export function endOf(error: unknown, code?: number): WorkerEnd {
  if (error === undefined) {
    return { type: 'worker.exited', reason: `its thread ended with code ${code}` };
  }
  const reason = error instanceof Error ? error.message : String(error);
  const short = error instanceof Error && 'code' in error && SHORTAGES.includes(`${error.code}`);
  return { type: short ? 'worker.short' : 'worker.exited', reason };
}

/** How long a thread has worked since its start, as far as its event loop tells, in ms. */
export function busyTime(thread: Worker): number {
  return Math.round(thread.performance.eventLoopUtilization().active);
}

/** What all threads are started with. */
export type ThreadOptions = Omit<JobThreadData, 'port' | 'pulse'> & {
  /**
   * Of its JavaScript heap, past which the thread ends with an error, as a rule: V8 ends the whole
   * process when the heap grows too fast.
   */
  readonly heap_bytes_max?: number;
  /** What the engines of this daemon share. */
  readonly pool?: Pool;
};

/** Throws when the thread cannot be started; other failures to start come as its error. */
export function startEngineThread(name: string, options: ThreadOptions): LinkedThread<EngineLink> {
  const flight = new FlightControl();
  const { pool = new Pool(), ...given } = options;
  const place = pool.take();
  const data = {
    ...{ ...given, flight: flight.memory },
    options: { ...given.options, pool: place },
  };
  let started: Started<EngineApi>;
  try {
    started = start<EngineApi, EngineThreadData>(ENGINE_ENTRY, name, data);
  } catch (error) {
    pool.giveBack(place);
    throw error;
  }
  const { thread, pulse, endpoint, remote, end } = started;
  thread.once('exit', () => pool.giveBack(place));
  // Each look at a member of the proxy makes another proxy.
  const { run, takeOver, recover, readStore, close, stats, setClipboard } = remote;
  return {
    thread,
    link: {
      flight,
      run: (batch, alone) => {
        endpoint.eager = alone;
        const answer = run(transfer(batch, [batch])) as Promise<ArrayBuffer | AnswerWithJobs>;
        endpoint.eager = false;
        return answer;
      },
      takeOver: (...order) => takeOver(...order),
      recover: (...made) => recover(...made),
      readStore: async (...read) => {
        const reading = await readStore(...read);
        if (!('refused' in reading)) return reading;
        const { code, message, details } = reading.refused;
        throw new GoxError(code, message, details);
      },
      close: (project) => close(project),
      stats: () => stats(),
      // It cannot fail, and the clipboard of a thread that died is given to the next.
      setClipboard: (content) => void setClipboard(content),
    },
    pulse,
    end,
  };
}

/** Throws as `startEngineThread`. */
export function startJobThread(name: string, options: ThreadOptions): LinkedThread<JobLink> {
  const { thread, pulse, remote, end } = start<JobApi, JobThreadData>(JOB_ENTRY, name, options);
  const { run, forget } = remote;
  return {
    thread,
    link: {
      run: (order) => run(order) as Promise<PartEnd>,
      // It cannot fail, and a thread that died meanwhile has forgotten everything.
      forget: (job) => void forget(job),
    },
    pulse,
    end,
  };
}

interface Started<Api> {
  readonly thread: Worker;
  readonly pulse: Pulse;
  readonly endpoint: PollingEndpoint;
  readonly remote: Remote<Api>;
  end(): void;
}

function start<Api, Data extends JobThreadData>(
  entry: URL,
  name: string,
  { heap_bytes_max, pool: _, ...given }: Omit<Data, 'port' | 'pulse'> & ThreadOptions,
): Started<Api> {
  const { port1, port2 } = new MessageChannel();
  const unfinished = unfinishedMemory();
  const pulse = new Pulse(given.service);
  const options = { ...given.options, unfinished };
  const order = { ...given, options, pulse: pulse.memory, port: port2 };
  let thread: Worker;
  try {
    leaveMissingDirectory();
    const early = entry === ENGINE_ENTRY ? takeEarly(heap_bytes_max) : undefined;
    thread = early ?? new Worker(entry, { name, resourceLimits: limitsOf(heap_bytes_max) });
    thread.postMessage(order, [port2]);
  } catch (error) {
    port1.close();
    throw error;
  }
  removeAtExit(thread, unfinished);
  const endpoint = new PollingEndpoint(port1, given.polling, ANSWER_MS);
  return {
    thread,
    pulse,
    endpoint,
    // It has the members of an endpoint that comlink uses for calls; the others are for browsers.
    remote: wrap<Api>(endpoint as unknown as Endpoint),
    end: () => {
      endpoint.close();
      void thread.terminate();
    },
  };
}

/** The notes of the threads that live. */
const notes = new Set<SharedArrayBuffer>();

/**
 * Removes the temporary files that a thread leaves, since what ends it lets it remove none; and
 * those of all threads when the process ends under them.
 */
function removeAtExit(thread: Worker, unfinished: SharedArrayBuffer): void {
  if (notes.size === 0) process.on('exit', removeAll);
  notes.add(unfinished);
  thread.once('exit', () => {
    removeUnfinished(unfinished);
    notes.delete(unfinished);
    if (notes.size === 0) process.off('exit', removeAll);
  });
}

function removeAll(): void {
  for (const unfinished of notes) removeUnfinished(unfinished);
}
