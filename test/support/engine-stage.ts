/**
 * Connections and their sessions, from the bytes of requests to a queue that is played by the test:
 * it takes calls when told, answers them, fails them or puts them back.
 */

import { pino } from 'pino';
import { type AnyActorRef, createActor, SimulatedClock } from 'xstate';
import type { About } from '../../actors/about.ts';
import { Admission } from '../../actors/connection/admission.ts';
import { Deadlines } from '../../actors/connection/deadlines.ts';
import { Intake } from '../../actors/connection/intake.ts';
import { newCounters } from '../../actors/connection/intake-deps.ts';
import type { DepartedRequest } from '../../actors/connection/request.ts';
import { requestsEffect } from '../../actors/connection/requests.ts';
import type { SessionDeps } from '../../actors/connection/session.ts';
import { type OpenConnection, Sessions } from '../../actors/connection/sessions.ts';
import type { Call, Source } from '../../actors/engines/call.ts';
import type { CallsEvent } from '../../actors/engines/registry.ts';
import { Hooks } from '../../actors/hooks.ts';
import { Tracer } from '../../actors/tracing/tracer.ts';
import type { Trail } from '../../actors/tracing/trail.ts';
import { figuresOf } from '../../actors/vitals.ts';
import { GoxError } from '../../conf/errors.ts';
import type { Config } from '../../conf/schema.ts';
import type { Caller } from '../../transport/caller.ts';
import { EnvelopeReader } from '../../transport/envelope.ts';
import { Framer } from '../../transport/framing.ts';
import { Ledger } from '../../transport/ledger.ts';
import { Replies } from '../../transport/replies.ts';
import { Tokens } from '../../transport/tokens.ts';
import { FakeOutput } from './fake-output.ts';
import { configWith } from './probe.ts';
import { testProjects, testQuarantine } from './projects.ts';
import { testClock } from './test-clock.ts';

type Dispatch = (method: string, params: unknown, caller: Caller) => unknown;

/** Of the methods of the daemon only cancelling does something. */
const cancelling: Dispatch = (method, params, caller) =>
  method === '$/cancelRequest' ? caller.cancel((params as { id: unknown }).id) : {};

export async function engineStage(
  adjust: Parameters<typeof configWith>[0],
  dispatch: Dispatch = cancelling,
) {
  const config = await configWith(adjust);
  const time = new SimulatedClock();
  const clock = testClock(time);
  const admission = new Admission(config, clock);
  const defects: unknown[] = [];
  const deadlines = new Deadlines(clock, (error) => defects.push(error));
  const line: Source[] = [];
  /** What was told to stop, and why. */
  const cancelled: { readonly call: Call; readonly why: GoxError }[] = [];
  const owners = new Map<Call, Source>();
  const jobs = new Map<Call, GoxError | undefined>();
  const queue = {
    send(event: CallsEvent) {
      if (event.type === 'work.ready') line.push(event.source);
      if (event.type === 'call.cancel') cancelled.push(event);
    },
  };
  const connections = new Map<number, OpenConnection>();
  const deps = {
    ...{
      projects: testProjects(1, 10),
      connections,
      clock,
      deadlines,
      clipboard: undefined,
      handovers: new Map(),
      quarantine: testQuarantine({ now_ms: () => 0 }),
    },
    calls: new Map([[0, queue]]),
    jobs: {
      cancelCall(call: Call, why: GoxError) {
        if (jobs.has(call)) jobs.set(call, jobs.get(call) ?? why);
        return jobs.has(call);
      },
      runs: (call: Call) => jobs.has(call),
      hasJobs: () => jobs.size > 0,
      open() {},
      close() {},
    },
  } as unknown as SessionDeps;
  const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));
  const intakeDeps = {
    ...{ config, clock, admission, deadlines, reader: new EnvelopeReader(config) },
    dispatch: (method: string, params: unknown, caller: Caller) => {
      const result = dispatch(method, params, caller);
      return result instanceof Promise ? result.then(bytes) : bytes(result);
    },
    counters: newCounters(),
    ...{ tokens: new Tokens(), onTokenRefused() {} },
    onDefect: ({ method }: About, error: unknown) => defects.push(`${method}: ${error}`),
  };
  let numbers = 0;
  const hooks = new Hooks((error) => defects.push(error));
  const tracer = new Tracer({ config, log: pino({ enabled: false }), hooks });
  const base = { next: () => ++numbers, config, clock, connections, deps, intakeDeps, defects };
  const parts = { ...base, tracer };

  /** Asks all that stand in line for at most so many calls. */
  function depart(count_max = 100): Call[] {
    const all: Call[] = [];
    for (const source of line.splice(0)) {
      for (const call of source.take(0, count_max, 1e6)) {
        owners.set(call, source);
        call.reply?.way?.started(0);
        all.push(call);
      }
    }
    return all;
  }
  const owner = (call: Call) => owners.get(call)!;
  const settle = (call: Call, how: (source: Source) => void) => {
    how(owner(call));
    owner(call).flush();
  };
  const answer = (call: Call, text = '{}') =>
    settle(call, (source) => source.answer(call, 0, Buffer.from(text), 0, text.length));
  const fail = (call: Call, why = new GoxError('GOX_FILE', 'no such file')) =>
    settle(call, (source) => source.fail(call, why));
  const putBack = (calls: readonly Call[]) => settle(calls[0]!, (source) => source.putBack(calls));
  /** The call that a request of this id became. */
  const callOf = (id: number) =>
    [...owners.keys()].find((call) => {
      const { reply } = call as DepartedRequest;
      return reply.id !== undefined && Buffer.from(reply.id).toString() === String(id);
    });
  /** All that stand in line look which of their requests have waited since before a time. */
  const expire = (time_ms: number) => {
    for (const source of line) source.expire(time_ms);
  };
  /** Time passes, a millisecond at a time. */
  const pass = (time_ms: number) => {
    for (let i = 0; i < time_ms; i += 1) time.increment(1);
  };
  return {
    ...{
      config,
      time,
      pass,
      admission,
      deadlines,
      cancelled,
      jobs,
      owner,
      callOf,
      expire,
      defects,
      hooks,
      tracer,
    },
    ...{ connect: () => new StageClient(parts), depart, answer, fail, putBack },
  };
}

