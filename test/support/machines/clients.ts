/** The machines between a client's socket and its jobs, as the coverage begins them. */

import type { AnyActorRef } from 'xstate';
import type { Config } from '../../../conf/schema.ts';
import {
  type ConnectionInput,
  connectionMachine,
  type SocketCommand,
} from '../../../machines/connection.ts';
import { type JobCommand, jobMachine } from '../../../machines/job.ts';
import {
  type ListenerInput,
  listenerMachine,
  numbersMax,
  type ServerCommand,
} from '../../../machines/listener.ts';
import { Crowd } from '../../../machines/places.ts';
import {
  type SessionCommand,
  type SessionInput,
  sessionMachine,
} from '../../../machines/session.ts';
import { dynamic } from '../../../machines/supervision/index.ts';
import { DEFECT, fakeEffect } from '../fake-effect.ts';
import { configWith, probe } from '../probe.ts';
import { ENOUGH, JOB } from './small.ts';
import { type Subject, type Watch, walker } from './stage.ts';

export const CONFIG: Config = await configWith(({ performance }) => {
  performance.shutdown_timeout_ms = 3000;
  performance.max_connections = 2;
});

const WORK = [{ type: 'work.begun' }, { type: 'work.ended' }] as const;

interface ClientOptions {
  /** Whether the logic that has connections fails with the next one. */
  readonly isBroken?: () => boolean;
}

/** Fakes for all effects between a client and its jobs, and the machines with these in them. */
export function clientMachines({ isBroken = () => false }: ClientOptions = {}) {
  const server = fakeEffect<ServerCommand, ListenerInput>();
  const socket = fakeEffect<SocketCommand, ConnectionInput>();
  const requests = fakeEffect<SessionCommand, SessionInput>();
  const work = fakeEffect<JobCommand, { number: number }>();
  const job = jobMachine.provide({ actors: { work: work.logic } });
  const session = sessionMachine.provide({ actors: { requests: requests.logic, job } });
  const connection = connectionMachine.provide({ actors: { socket: socket.logic, session } });
  const now_ms = () => {
    if (isBroken()) throw new Error(DEFECT);
    return 0;
  };
  const connections = dynamic({ logics: { connection }, now_ms });
  const listener = listenerMachine.provide({ actors: { server: server.logic, connections } });
  return { server, socket, requests, work, job, session, connection, listener };
}

export const SESSION: SessionInput = { number: 3, config: CONFIG, session: 'tower' };

function session(watch: Watch, input = SESSION) {
  const { session: machine, requests, work } = clientMachines();
  const probed = probe(machine, input, watch);
  const child = (id: string) => (probed.snapshot().children as Children)[id]!;
  return { ...probed, requests, work, child };
}

type Children = Readonly<Record<string, AnyActorRef | undefined>>;

export const sessionSubject: Subject = {
  machine: sessionMachine,
  inputs: [SESSION],
  said: [{ type: 'job.needed', job: JOB }, { type: 'session.end' }, ...WORK],
  begin: (input, watch) => {
    const one = session(watch, input as SessionInput);
    return walker(one, [[one.requests, /^(job|work)\./]]);
  },
  lives: {
    'a job ends, and one that fails, and then the session': (watch) => {
      const { requests, work, child, send } = session(watch);
      for (let jobs = 0; jobs < 2; jobs += 1) requests.say({ type: 'job.needed', job: JOB });
      work.breakDown();
      child('job:0').send({ type: 'job.cancel', why: ENOUGH });
      send({ type: 'session.end' });
      child('job:0').send({ type: 'parts.stopped' });
    },
    'is not kept by a job for ever, nor ended twice': (watch) => {
      const { requests, send } = session(watch);
      requests.say({ type: 'job.needed', job: JOB });
      send({ type: 'session.end' });
      send({ type: 'session.end' });
      while (watch.clock.next());
    },
  },
};

export const CONNECTION: ConnectionInput = {
  ...{ number: 3, accepted: 7, guest: false, trust: 'full', config: CONFIG },
  places: { release() {} },
};

function connection(watch: Watch, input = CONNECTION) {
  const { connection: machine, ...fakes } = clientMachines();
  return { ...fakes, ...probe(machine, input, watch) };
}

export const needed = (slot: number) => ({
  ...({ type: 'session.needed', session: `p${slot}`, slot, retire: false } as const),
});

