/** A connection's socket with its effect, without a system or a machine behind it. */

import { setImmediate as turn } from 'node:timers/promises';
import { pino } from 'pino';
import { type AnyEventObject, createActor, createMachine, sendTo } from 'xstate';
import { Admission } from '../../actors/connection/admission.ts';
import { Deadlines } from '../../actors/connection/deadlines.ts';
import { newCounters } from '../../actors/connection/intake-deps.ts';
import type { PlacedConnection } from '../../actors/connection/sessions.ts';
import type { SocketDeps } from '../../actors/connection/socket.ts';
import { socketEffect } from '../../actors/connection/socket-effect.ts';
import { Hooks } from '../../actors/hooks.ts';
import { Tracer } from '../../actors/tracing/tracer.ts';
import { LiveConfig } from '../../conf/live.ts';
import type { Config } from '../../conf/schema.ts';
import type { ConnectionInput, SocketCommand } from '../../machines/connection.ts';
import type { Caller } from '../../transport/caller.ts';
import { EnvelopeReader } from '../../transport/envelope.ts';
import { Failures } from '../../transport/failures.ts';
import { Ledger } from '../../transport/ledger.ts';
import { Tokens } from '../../transport/tokens.ts';
import { FakeSocket } from './fake-socket.ts';
import { configWith } from './probe.ts';

type Limits = Partial<Config['limits']>;

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));

/** What the connection is beside its limits. */
interface Connected {
  readonly trust?: ConnectionInput['trust'];
  readonly tokens?: Tokens;
  readonly clock?: SocketDeps['clock'];
  /** What happens to its socket before it is taken. */
  readonly waited?: (socket: FakeSocket) => Promise<void>;
}

const CLOCK: SocketDeps['clock'] = {
  now_ms: () => performance.now(),
  setTimeout: (action: () => void, wait_ms: number) => setTimeout(action, wait_ms) as never,
  clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout),
};

/** A client that is connected; what its daemon answers with. */
export async function connected(
  limits: Limits = {},
  dispatch?: (caller: Caller, method: string) => unknown,
  { trust = 'full', tokens = new Tokens(), clock = CLOCK, waited }: Connected = {},
) {
  const config = new LiveConfig(await configWith((one) => void Object.assign(one.limits, limits)));
  const socket = new FakeSocket();
  await waited?.(socket);
  const ledger = new Ledger(config);
  const connections = new Map<number, PlacedConnection>();
  const defects: unknown[] = [];
  const refused: string[][] = [];
  const overdue: unknown[][] = [];
  const hooks = new Hooks();
  const tracer = new Tracer({ config, log: pino({ enabled: false }), hooks });
  const logic = socketEffect({
    ...{ config, connections, ledger, reader: new EnvelopeReader(config) },
    failures: new Failures(),
    tracer,
    sockets: new Map([[9, socket.asSocket()]]),
    counters: newCounters(),
    ...{
      clock,
      admission: new Admission(config, clock),
      deadlines: new Deadlines(clock, () => {}),
    },
    dispatch: (method, params, caller) => {
      const result = dispatch === undefined ? params : dispatch(caller, method);
      return result instanceof Promise ? result.then(bytes) : bytes(result ?? {});
    },
    ...{ tokens, onTokenRefused: (...who: string[]) => refused.push(who) },
    onOutputOverdue: (...what: unknown[]) => overdue.push(what),
    onDefect: (_, error) => defects.push(error),
    onConnectionDefect: (_, error) => defects.push(error),
  });
  const input = { number: 3, accepted: 9, guest: false, trust, config };
  const heard: AnyEventObject[] = [];
  // The machine of a connection, as far as it concerns the socket.
  const machine = createMachine({
    invoke: { id: 'socket', src: logic, input },
    on: {
      'xstate.*': {},
      do: { actions: sendTo('socket', ({ event }) => (event as AnyEventObject).command) },
      '*': { actions: ({ event }) => heard.push(event) },
    },
  });
  const actor = createActor(machine).start();
  const tell = (command: SocketCommand) => actor.send({ type: 'do', command });
  const send = async (...requests: object[]) => {
    for (const one of requests) socket.send(`${JSON.stringify({ jsonrpc: '2.0', ...one })}\n`);
    await turn();
    // On a busy machine each takes a turn of its own.
    for (const _ of requests) await turn();
  };
  /** Puts other limits in the place of those there are. */
  const replace = (next: Limits) =>
    config.replace({ ...config.toJSON(), limits: { ...config.limits, ...next } });
  const told = () => heard.map(({ type }) => type);
  const close = () => {
    actor.stop();
    socket.destroy();
  };
  const kept = { socket, ledger, connections, defects, refused, overdue, hooks, tracer };
  return { ...kept, heard, told, tell, send, replace, close };
}
