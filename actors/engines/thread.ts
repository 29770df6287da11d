/** Starts the threads of engines and of jobs, and gives the ways into them. */

import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { type Endpoint, type Remote, wrap } from 'comlink';
import { GoxError } from '../../conf/errors.ts';
import { Awake } from '../../engine/port/awake.ts';
import {
  AskingEndpoint,
  moved,
  newLanes,
  PortEndpoint,
  turned,
} from '../../engine/port/endpoint.ts';
import { FlightControl } from '../../engine/port/flight.ts';
import type {
  BatchAnswer,
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
import { unpackAnswer } from '../../engine/port/small-answers.ts';
import { removeUnfinished, unfinishedMemory } from '../../engine/port/unfinished.ts';
import type { WorkerEnd } from '../../machines/engine.ts';
import { ENGINE_ENTRY, JOB_ENTRY } from '../entries.ts';
import { leaveMissingDirectory } from '../missing-directory.ts';
import { limitsOf, takeEarly } from './early-thread.ts';

/** The way into the thread of an engine. */
export interface EngineLink {
  /** What the engine is told while it runs something. */
  readonly flight: FlightControl;
  run(batch: ArrayBuffer): Promise<BatchAnswer>;
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
  /** How long it has worked since its start, as far as its event loop tells, in ms. */
  busy(): number;
  /** Ends the thread, whatever it is doing. */
  end(): void;
}

/** Of this thread, whichever daemon its engines are of. */
const AWAKE = new Awake();

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
  const lanes = newLanes();
  const data = {
    ...{ ...given, flight: flight.memory, lanes },
    options: { ...given.options, pool: place },
  };
  const endpointOf = (port: MessagePort) => new AskingEndpoint(port, turned(lanes), AWAKE);
  let started: Started<EngineApi>;
  try {
    started = start<EngineApi, EngineThreadData>(ENGINE_ENTRY, name, data, endpointOf);
  } catch (error) {
    pool.giveBack(place);
    throw error;
  }
  const { thread, pulse, remote, busy, end } = started;
  thread.once('exit', () => pool.giveBack(place));
  // Each look at a member of the proxy makes another proxy.
  const { run, takeOver, recover, readStore, close, stats, setClipboard } = remote;
  return {
    thread,
    link: {
      flight,
      run: (batch) => {
        const answer = run(moved(batch)) as Promise<BatchAnswer>;
        return answer.then(unpackAnswer);
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
    busy,
    end,
  };
}

/** Throws as `startEngineThread`. */
export function startJobThread(name: string, options: ThreadOptions): LinkedThread<JobLink> {
  const endpointOf = (port: MessagePort) => new PortEndpoint(port);
  const started = start<JobApi, JobThreadData>(JOB_ENTRY, name, options, endpointOf);
  const { thread, pulse, remote, busy, end } = started;
  const { run, forget } = remote;
  return {
    thread,
    link: {
      run: (order) => run(order) as Promise<PartEnd>,
      // It cannot fail, and a thread that died meanwhile has forgotten everything.
      forget: (job) => void forget(job),
    },
    pulse,
    busy,
    end,
  };
}

interface Started<Api> {
  readonly thread: Worker;
  readonly pulse: Pulse;
  readonly remote: Remote<Api>;
  busy(): number;
  end(): void;
}

function start<Api, Data extends JobThreadData>(
  entry: URL,
  name: string,
  { heap_bytes_max, pool: _, ...given }: Omit<Data, 'port' | 'pulse'> & ThreadOptions,
  endpointOf: (port: MessagePort) => PortEndpoint,
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
  const endpoint = endpointOf(port1);
  return {
    thread,
    pulse,
    // It has the members of an endpoint that comlink uses for calls; the others are for browsers.
    remote: wrap<Api>(endpoint as unknown as Endpoint),
    busy: () => {
      const { active } = thread.performance.eventLoopUtilization();
      return Math.round(Math.max(0, active - endpoint.slept_ms));
    },
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
