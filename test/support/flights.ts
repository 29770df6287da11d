/**
 * A queue of calls into an engine that is played by a test, with several flights under way. Calls
 * are told apart by a number, which is all that their parameters hold. What the engine records of
 * its one project are these numbers, so that the project is a list of those that were done.
 */

import { type AnyActorRef, createActor, setup } from 'xstate';
import type { Call, Source } from '../../actors/engines/call.ts';
import { callsEffect } from '../../actors/engines/calls.ts';
import type { Waiter } from '../../actors/engines/project.ts';
import type { CallsEvent, CallsRegistry } from '../../actors/engines/registry.ts';
import type { EngineLink } from '../../actors/engines/thread.ts';
import type { RecordSink } from '../../actors/journal/project-log.ts';
import type { GoxError } from '../../conf/errors.ts';
import { CURRENT_PROJECT } from '../../engine/catalogue/schemas.ts';
import { FlightControl } from '../../engine/port/flight.ts';
import {
  type PartAnswer,
  type Records,
  STATUS_ERROR,
  STATUS_RESULT,
  UNSAVED_FLAG,
} from '../../engine/port/layout.ts';
import type { EngineEvent } from '../../machines/engine.ts';
import { answerOf } from './batch.ts';
import { configWith } from './probe.ts';
import { testProjects, testQuarantine } from './projects.ts';

/** One flight as the engine has it. */
export interface Arrived {
  readonly slot: number;
  readonly calls: readonly number[];
  /** Runs the first so many requests, and answers. */
  answer(count?: number): void;
  reject(): void;
}

/** Where the records of a project go: numbers of calls, kept as far as the test says. */
export class PlayedSink implements RecordSink {
  readonly appended: number[] = [];
  kept: readonly number[] = [];
  #pending: { numbers: readonly number[]; done: (error?: GoxError) => void }[] = [];

  append(bytes: Uint8Array, _sequence: number, done: (error?: GoxError) => void): void {
    const numbers = numbersIn(bytes);
    this.appended.push(...numbers);
    this.#pending.push({ numbers, done });
  }

  get pending(): number {
    return this.#pending.length;
  }

  /** So many appends are kept, in order. */
  keep(count = this.#pending.length): void {
    for (const { numbers, done } of this.#pending.splice(0, count)) {
      this.kept = [...this.kept, ...numbers];
      done();
    }
  }

  fail(error: GoxError): void {
    for (const { done } of this.#pending.splice(0)) done(error);
  }
}

function numbersIn(bytes: Uint8Array): number[] {
  return [...new Uint32Array(bytes.slice().buffer)];
}

/** A worker: what it was given and has not answered, in the order in which that came. */
export class PlayedWorker {
  readonly arrived: Arrived[] = [];
  /** Every request that it ran, in order; those that were told to stop are negative. */
  readonly ran: number[] = [];
  readonly control = new FlightControl();
  /** What it says of the project with each answer. */
  unsaved = false;
  /** Which calls change the project; none, until a test says so. */
  edits: (call: number) => boolean = () => false;
  /** The project as this worker has it: the calls that were done, in order. */
  state: number[] = [];
  /** What it has done of that and not told of yet. */
  #unrecorded: number[] = [];
  readonly link: EngineLink = {
    flight: this.control,
    run: (batch) => {
      const [count = 0, slot = 0] = new Uint32Array(batch, 0, 2);
      const calls = [...new Uint32Array(batch, 4 * (2 + 4 * count))];
      const [project = 0] = new Uint32Array(batch, 8, 1);
      return this.#arrive(slot, calls, (words) => {
        const records = this.#records(project);
        const answer = answerOf(words);
        return records.length === 0 ? answer : { answer, records, jobs: [], clipboard: undefined };
      });
    },
    takeOver: (project, _word, _client, handover, slot) =>
      this.#arrive(slot, [handover as number], ([[status, text]]): PartAnswer => {
        const bytes = new Uint8Array(Buffer.from(text)).buffer;
        return { status, bytes, records: this.#records(project) };
      }),
    recover: async (_project, { tail }) => {
      this.state = tail.flatMap(numbersIn);
      return { sequence: this.state.length, unsaved: false };
    },
    readStore: () => Promise.reject(new Error('there is no store')),
    close: async () => {
      this.state = [];
    },
    stats: async () => ({ projects: 0, voxel_bytes: 0, requests: 0 }),
    setClipboard: () => {},
  };

  #records(project: number): Records[] {
    const bytes = new Uint8Array(Uint32Array.from(this.#unrecorded.splice(0)).buffer);
    return bytes.length === 0 ? [] : [{ project, sequence: this.state.length, bytes }];
  }

  #arrive<T>(
    slot: number,
    calls: readonly number[],
    encode: (words: [[number, string], ...[number, string][]]) => T,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const leave = () => this.arrived.splice(this.arrived.indexOf(arrived), 1);
      const arrived: Arrived = {
        ...{ slot, calls },
        answer: (count = calls.length) => {
          leave();
          const words = calls.slice(0, count).map((call, place) => this.#run(slot, place, call));
          resolve(encode(words as [[number, string]]));
        },
        reject: () => {
          leave();
          reject(new Error('it cannot cross'));
        },
      };
      this.arrived.push(arrived);
    });
  }

  #run(slot: number, place: number, call: number): [number, string] {
    const engine = new FlightControl(this.control.memory);
    engine.enter(slot);
    engine.begin(place);
    try {
      engine.check();
      this.ran.push(call);
      if (this.edits(call)) {
        this.state.push(call);
        this.#unrecorded.push(call);
      }
      return [STATUS_RESULT + (this.unsaved ? UNSAVED_FLAG : 0), String(call)];
    } catch (error) {
      this.ran.push(-call);
      return [STATUS_ERROR, (error as GoxError).code];
    }
  }
}

