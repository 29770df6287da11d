/**
 * Flights: several under way to one engine, answered in any order. Whatever happens, each call is
 * settled once, and those of a session run in the order in which they came.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startEngineThread } from '../../../actors/engines/thread.ts';
import { GoxError } from '../../../conf/errors.ts';
import { findMethod } from '../../../engine/catalogue/methods.ts';
import { AnswerReader, encodeBatch } from '../../../engine/port/daemon-side.ts';
import { pollCounter } from '../../../engine/port/endpoint.ts';
import { NEW_PROJECT_FLAG } from '../../../engine/port/layout.ts';
import { Random } from '../../fuzz/random.ts';
import { ENGINE_OPTIONS } from '../../support/engine.ts';
import {
  landed,
  numberOf,
  type PlainSource,
  PlayedWorker,
  playedQueue,
} from '../../support/flights.ts';
import { SEED } from '../../support/seed.ts';

const WHY = new GoxError('GOX_CANCELLED', 'enough');

/** Sessions with so many calls each, in a queue that lets two flights be under way. */
async function stage(...counts: number[]) {
  const queue = await playedQueue(2);
  const worker = new PlayedWorker();
  const sources = counts.map((count) => {
    const source = queue.source();
    const calls = Array.from({ length: count }, () => queue.call());
    return { source, calls };
  });
  const go = () => {
    for (const { source, calls } of sources) for (const call of calls) source.add(call);
  };
  const attach = () => queue.calls.send({ type: 'worker.attached', link: worker.link });
  return { ...queue, worker, sources, go, attach };
}

const flights = suite('flights');

flights('two are under way, in slots of their own, and land in any order', async () => {
  const { attach, go, sources, worker } = await stage(1, 1, 1);
  attach();
  go();
  assert.equal(
    worker.arrived.map(({ slot, calls }) => [slot, calls]),
    [
      [0, [1]],
      [1, [2]],
    ],
  );
  worker.arrived[1]!.answer();
  await landed();
  assert.equal(
    worker.arrived.map(({ slot, calls }) => [slot, calls]),
    [
      [0, [1]],
      [1, [3]],
    ],
  );
  worker.arrived[0]!.answer();
  worker.arrived[0]!.answer();
  await landed();
  const outcomes = sources.map(({ source }) => [...source.outcomes.values()]);
  assert.equal(outcomes, [[['1']], [['2']], [['3']]]);
});

flights('a session waits for its own flight, since its rest may be put back', async () => {
  const { attach, call, go, sources, worker } = await stage(3);
  attach();
  const { source } = sources[0]!;
  source.most = 2;
  go();
  source.add(call());
  assert.equal(
    worker.arrived.map(({ calls }) => calls),
    [[1]],
    'no second flight of the same session',
  );
  worker.arrived[0]!.answer(0);
  await landed();
  while (worker.arrived.length > 0) {
    worker.arrived[0]!.answer(1);
    await landed();
  }
  assert.equal(worker.ran, [1, 2, 3, 4]);
});

flights('what an answer leaves out goes before what a waiter is let to do by it', async () => {
  const { attach, go, sources, worker } = await stage(1, 4);
  const [opener, other] = sources;
  other!.source.most = 2;
  go();
  // As the end of a bar does: it has the other session get in line in the middle of an answer.
  const answer = opener!.source.answer.bind(opener!.source);
  opener!.source.answer = (...args) => {
    answer(...args);
    other!.source.stand();
  };
  attach();
  assert.equal(worker.arrived[0]!.calls, [1, 2, 3]);
  worker.arrived[0]!.answer(2);
  await landed();
  while (worker.arrived.length > 0) {
    worker.arrived[0]!.answer();
    await landed();
  }
  assert.equal(worker.ran, [1, 2, 3, 4, 5]);
});

flights('a flight ages from when it is its turn', async () => {
  const { attach, calls, clock, go, reports, worker } = await stage(1, 1);
  attach();
  go();
  const check = (ms: number) => {
    clock.ms = ms;
    calls.send({ type: 'calls.check' });
  };
  for (const ms of [1000, 29_000, 31_000]) check(ms);
  worker.arrived[0]!.answer();
  await landed();
  check(32_000);
  check(62_000);
  assert.equal(worker.ran, [-1], 'it was out of time');
  worker.control.enter(1);
  worker.control.begin(0);
  worker.control.check();
  check(62_001);
  assert.throws(() => worker.control.check(), /request_timeout_ms/);
  assert.equal(reports, []);
});