export const connectionSubject: Subject = {
  machine: connectionMachine,
  inputs: [
    ...[CONNECTION, { ...CONNECTION, guest: true }],
    ...[false, true].map((guest) => ({ ...CONNECTION, guest, trust: 'token' })),
  ],
  said: [
    ...[{ type: 'connection.authenticated' }, { type: 'output.overdue' }],
    ...[
      needed(0),
      { type: 'sessions.unused' },
      { type: 'reading.paused' },
      { type: 'reading.resumed' },
      ...WORK,
    ],
    ...[{ type: 'frame.partial' }, { type: 'frame.whole' }, { type: 'input.ended' }],
    ...[{ type: 'connection.yield' }, { type: 'socket.idle' }],
    ...[{ type: 'connection.hand_over' }, { type: 'connection.handed_over' }],
    ...[{ type: 'connection.take_back' }, { type: 'connection.leave' }],
    ...[false, true].map((under_way) => ({ type: 'socket.closed', under_way, idle: !under_way })),
    { type: 'socket.closed', under_way: false, idle: false },
    ...[false, true].map((now) => ({ type: 'child.stop', now })),
  ],
  begin: (input, watch) => {
    const one = connection(watch, input as ConnectionInput);
    return walker(one, [[one.socket, /^(?!child|connection)/]]);
  },
  lives: {
    'a request whose rest does not come': (watch) => {
      connection(watch).send({ type: 'frame.partial' });
      while (watch.clock.now() < CONFIG.limits.partial_frame_timeout_ms && watch.clock.next());
    },
    'one that cannot be handed over, and asks on': (watch) => {
      connection(watch).send({ type: 'connection.leave' });
      while (watch.clock.next());
    },
    'a session that begins after the others were told to end': (watch) => {
      const { socket, requests } = connection(watch);
      socket.say(needed(0));
      requests.say({ type: 'job.needed', job: JOB });
      socket.say({ type: 'socket.closed', under_way: true, idle: false });
      while (watch.clock.now() < CONFIG.performance.request_timeout_ms && watch.clock.next());
      socket.say(needed(1));
      while (watch.clock.next());
    },
  },
};

export const LISTENER: ListenerInput = {
  kind: 'unix',
  crowd: new Crowd(() => numbersMax(CONFIG)),
  config: CONFIG,
};

function listener(watch: Watch, input = LISTENER) {
  const { listener: machine, ...fakes } = clientMachines();
  return { ...fakes, ...probe(machine, input, watch) };
}

export const accepted = (number: number, idlest?: { number: number; idle_ms: number }) => ({
  ...{ type: 'socket.accepted' as const, accepted: number, idlest },
});

export const listenerSubject: Subject = {
  machine: listenerMachine,
  inputs: [LISTENER],
  said: [
    ...[{ type: 'server.listening', address: '/here' }, { type: 'server.gone' }],
    ...[{ type: 'server.closed' }, accepted(1)],
    { type: 'child.stop', now: false },
    // Of a connection that there is not: nothing is to follow.
    { type: 'dynamic.ended', number: 9 },
  ],
  begin: (input, watch) => {
    const one = listener(watch, input as ListenerInput);
    return walker(one, [[one.server, /^(server|socket)\./]]);
  },
  lives: {
    'takes who there is a place for, and turns the rest away': (watch) => {
      const { server, socket } = listener(watch);
      const { idle_yield_ms } = CONFIG.limits;
      for (const number of [1, 2]) server.say(accepted(number));
      server.say(accepted(3, { number: 0, idle_ms: idle_yield_ms }));
      for (const number of [4, 5, 6]) server.say(accepted(number));
      socket.say({ type: 'input.ended' });
      socket.say({ type: 'socket.idle' });
      socket.say({ type: 'socket.closed', under_way: false, idle: false });
    },
    'waits for its connections, before its server or after it': (watch) => {
      for (const first of ['server', 'connection'] as const) {
        const { server, socket, send } = listener(watch);
        server.say(accepted(1));
        send({ type: 'child.stop', now: false });
        if (first === 'server') server.say({ type: 'server.closed' });
        socket.say({ type: 'socket.closed', under_way: false, idle: false });
        if (first === 'connection') server.say({ type: 'server.closed' });
      }
    },
  },
};
