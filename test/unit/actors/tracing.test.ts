/** The ways of requests: what is heard of them, that each ends once, and what the log tells. */

import { pino } from 'pino';
import { map } from 'rxjs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type HookEvent, Hooks, type RequestTrace } from '../../../actors/hooks.ts';
import { Latest } from '../../../actors/tracing/latest.ts';
import { LineBudget } from '../../../actors/tracing/line-budget.ts';
import { Tracer } from '../../../actors/tracing/tracer.ts';
import { observed } from '../../../supervisor/observe.ts';
import { traceResult } from '../../../supervisor/trace.ts';
import { Random } from '../../fuzz/random.ts';
import { engineStage } from '../../support/engine-stage.ts';
import { stepsOf } from '../../support/engine-steps.ts';
import { SEED } from '../../support/seed.ts';

const ways = suite('ways of requests');

/** What was heard of each request, by its number. */
function heardOf(hooks: Hooks): Map<number, string[]> {
  const stages = new Map<number, string[]>();
  hooks.add((event) => {
    if (!('trace' in event)) return;
    const { number } = event.trace;
    const list = stages.get(number) ?? [];
    stages.set(number, [...list, event.type.slice('request.'.length)]);
    const { received_ms, queued_ms, started_ms, answered_ms } = event.trace;
    const times = [received_ms, queued_ms, started_ms, answered_ms].filter(
      (at) => at !== undefined,
    );
    assert.equal(
      times,
      [...times].sort((a, b) => a - b),
    );
  });
  return stages;
}

/** Put back any number of times, started or refused before that, and answered once. */
const SOUND = /^received( queued( started queued)*( started)?| started)? answered$/;

ways('end once, in any history, with their stages in order', async () => {
  for (let round = 0; round < 12; round += 1) {
    const random = new Random(SEED, 'ways', round);
    const stage = await engineStage(({ workers }) => {
      workers.queue_size = 50;
    });
    const stages = heardOf(stage.hooks);
    const clients = [stage.connect(), stage.connect(), stage.connect()];
    const steps = stepsOf(stage, clients);
    for (let step = 0; step < 200; step += 1) random.pick(steps)(random);
    for (const client of clients) client.end();
    assert.ok(stages.size > 40, `only ${stages.size} requests`);
    for (const [number, list] of stages) assert.match(list.join(' '), SOUND, `${number}`);
    assert.equal(
      stage.tracer.ways().filter(({ answered_ms }) => answered_ms === undefined),
      [],
    );
    assert.equal(stage.defects, []);
  }
});

/** All that is told of a request at its end. */
async function answered(send: object): Promise<RequestTrace> {
  const stage = await engineStage(() => {});
  const traces: RequestTrace[] = [];
  stage.hooks.add((event) => {
    if (event.type === 'request.answered') traces.push(event.trace);
  });
  const client = stage.connect();
  client.send(`${JSON.stringify({ jsonrpc: '2.0', id: 1, ...send })}\n`);
  for (const call of stage.depart()) stage.answer(call, '{"a":1}');
  assert.is(traces.length, 1);
  return traces[0]!;
}