flights('a call that cannot cross fails with its flight alone', async () => {
  const { attach, go, sources, worker } = await stage(1, 1, 1);
  attach();
  go();
  worker.arrived[0]!.reject();
  await landed();
  assert.equal([...sources[0]!.source.outcomes.values()], [['GOX_INTERNAL']]);
  for (const arrived of [...worker.arrived]) arrived.answer();
  await landed();
  assert.equal(worker.ran, [2, 3]);
});

flights('a defect half way through an answer leaves no call without one', async () => {
  const { attach, go, sources, worker, reports } = await stage(1, 1, 1);
  go();
  sources[1]!.source.answer = () => {
    throw new Error('a defect');
  };
  attach();
  assert.equal(worker.arrived[0]!.calls, [1, 2, 3]);
  worker.arrived[0]!.answer();
  await landed();
  const outcomes = sources.map(({ source }) => [...source.outcomes.values()]);
  assert.equal(outcomes, [[['1']], [['GOX_INTERNAL']], [['GOX_INTERNAL']]]);
  assert.is(reports[0]?.type, 'calls.failed');
});

flights('an engine knows its flights apart', async () => {
  const { thread, link, end } = startEngineThread('engine:0', {
    ...{ options: { ...ENGINE_OPTIONS, jobs_inline: false }, polling: pollCounter() },
    service: new SharedArrayBuffer(8),
  });
  const asked = (method: string, params: object) => ({
    method: findMethod(method)!.index | NEW_PROJECT_FLAG,
    params: Buffer.from(JSON.stringify(params)),
    project: { number: 1 },
  });
  const at = { x: 1, y: 2, z: 3 };
  for (const slot of [0, 1]) link.flight.clear(slot);
  // One request each: of more the engine might leave some for later.
  link.flight.stop(1, 0, 'cancel');
  const answers = [
    link.run(
      encodeBatch([{ source: { client: 1 }, calls: [asked('goxel.add_voxel', at)] }], 0),
      false,
    ),
    link.run(
      encodeBatch([{ source: { client: 1 }, calls: [asked('goxel.get_voxel', at)] }], 1),
      false,
    ),
  ];
  const statuses = (await Promise.all(answers)).map((answer) => {
    const reader = new AnswerReader(answer instanceof ArrayBuffer ? answer : answer.answer);
    const each: number[] = [];
    while (reader.next()) each.push(reader.status);
    return each;
  });
  end();
  await new Promise((resolve) => thread.once('exit', resolve));
  assert.equal(statuses, [[0], [1]]);
  assert.equal(
    [0, 1].map((slot) => link.flight.running(slot)),
    [0, 0],
  );
});

flights.run();

/** A history of one queue, which checks itself. */
class History {
  readonly #random: Random;
  readonly #queue: Awaited<ReturnType<typeof playedQueue>>;
  readonly #flights_max: number;
  readonly #sources: PlainSource[];
  /** The calls of each session, in the order in which they came. */
  readonly #given = new Map<PlainSource, number[]>();
  readonly #cancelled = new Set<number>();
  readonly #calls = new Map<number, ReturnType<History['call']>>();
  readonly #ran: number[] = [];
  readonly #handedOver = new Set<number>();
  #worker: PlayedWorker | undefined;