/** A session as plain as it can be: its calls go in order, and it notes what becomes of each. */
export class PlainSource implements Source, Waiter {
  readonly client = 1;
  readonly waiting: Call[] = [];
  readonly outcomes = new Map<number, string[]>();
  /** Calls given at a time; 0 while it is held back. */
  most = Number.POSITIVE_INFINITY;
  #standing = false;
  readonly #stand: () => void;

  constructor(stand: (source: PlainSource) => void) {
    this.#stand = () => stand(this);
  }

  add(call: Call): void {
    this.waiting.push(call);
    this.stand();
  }

  stand(): void {
    const [first] = this.waiting;
    if (this.#standing || first === undefined || this.most === 0) return;
    if (first.project.replaying) {
      first.project.waiters.add(this);
      return;
    }
    this.#standing = true;
    this.#stand();
  }

  /** As who waits for a project. */
  unbarred(): void {
    this.stand();
  }

  wants(): boolean {
    return true;
  }

  take(_engine: number, count_max: number): Call[] {
    this.#standing = false;
    const held = this.waiting.findIndex(({ project }) => project.replaying);
    const ready = held < 0 ? this.waiting.length : held;
    const calls = this.waiting.splice(0, Math.min(count_max, this.most, ready));
    this.stand();
    return calls;
  }

  putBack(calls: readonly Call[]): void {
    this.waiting.unshift(...calls);
    this.stand();
  }

  answer(call: Call, _status: number, bytes: Uint8Array, start: number, end: number): void {
    this.#note(call, Buffer.from(bytes.subarray(start, end)).toString());
  }

  fail(call: Call, error: GoxError): void {
    this.#note(call, error.code);
  }

  expire(): void {}

  flush(): void {
    this.stand();
  }

  #note(call: Call, outcome: string): void {
    const number = numberOf(call);
    this.outcomes.set(number, [...(this.outcomes.get(number) ?? []), outcome]);
  }
}

export function numberOf({ params }: Call): number {
  return new Uint32Array(params.slice().buffer)[0]!;
}

/** @param stopping whether the daemon ends when the queue does */
export async function playedQueue(flights_max: number, stopping = true) {
  const config = await configWith(() => {});
  const clock = { ms: 0, now_ms: () => clock.ms };
  const registry = {
    ...{ calls: new Map(), clock, projects: testProjects(1, 10), clipboard: undefined },
    ...{ handovers: new Map(), quarantine: testQuarantine(clock), stopping: () => stopping },
  } as unknown as CallsRegistry;
  const reports: EngineEvent[] = [];
  const logic = callsEffect(registry, flights_max);
  const machine = setup({ actors: { logic } }).createMachine({
    invoke: { id: 'queue', src: 'logic', input: { index: 0, config } },
    on: { '*': { actions: ({ event }) => reports.push(event as EngineEvent) } },
  });
  const begin = () => {
    actors.push(createActor(machine).start());
    return registry.calls.get(0)!;
  };
  const actors: AnyActorRef[] = [];
  const calls = begin();
  const project = registry.projects.find(CURRENT_PROJECT, {});
  registry.projects.begin(project);
  let last = 0;
  return {
    ...{ actor: actors[0]!, calls, clock, reports, project, projects: registry.projects },
    /** Another queue of the engine begins. */
    begin,
    /** The queue ends, and another one begins. */
    replace() {
      actors.at(-1)!.stop();
      begin();
    },
    /** Tells the queue that is there. */
    send: (event: CallsEvent) => registry.calls.get(0)!.send(event),
    source: () =>
      new PlainSource((source) => registry.calls.get(0)?.send({ type: 'work.ready', source })),
    /** A call, and its number. */
    call(spec: Call['spec'] = { edits: true }): Call {
      last += 1;
      const params = new Uint8Array(Uint32Array.of(last).buffer);
      return { method: 1, params, since_ms: 0, project, spec };
    },
  };
}

/** Lets what was answered reach the queue. */
export function landed(): Promise<void> {
  return new Promise(setImmediate);
}