/** Who hears of a session; here nobody does. */
const NOBODY = { onRequestDefect: () => {}, idleSessions: { started() {}, ended() {} } };

interface StageParts {
  /** Numbers connections. */
  readonly next: () => number;
  readonly config: Config;
  readonly connections: Map<number, OpenConnection>;
  readonly deps: SessionDeps;
  readonly intakeDeps: ConstructorParameters<typeof Intake>[0];
  readonly defects: unknown[];
  readonly tracer: Tracer;
}

/** One connection. */
export class StageClient {
  readonly output = new FakeOutput();
  readonly sessions: Sessions;
  readonly intake: Intake;
  readonly replies: Replies;
  readonly trail: Trail;
  readonly #number: number;
  readonly #parts: StageParts;
  readonly #framer: Framer;
  readonly #actors: AnyActorRef[] = [];
  #last = 0;

  constructor(parts: StageParts) {
    const { config, connections, intakeDeps, defects } = parts;
    this.#parts = parts;
    this.#number = parts.next();
    this.trail = parts.tracer.open(this.#number, 'unix', { bytesRead: 0, bytesWritten: 0 });
    this.#framer = new Framer(config);
    this.replies = new Replies(
      this.output,
      () => this.#framer.framing,
      config,
      new Ledger(config),
      {
        ...{ flow() {}, idle() {}, failed: (error) => defects.push(error) },
        unblocked: () => this.sessions.resume(),
      },
    );
    const { replies } = this;
    this.sessions = new Sessions(replies, ({ session }) => this.#begin(session));
    const { sessions } = this;
    connections.set(this.#number, { replies, sessions });
    this.intake = new Intake(intakeDeps, {
      ...{ replies, sessions, name: String(this.#number), address: '', guest: false },
      ...{ trust: 'full', authenticated() {}, finish() {}, trail: this.trail },
      failed: (error) => defects.push(error),
    });
  }

  /** Requests that wait in its sessions, as these count them. */
  get waiting(): number {
    let sum = 0;
    for (const actor of this.#actors) sum += Number(figuresOf(actor)?.waiting ?? 0);
    return sum;
  }

  /** Sends requests in one piece; gives their ids. */
  ask(...requests: readonly object[]): number[] {
    const ids = requests.map(() => ++this.#last);
    const text = requests.map((one, i) => JSON.stringify({ jsonrpc: '2.0', id: ids[i], ...one }));
    this.send(`${text.join('\n')}\n`);
    return ids;
  }

  send(bytes: string | Uint8Array): void {
    this.intake.take(this.#framer.push(Buffer.from(bytes)));
    this.replies.flush();
  }

  /** What each id was answered with: `result`, or the code of an error; in order of the answers. */
  get outcomes(): [id: unknown, outcome: string][] {
    return this.output.replies.map(({ id, error }) => [id, error?.data.code ?? 'result']);
  }

  /** The session ends, as one that makes room for another does. */
  stopSessions(): void {
    for (const actor of this.#actors.splice(0)) actor.stop();
  }

  /** The client is gone. */
  leave(): void {
    this.replies.abandon();
    this.sessions.abandon();
    this.intake.abandon();
  }

  /** Nothing is left of it. */
  end(): void {
    this.stopSessions();
    this.intake.end();
    this.replies.end();
    this.trail.end();
    this.#parts.connections.delete(this.#number);
  }

  #begin(session: string): void {
    const { config, deps } = this.#parts;
    const input = { number: this.#number, config, session };
    const actor = createActor(requestsEffect({ ...deps, ...NOBODY }), { input });
    this.#actors.push(actor);
    actor.start();
  }
}