ways('tell what the request was and what became of it', async () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const _meta = { traceparent, tracestate: 'a=1' };
  const params = { _meta };
  const edit = await answered({ id: 'é', method: 'add_voxel', params });
  assert.is(edit.method, 'goxel.add_voxel');
  assert.equal([edit.project, edit.id, edit.engine, edit.session], ['default', 'é', 0, 0]);
  assert.equal([edit.traceparent, edit.tracestate, edit.code], [traceparent, 'a=1', undefined]);
  assert.equal([edit.bytes_in, edit.bytes_out], [Buffer.byteLength(JSON.stringify(params)), 7]);
  const ping = await answered({ method: 'ping' });
  assert.equal([ping.project, ping.queued_ms, ping.code], [undefined, undefined, undefined]);
  assert.ok(ping.started_ms! >= ping.received_ms && ping.answered_ms! >= ping.started_ms!);
  const refused = await answered({ method: `${'n'.repeat(1000)}`, id: 'x'.repeat(500) });
  assert.equal([refused.method, refused.code], ['(unknown)', 'GOX_METHOD_NOT_FOUND']);
  assert.is(String(refused.id).length, 64);
  const { code } = await answered({ method: 'add_voxel', params: { project: 'a\n' } });
  assert.is(code, 'GOX_INVALID_PARAMS');
  const wrong = await answered({ method: 5 });
  assert.equal([wrong.method, wrong.code], ['(invalid)', 'GOX_INVALID_REQUEST']);
  const untold = await answered({ id: undefined, method: 'nope' });
  assert.equal([untold.id, untold.code, untold.bytes_out], [undefined, 'GOX_METHOD_NOT_FOUND', 0]);
});

ways('cut ids that are long while they are under way, too', async () => {
  const { tracer, trail, sent } = tracing(1, 0);
  const way = trail.begin(
    { ...sent, id: Buffer.from(`"${'é'.repeat(500)}"`) },
    'ping',
    undefined,
    0,
  );
  assert.is(String(tracer.ways()[0]?.id).length, 64);
  way?.answered(undefined, 0);
  assert.is(String(tracer.ways()[0]?.id).length, 64);
});

ways.run();

const kept = suite('what is kept and logged');

/** A tracer with its log, and a clock-free way to have requests of any age. */
function tracing(kept_max: number, slow_ms: number, level = 'info') {
  const lines: string[] = [];
  const fields: Record<string, unknown>[] = [];
  const line = (text: string) => {
    const { msg, ...about } = JSON.parse(text) as { msg: string };
    lines.push(msg);
    fields.push(about);
  };
  const config = { tracing: { kept_max, slow_ms } };
  const log = pino({ level }, { write: line });
  const hooks = new Hooks();
  const tracer = new Tracer({ config, log, hooks });
  const trail = tracer.open(3, 'unix', { bytesRead: 0, bytesWritten: 0 });
  const params = new Uint8Array();
  const request = {
    ...({ kind: 'request', encoding: 'json', method: 'ping', meta: undefined } as const),
    ...{ id: Buffer.from('7'), params, project: undefined },
  };
  const begin = (age_ms: number) =>
    trail.begin(request, 'ping', undefined, performance.timeOrigin + performance.now() - age_ms);
  return { tracer, trail, config, hooks, lines, fields, sent: request, begin };
}

kept('nothing is noted for nobody', () => {
  const { begin, config, hooks } = tracing(0, 0);
  assert.is(begin(0), undefined);
  const end = hooks.add(() => {});
  assert.ok(begin(0));
  end();
  assert.is(begin(0), undefined);
  config.tracing.slow_ms = 1;
  assert.ok(begin(0));
  assert.ok(tracing(0, 0, 'debug').begin(0));
});

kept('the latest, and apart from them the latest slow ones', () => {
  const { begin, tracer, trail } = tracing(3, 1000);
  begin(5000)!.answered(undefined, 5);
  for (let i = 0; i < 10; i += 1) begin(0)!.answered('GOX_FILE', 5);
  const running = begin(0)!;
  const numbers = () => tracer.ways().map(({ number }) => number);
  assert.equal(numbers(), [12, 11, 10, 9, 1]);
  const of = (wanted: Parameters<typeof traceResult>[2]) =>
    traceResult(tracer, { kept_max: 3, slow_ms: 1000 }, wanted).requests.map((one) => one.number);
  assert.equal(of({ limit: 2 }), [12, 11]);
  assert.equal(of({ min_ms: 1000 }), [1]);
  assert.equal(of({ running: true }), [12]);
  assert.equal(of({ failed: true }), [11, 10, 9]);
  assert.equal(of({ method: 'goxel.ping', connection: 3, limit: 1 }), [12]);
  assert.equal(of({ connection: 4 }), []);
  trail.end();
  assert.is(running.code, 'GOX_CANCELLED');
  assert.equal(numbers(), [12, 11, 10, 1]);
});