  constructor(random: Random, queue: Awaited<ReturnType<typeof playedQueue>>, flights_max: number) {
    this.#random = random;
    this.#queue = queue;
    this.#flights_max = flights_max;
    this.#sources = Array.from({ length: 1 + random.below(5) }, () => queue.source());
    for (const source of this.#sources) this.#given.set(source, []);
  }

  call() {
    return this.#queue.call();
  }

  async play(steps: number): Promise<void> {
    const moves = [this.#ask, this.#ask, this.#answer, this.#answer, this.#attach];
    moves.push(this.#die, this.#cancel, this.#hold, this.#handOver, this.#check);
    for (let step = 0; step < steps; step++) {
      const move = this.#random.pick(moves);
      move.call(this);
      // What has been answered and has not arrived is run again after a death.
      if (move === this.#answer || this.#random.chance(0.6)) await landed();
      this.#look();
    }
    await this.#end();
    this.#judge();
  }

  #ask(): void {
    const source = this.#random.pick(this.#sources);
    for (let left = 1 + this.#random.small(8); left > 0; left--) source.add(this.#newCall(source));
  }

  #newCall(source: PlainSource) {
    const call = this.call();
    this.#calls.set(numberOf(call), call);
    this.#given.get(source)!.push(numberOf(call));
    return call;
  }

  #answer(): void {
    const arrived = this.#worker?.arrived ?? [];
    if (arrived.length === 0) return;
    const one = this.#random.pick(arrived);
    const part = this.#random.chance(0.5) && !this.#handedOver.has(one.calls[0]!);
    one.answer(part ? this.#random.below(one.calls.length + 1) : undefined);
  }

  #attach(): void {
    if (this.#worker !== undefined) return;
    this.#worker = new PlayedWorker();
    this.#queue.calls.send({ type: 'worker.attached', link: this.#worker.link });
  }

  #die(): void {
    if (this.#worker === undefined || this.#random.chance(0.5)) return;
    this.#ran.push(...this.#worker.ran);
    // What it still says, nobody hears.
    const late = this.#worker;
    this.#worker = undefined;
    this.#queue.calls.send({ type: 'calls.fail', code: 'GOX_ENGINE_LOST', reason: 'killed' });
    const ran = late.ran.length;
    for (const arrived of [...late.arrived]) arrived.answer();
    late.ran.length = ran;
  }

  #cancel(): void {
    const flying = this.#worker?.arrived.flatMap(({ calls }) => calls) ?? [];
    if (flying.length === 0) return;
    const number = this.#random.pick(flying);
    this.#cancelled.add(number);
    this.#queue.calls.send({ type: 'call.cancel', call: this.#calls.get(number)!, why: WHY });
  }

  #hold(): void {
    const source = this.#random.pick(this.#sources);
    source.most = this.#random.pick([0, 1, 2, 3, Number.POSITIVE_INFINITY]);
    source.stand();
  }

  #handOver(): void {
    // The handover of a call of a session that has none: it goes in no order with others.
    const source = this.#queue.source();
    this.#given.set(source, []);
    const call = this.#newCall(source);
    this.#handedOver.add(numberOf(call));
    const handover = numberOf(call);
    this.#queue.calls.send({ type: 'call.handover', call, source, handover });
  }

  #check(): void {
    this.#queue.clock.ms += this.#random.below(5000);
    this.#queue.calls.send({ type: 'calls.check' });
  }

  /** What holds at every moment. */
  #look(): void {
    const arrived = this.#worker?.arrived ?? [];
    assert.ok(arrived.length <= this.#flights_max);
    assert.is(new Set(arrived.map(({ slot }) => slot)).size, arrived.length, 'slots of their own');
    for (const { slot } of arrived) assert.ok(slot < this.#flights_max);
  }

  async #end(): Promise<void> {
    this.#attach();
    for (const source of this.#sources) source.most = Number.POSITIVE_INFINITY;
    for (const source of this.#sources) source.stand();
    const worker = this.#worker!;
    for (let left = 1000; worker.arrived.length > 0; left--) {
      assert.ok(left > 0, 'it comes to its end');
      worker.arrived[0]!.answer();
      await landed();
    }
    this.#ran.push(...worker.ran);
    this.#queue.actor.stop();
  }

  #judge(): void {
    const place = new Map(this.#ran.map((number, at) => [Math.abs(number), at]));
    assert.is(place.size, this.#ran.length, 'nothing runs twice');
    for (const [source, numbers] of this.#given) {
      let last = -1;
      for (const number of numbers) {
        const outcomes = source.outcomes.get(number) ?? [];
        assert.is(outcomes.length, 1, `call ${number} has the outcomes ${outcomes}`);
        if (outcomes[0] === 'GOX_CANCELLED') assert.ok(this.#cancelled.has(number));
        else if (/^\d+$/.test(outcomes[0]!)) assert.is(outcomes[0], String(number));
        const at = place.get(number);
        if (at === undefined) continue;
        assert.ok(at > last, `call ${number} ran too early: ${this.#ran}`);
        last = at;
      }
    }
  }
}

const HISTORIES = 150;
const histories = suite('histories of flights');

for (const flights_max of [1, 2]) {
  histories(`settle each call once and keep the order, ${flights_max} at a time`, async () => {
    for (let number = 0; number < HISTORIES; number++) {
      const random = new Random('flights', SEED, flights_max, number);
      const history = new History(random, await playedQueue(flights_max), flights_max);
      try {
        await history.play(60);
      } catch (error) {
        throw new Error(`history ${number} of GOXEL_SEED=${SEED}`, { cause: error });
      }
    }
  });
}

histories.run();
