/** Sessions of clients before one engine, which does what the test says. */

import { createActor } from 'xstate';
import type { About } from '../../actors/about.ts';
import { Admission } from '../../actors/connection/admission.ts';
import type { SessionHandle, SessionRequest } from '../../actors/connection/request.ts';
import { requestsEffect } from '../../actors/connection/requests.ts';
import type { SessionDeps } from '../../actors/connection/session.ts';
import { type OpenConnection, Sessions } from '../../actors/connection/sessions.ts';
import type { Call, Source, Status } from '../../actors/engines/call.ts';
import type { CallsEvent } from '../../actors/engines/registry.ts';
import { GoxError } from '../../conf/errors.ts';
import { findMethod } from '../../engine/catalogue/methods.ts';
import { QUIET_FLAG, STATUS_RESULT } from '../../engine/port/layout.ts';
import { Ledger } from '../../transport/ledger.ts';
import { Replies } from '../../transport/replies.ts';
import { FakeOutput } from './fake-output.ts';
import { configWith } from './probe.ts';
import { testProjects, testQuarantine } from './projects.ts';

/** A daemon with one engine, which does what the test says. */
export async function stage() {
  const config = await configWith(() => {});
  const projects = testProjects(1, 10);
  const line: Source[] = [];
  const told: CallsEvent[] = [];
  const jobs = new Set<Call>();
  const defects: About[] = [];
  const onRequestDefect = (about: About) => defects.push(about);
  const idleSessions = { started() {}, ended() {} };
  const owners = new Map<Call, Source>();
  const queue = {
    send(event: CallsEvent) {
      if (event.type === 'work.ready') line.push(event.source);
      else told.push(event);
    },
  };
  const connections = new Map<number, OpenConnection>();
  const queues = new Map([[0, queue]]);
  const deps = {
    ...{
      projects,
      connections,
      clipboard: undefined,
      handovers: new Map(),
      quarantine: testQuarantine({ now_ms: () => 0 }),
      calls: queues,
    },
    clock: { now_ms: () => performance.now() },
    deadlines: { forget() {} },
    jobs: {
      cancelCall(call: Call, why: GoxError) {
        if (!jobs.delete(call)) return false;
        owners.get(call)?.fail(call, why);
        return true;
      },
      runs: (call: Call) => jobs.has(call),
      hasJobs: () => jobs.size > 0,
      open() {},
      close() {},
    },
  } as unknown as SessionDeps;

  function connect(name: string) {
    const number = connections.size;
    const output = new FakeOutput();
    const ledger = new Ledger({ limits: { held_bytes_max: 1e9 } });
    const replies = new Replies(output, () => 'text', config, ledger, {
      ...{ flow() {}, idle() {}, failed() {} },
      unblocked: () => sessions.resume(),
    });
    const sessions = new Sessions(replies, () => {});
    connections.set(number, { replies, sessions });
    const handles: SessionHandle[] = [];
    const attach = sessions.attach.bind(sessions);
    sessions.attach = (of, handle) => {
      handles.push(handle);
      attach(of, handle);
    };
    const share = new Admission(config, deps.clock).open();
    const actor = createActor(requestsEffect({ ...deps, onRequestDefect, idleSessions }), {
      ...{ id: 'requests', input: { number, config, session: name } },
    });
    actor.start();
    const ask = (method: string, id: number | 'none' = 1, given = '') => {
      const { index, spec } = findMethod(method)!;
      const bytes = id === 'none' ? undefined : Buffer.from(String(id));
      const quiet = id === 'none' ? QUIET_FLAG : 0;
      const rest = { params: Buffer.from(given), project: undefined, meta: undefined };
      const one = { kind: 'request', encoding: 'json', id: bytes, method, ...rest } as const;
      const place = replies.place(one, undefined, 0);
      const request: SessionRequest = {
        ...{ method: index | quiet, params: rest.params, since_ms: performance.now() },
        ...{ project: undefined, spec, reply: place, share, waits: false },
      };
      actor.send({ type: 'session.submit', requests: [request] });
    };
    return { ask, output, replies, sessions, actor, handle: handles[0]! };
  }

  /** What the engine gets when it asks all that stand in line. */
  function depart(): Call[] {
    const calls: Call[] = [];
    for (const source of line.splice(0)) {
      for (const call of source.take(0, 100, 1e6)) {
        owners.set(call, source);
        calls.push(call);
      }
    }
    return calls;
  }

  function answer(call: Call, text = '{}', status: Status = STATUS_RESULT) {
    const bytes = Buffer.from(text);
    owners.get(call)!.answer(call, status, bytes, 0, bytes.length);
    call.project.heard(false);
    owners.get(call)!.flush();
  }

  function fail(call: Call) {
    owners.get(call)!.fail(call, new GoxError('GOX_FILE', 'no such file'));
    owners.get(call)!.flush();
  }

  /** All of one session. */
  function putBack(calls: readonly Call[]) {
    const source = owners.get(calls[0]!)!;
    source.putBack(calls);
    source.flush();
  }

  return { projects, connect, depart, answer, fail, putBack, told, jobs, queues, defects };
}

export const ids = ({ output }: { output: FakeOutput }) => output.replies.map(({ id }) => id);
export const codes = ({ output }: { output: FakeOutput }) =>
  output.replies.map(({ error }) => error?.data.code ?? 'result');
