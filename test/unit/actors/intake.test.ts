/** What becomes of requests about the daemon itself: at once, later, never, and by a defect. */

import { setImmediate as turn } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SimulatedClock } from 'xstate';
import type { About } from '../../../actors/about.ts';
import { Admission } from '../../../actors/connection/admission.ts';
import { Deadlines } from '../../../actors/connection/deadlines.ts';
import { Intake } from '../../../actors/connection/intake.ts';
import { newCounters } from '../../../actors/connection/intake-deps.ts';
import { Sessions } from '../../../actors/connection/sessions.ts';
import { GoxError } from '../../../conf/errors.ts';
import type { Caller } from '../../../transport/caller.ts';
import { EnvelopeReader } from '../../../transport/envelope.ts';
import { Framer } from '../../../transport/framing.ts';
import { Ledger } from '../../../transport/ledger.ts';
import { Replies } from '../../../transport/replies.ts';
import { Tokens } from '../../../transport/tokens.ts';
import { FakeOutput } from '../../support/fake-output.ts';
import { configWith } from '../../support/probe.ts';
import { testClock } from '../../support/test-clock.ts';

/** Gives the result of a method, as its value or a promise of it. */
type Answer = (caller: Caller, method: string, params: unknown) => unknown;

/** A connection whose daemon answers so. */
async function stage(answer: Answer, guest = false, in_flight_max = 3) {
  const config = await configWith(({ limits, performance }) => {
    performance.request_timeout_ms = 1000;
    limits.job_timeout_ms = 5000;
    limits.requests_in_flight_max = in_flight_max;
  });
  const output = new FakeOutput();
  const time = new SimulatedClock();
  const timers = new Set<unknown>();
  const clock = testClock(time, timers);
  let idle = 0;
  const events = { flow() {}, unblocked() {}, idle: () => void idle++, failed() {} };
  const replies = new Replies(output, () => 'text', config, new Ledger(config), events);
  const sessions = new Sessions(replies, () => {});
  const defects: string[] = [];
  const failures: unknown[] = [];
  const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));
  const deps = {
    ...{ config, reader: new EnvelopeReader(config) },
    dispatch: (method: string, params: unknown, caller: Caller) => {
      const result = answer(caller, method, params);
      return result instanceof Promise ? result.then(bytes) : bytes(result);
    },
    counters: newCounters(),
    ...{
      clock,
      admission: new Admission(config, clock),
      deadlines: new Deadlines(clock, () => {}),
    },
    ...{ tokens: new Tokens(), onTokenRefused() {} },
    onDefect: ({ method }: About, error: unknown) => defects.push(`${method}: ${error}`),
  };
  const intake = new Intake(deps, {
    ...{ replies, sessions, name: '7', address: '', guest, trust: 'full' },
    ...{ authenticated() {}, finish() {} },
    failed: (error) => failures.push(error),
  });
  const framer = new Framer(config);
  /** Sends requests and lets promises settle. */
  const ask = async (...requests: object[]) => {
    const text = requests.map((one) => JSON.stringify({ jsonrpc: '2.0', ...one })).join('\n');
    intake.take(framer.push(Buffer.from(`${text}\n`)));
    replies.flush();
    // On a busy machine each takes a turn of its own.
    for (const _ of requests) await turn();
  };
  const said = () => output.replies.map(({ id, result, error }) => [id, result ?? codeOf(error)]);
  return { intake, replies, output, time, timers, defects, failures, ask, said, idle: () => idle };
}

const codeOf = (error: { data: { code: string } } | undefined) => error?.data.code;