kept('a slow request is told of while it runs, once, and at its end', () => {
  const { begin, tracer, lines, fields } = tracing(3, 1000);
  const [slow, quick] = [begin(1500)!, begin(10)!];
  tracer.look();
  tracer.look();
  assert.equal(lines, ['a request is under way for long']);
  slow.answered('GOX_REQUEST_TIMEOUT', 9);
  quick.answered(undefined, 9);
  assert.equal(lines.slice(1), ['a request was slow']);
  const { request, method, connection, code, answered_ms } = fields[1]!;
  assert.equal([request, method, connection, code], [7, 'ping', 3, 'GOX_REQUEST_TIMEOUT']);
  assert.ok(Number(answered_ms) >= 1500);
  assert.is(tracer.counts.slow, 1);
});

kept('of many slow ones a few are told of, and how many more there are', () => {
  const { begin, lines } = tracing(3, 1000);
  for (let i = 0; i < 100; i += 1) begin(2000)!.answered(undefined, 9);
  assert.is(lines.length, 5);
  const budget = new LineBudget(2);
  assert.equal(
    [0, 1, 2, 3].map((at) => budget.admits(at)),
    [true, true, false, false],
  );
  assert.ok(budget.behind && budget.admits(1000));
  assert.equal(budget.takeLeftOut(), { left_out: 2 });
  assert.equal(budget.takeLeftOut(), {});
});

kept('as many as are wanted, also when that changes', () => {
  let most = 3;
  const latest = new Latest<number>(() => most);
  for (let i = 0; i < 8; i += 1) latest.add(i);
  assert.equal(latest.list(), [7, 6, 5]);
  most = 5;
  for (let i = 8; i < 10; i += 1) latest.add(i);
  assert.equal(latest.list(), [9, 8, 7, 6, 5]);
  most = 2;
  assert.equal(latest.list(), [9, 8]);
  latest.add(10);
  assert.equal(latest.list(), [10, 9]);
  most = 0;
  latest.add(11);
  assert.equal(latest.list(), []);
});

kept.run();

const heard = suite('who hears');

const OPENED: HookEvent = {
  type: 'connection.opened',
  facts: { connection: 1, listener: 'unix', at_ms: 0 },
};

heard('a hook that throws harms no other', () => {
  const defects: unknown[] = [];
  const hooks = new Hooks((error) => defects.push(error));
  const told: string[] = [];
  hooks.add(() => {
    throw new Error('first');
  });
  hooks.add(({ type }) => told.push(type));
  hooks.tell(OPENED);
  assert.equal(told, ['connection.opened']);
  assert.is(defects.length, 1);
});

heard('a stream hears from when it is subscribed to, and harms nobody when it throws', async () => {
  const defects: unknown[] = [];
  const hooks = new Hooks((error) => defects.push(String(error)));
  const stream = observed(hooks);
  assert.not(hooks.heard);
  const told: string[] = [];
  const fault = (text: string) => () => {
    throw new Error(text);
  };
  const all = [
    stream.subscribe(({ type }) => told.push(type)),
    stream.subscribe(fault('plain')),
    stream.pipe(map(({ type }) => type)).subscribe({ next: fault('behind an operator') }),
    stream.pipe(map(fault('in an operator'))).subscribe(),
  ];
  hooks.tell(OPENED);
  // What rxjs throws again would come by a timer, and end this process.
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(told, ['connection.opened']);
  assert.equal(defects.sort(), [
    ...['Error: behind an operator', 'Error: in an operator', 'Error: plain'],
  ]);
  for (const one of all) one.unsubscribe();
  assert.not(hooks.heard);
});

heard.run();