/** A promise with its ends. */
function deferred() {
  let resolve = (_: unknown) => {};
  let reject = (_: unknown) => {};
  const promise = new Promise((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

const PING = { method: 'ping', id: 1 };
const CANCEL = { method: '$/cancelRequest', params: { id: 1 } };
const once = suite('intake: answers at once');

once('a defect of a method is answered, reported, and not shown to the client', async () => {
  const { ask, output, defects } = await stage(() => {
    throw new TypeError('secret');
  });
  await ask(PING);
  assert.is(codeOf(output.replies[0]?.error), 'GOX_INTERNAL');
  assert.not.match(output.text, 'secret');
  assert.equal(defects, ['ping: TypeError: secret']);
});

once('an error of the catalogue is answered as it is, and is no defect', async () => {
  const { ask, output, defects } = await stage(() => {
    throw new GoxError('GOX_OVERLOADED', 'not now');
  });
  await ask(PING);
  assert.is(output.replies[0]?.error?.message, 'not now');
  assert.equal(defects, []);
});

once('results are answered under their ids, in order and in one write', async () => {
  const { ask, output, said } = await stage((_, method) => ({ method }));
  const { now } = performance;
  // A turn has a few milliseconds, which a busy machine may need for less than this.
  performance.now = () => 1;
  await ask(PING, { method: 'status', id: 'b' }).finally(() => {
    performance.now = now;
  });
  assert.equal(said(), [
    [1, { method: 'ping' }],
    ['b', { method: 'status' }],
  ]);
  assert.is(output.writes.length, 1);
});

once('a method knows who asks', async () => {
  const seen: unknown[] = [];
  const look: Answer = ({ connection, framing, encoding, rights, trace, signal }) =>
    seen.push({ connection, framing, encoding, rights, trace, aborted: signal.aborted });
  const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const traced = (traceparent: string) => ({ ...PING, params: { _meta: { traceparent } } });
  const { ask } = await stage(look);
  await ask(traced(trace));
  await ask(traced(trace.replace('00-', 'ff-')));
  const guest = await stage(look, true);
  await guest.ask(PING);
  const known = { connection: '7', framing: 'text', encoding: 'json', aborted: false };
  assert.equal(seen, [
    { ...known, rights: { level: 'admin', guest: false, token: '' }, trace },
    { ...known, rights: { level: 'admin', guest: false, token: '' }, trace: undefined },
    { ...known, rights: { level: 'admin', guest: true, token: '' }, trace: undefined },
  ]);
});

once('a deadline that cannot be is refused', async () => {
  const { ask, output } = await stage(() => 1);
  for (const timeout_ms of [0, 1.5, '9']) await ask({ ...PING, params: { _meta: { timeout_ms } } });
  await ask({ ...PING, params: { _meta: { timeout_ms: 5000, progressToken: 3 } } });
  assert.equal(
    output.replies.map(({ error, result }) => error?.message ?? result),
    [
      'params._meta.timeout_ms: expected an integer of at least 1, got 0',
      'params._meta.timeout_ms: expected an integer of at least 1, got 1.5',
      'params._meta.timeout_ms: expected an integer of at least 1, got "9"',
      1,
    ],
  );
});

once('a request that was not begun in its own time is not begun', async () => {
  const begun: string[] = [];
  const { ask, output, replies, intake, time, said } = await stage((_, method) =>
    begun.push(method),
  );
  output.reads = false;
  output.unread_bytes = 2 ** 30;
  replies.account();
  await ask({ ...PING, params: { _meta: { timeout_ms: 50 } } }, { method: 'status', id: 2 });
  time.increment(50);
  output.readAll();
  replies.account();
  intake.resume();
  for (const _ of [1, 2]) await turn();
  assert.equal(said(), [
    [1, 'GOX_REQUEST_TIMEOUT'],
    [2, 1],
  ]);
  assert.equal(begun, ['status']);
});

once.run();

const later = suite('intake: answers later');

later('an id is read once, however often something is cancelled', async () => {
  const { ask, said } = await stage(() => new Promise(() => {}), false, 1000);
  const waiting = Array.from({ length: 100 }, (_, id) => ({ method: 'status', id: id + 1 }));
  await ask(...waiting);
  const { parse } = JSON;
  let read = 0;
  JSON.parse = (...given) => {
    read += 1;
    return parse(...given);
  };
  try {
    const cancel = { method: '$/cancelRequest', params: { id: 'nobody' } };
    await ask(...Array.from({ length: 50 }, () => cancel));
  } finally {
    JSON.parse = parse;
  }
  assert.ok(read <= 100 + 4 * 50, `${read} texts were read`);
  assert.equal(said(), []);
});

later('a method that waits holds up nobody, and is under way until it answers', async () => {
  const { promise, resolve } = deferred();
  const { ask, said, replies, idle, timers } = await stage((_, method) =>
    method === 'ping' ? promise : 2,
  );
  await ask(PING, { method: 'status', id: 2 });
  assert.equal(said(), [[2, 2]]);
  assert.is(replies.open, 1);
  assert.is(idle(), 0);
  resolve('there');
  await turn();
  assert.equal(said(), [
    [2, 2],
    [1, 'there'],
  ]);
  assert.is(replies.open, 0);
  assert.is(idle(), 1);
  assert.is(timers.size, 0, 'nothing is left of its deadline');
});

later('in a batch it keeps the batch waiting, and its place', async () => {
  const { promise, resolve } = deferred();
  const { intake, replies, output } = await stage((_, method) => (method === 'ping' ? promise : 2));
  const batch = [PING, { method: 'status', id: 2 }].map((one) => ({ jsonrpc: '2.0', ...one }));
  intake.take([{ kind: 'frame', encoding: 'json', bytes: Buffer.from(JSON.stringify(batch)) }]);
  replies.flush();
  await turn();
  assert.is(output.text, '');
  resolve(1);
  await turn();
  const [written] = output.replies as unknown as { id: number }[][];
  assert.equal(
    written?.map(({ id }) => id),
    [1, 2],
  );
});

later('counts among the requests under way', async () => {
  const { ask, said } = await stage(() => new Promise(() => {}));
  await ask(...[1, 2, 3, 4].map((id) => ({ ...PING, id })));
  assert.equal(said(), [[4, 'GOX_OVERLOADED']]);
});

later('is cancelled by its id, hears of it, and answers once', async () => {
  const { promise, resolve } = deferred();
  const reasons: unknown[] = [];
  const { ask, said } = await stage((caller, method, params) => {
    if (method === '$/cancelRequest') return caller.cancel((params as { id: unknown }).id);
    caller.signal.addEventListener('abort', () => reasons.push(caller.signal.reason.code));
    return promise;
  });
  await ask(PING, { ...CANCEL, id: 2 }, { ...CANCEL, id: 3 });
  resolve('late');
  await turn();
  assert.equal(said(), [
    [1, 'GOX_CANCELLED'],
    [2, true],
    [3, false],
  ]);
  assert.equal(reasons, ['GOX_CANCELLED']);
});

later('ends when its time is over, by the limit or by its own', async () => {
  const callers: Caller[] = [];
  const { ask, said, output, time } = await stage((caller) => {
    callers.push(caller);
    return new Promise(() => {});
  });
  await ask(PING, { ...PING, id: 2, params: { _meta: { timeout_ms: 3000 } } });
  await ask({ ...PING, id: 3, params: { _meta: { timeout_ms: 200 } } });
  time.increment(200);
  assert.equal(said(), [[3, 'GOX_REQUEST_TIMEOUT']]);
  time.increment(799);
  assert.is(said().length, 1);
  time.increment(1);
  time.increment(2000);
  assert.equal(
    output.replies.map(({ error }) => error?.message),
    [
      'The request did not end in the 200 ms of its own _meta.timeout_ms.',
      'The request did not end in performance.request_timeout_ms, 1000 ms.',
      'The request did not end in the 3000 ms of its own _meta.timeout_ms.',
    ],
  );
  assert.equal(
    callers.map(({ signal }) => signal.reason.code),
    ['GOX_REQUEST_TIMEOUT', 'GOX_REQUEST_TIMEOUT', 'GOX_REQUEST_TIMEOUT'],
    'a signal that is asked for late is aborted already',
  );
});

later('a rejection is an error of the catalogue or a defect', async () => {
  const { ask, said, output, defects } = await stage(async (_, method) => {
    if (method === 'ping') throw new GoxError('GOX_FILE', 'gone');
    throw new RangeError('secret');
  });
  await ask(PING, { method: 'status', id: 2 });
  assert.equal(said(), [
    [1, 'GOX_FILE'],
    [2, 'GOX_INTERNAL'],
  ]);
  assert.not.match(output.text, 'secret');
  assert.equal(defects, ['status: RangeError: secret']);
});

later('what fails after it was given up is a defect, but that it was given up is not', async () => {
  const ends = [deferred(), deferred(), deferred()];
  const { ask, intake, defects, failures } = await stage((_, __, params) => {
    return ends[(params as { at: number }).at]!.promise;
  });
  await ask(...[0, 1, 2].map((at) => ({ ...PING, id: at, params: { at } })));
  intake.giveUp(new GoxError('GOX_SHUTTING_DOWN', 'stopping'));
  ends[0]!.reject(new DOMException('aborted', 'AbortError'));
  ends[1]!.reject(new GoxError('GOX_CANCELLED', 'ended'));
  ends[2]!.reject(new Error('broken'));
  await turn();
  assert.equal(defects, ['ping: Error: broken']);
  assert.equal(failures, []);
});

later('ends with its client, unless nobody waits for it; and with its connection', async () => {
  const signals = new Map<unknown, AbortSignal>();
  const { ask, replies, intake, output } = await stage(({ signal }, _, params) => {
    signals.set((params as { of: string }).of, signal);
    return new Promise(() => {});
  });
  await ask({ ...PING, params: { of: 'request' } });
  await ask({ method: 'ping', params: { of: 'notification' } });
  const aborted = () => [...signals].map(([of, signal]) => [of, signal.aborted]);
  replies.abandon();
  intake.abandon();
  assert.equal(aborted(), [
    ['request', true],
    ['notification', false],
  ]);
  assert.is(replies.open, 1);
  intake.end();
  assert.equal(aborted()[1], ['notification', true]);
  assert.is(output.text, '');
});

later('is given up when the daemon stops', async () => {
  const { ask, intake, replies, said } = await stage(() => new Promise(() => {}));
  await ask(PING);
  intake.giveUp(new GoxError('GOX_SHUTTING_DOWN', 'stopping'));
  replies.flush();
  assert.equal(said(), [[1, 'GOX_SHUTTING_DOWN']]);
});

later('tells how far it is before it answers, each time at once', async () => {
  const { promise, resolve } = deferred();
  const { ask, output } = await stage(async (caller) => {
    assert.is(caller.notify('progress', { part: 0.5 }), true);
    await promise;
    caller.notify('progress');
    return 'done';
  });
  await ask(PING);
  assert.equal(output.replies, [{ jsonrpc: '2.0', method: 'progress', params: { part: 0.5 } }]);
  resolve(0);
  await turn();
  assert.equal(output.replies.slice(1), [
    { jsonrpc: '2.0', method: 'progress' },
    { jsonrpc: '2.0', id: 1, result: 'done' },
  ]);
});

later('is told when a notification was dropped, since nobody reads', async () => {
  const { promise, resolve } = deferred();
  const { ask, output, said } = await stage(async (caller) => {
    await promise;
    return caller.notify('progress');
  });
  await ask(PING);
  output.unread_bytes = 2 ** 30;
  resolve(0);
  await turn();
  assert.equal(said(), [[1, false]]);
});

later.run();
