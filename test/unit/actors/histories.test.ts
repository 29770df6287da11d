/**
 * Random histories of the queue of an engine: flights that land in any order and in parts, threads
 * that die at any moment, engines that are given up, records that are kept late or cannot be kept.
 * Whatever happens, each call is settled once, what was answered well is kept and done once, what
 * was not is not done at all, and those of a session are done in the order in which they came.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import { FlightControl } from '../../../engine/port/flight.ts';
import { Random } from '../../fuzz/random.ts';
import {
  landed,
  numberOf,
  type PlainSource,
  PlayedSink,
  PlayedWorker,
  playedQueue,
} from '../../support/flights.ts';
import { SEED } from '../../support/seed.ts';

const WHY = new GoxError('GOX_CANCELLED', 'enough');
const FULL = new GoxError('GOX_JOURNAL_FULL', 'no room');

type Queue = Awaited<ReturnType<typeof playedQueue>>;

/** A history of one queue, which checks itself. */
class History {
  readonly #random: Random;
  readonly #queue: Queue;
  readonly #flights_max: number;
  readonly #sources: PlainSource[];
  /** The calls of each session, in the order in which they came. */
  readonly #given = new Map<PlainSource, number[]>();
  readonly #calls = new Map<number, ReturnType<Queue['call']>>();
  readonly #edits = new Set<number>();
  readonly #cancelled = new Set<number>();
  readonly #handedOver = new Set<number>();
  /** How often a thread died while it ran a call. */
  readonly #deaths = new Map<number, number>();
  /** What a call found of the project when it ran last. */
  readonly #seen = new Map<number, readonly number[]>();
  readonly #sink: PlayedSink | undefined;
  #failures = 0;
  #ends = 0;
  #worker: PlayedWorker | undefined;

  constructor(random: Random, queue: Queue, flights_max: number) {
    this.#random = random;
    this.#queue = queue;
    this.#flights_max = flights_max;
    this.#sink = random.chance(0.7) ? new PlayedSink() : undefined;
    queue.project.log.goOn(this.#sink);
    for (let count = 1 + random.below(5); count > 0; count--) this.#newSource();
    this.#sources = [...this.#given.keys()];
  }

  async play(steps: number): Promise<void> {
    const moves = [this.#ask, this.#ask, this.#ask, this.#answer, this.#answer, this.#attach];
    moves.push(this.#die, this.#cancel, this.#hold, this.#handOver, this.#check, this.#keep);
    moves.push(this.#keep, this.#failSink, this.#mendSink, this.#replace);
    for (let step = 0; step < steps; step++) {
      this.#random.pick(moves).call(this);
      if (this.#random.chance(0.6)) await landed();
      this.#look();
    }
    await this.#end();
    this.#judge();
  }

  #newSource(): PlainSource {
    const source = this.#queue.source();
    this.#given.set(source, []);
    const note = source.answer.bind(source);
    source.answer = (call, ...rest) => {
      this.#lookAtAnswer(numberOf(call), rest[0] === 0);
      note(call, ...rest);
    };
    return source;
  }

  /** What is answered is kept by then, and so is what it has seen. */
  #lookAtAnswer(call: number, well: boolean): void {
    if (this.#sink === undefined || !well) return;
    const seen = this.#seen.get(call) ?? [];
    assert.equal(this.#sink.kept.slice(0, seen.length), seen, `what ${call} has seen is kept`);
    if (this.#edits.has(call)) assert.ok(this.#sink.kept.includes(call), `${call} is kept`);
  }

  #ask(): void {
    const source = this.#random.pick(this.#sources);
    for (let left = 1 + this.#random.small(8); left > 0; left--) source.add(this.#newCall(source));
  }

  #newCall(source: PlainSource, edits = this.#random.chance(0.7)) {
    const call = this.#queue.call({ edits });
    const number = numberOf(call);
    if (edits) this.#edits.add(number);
    this.#calls.set(number, call);
    this.#given.get(source)!.push(number);
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
    const worker = new PlayedWorker();
    worker.edits = (call) => {
      this.#seen.set(call, [...worker.state]);
      return this.#edits.has(call);
    };
    this.#worker = worker;
    this.#queue.send({ type: 'worker.attached', link: worker.link });
  }

  #die(): void {
    const late = this.#worker;
    if (late === undefined || this.#random.chance(0.5)) return;
    // A second death while it is made anew would be the end of the project.
    const { replaying, deaths } = this.#queue.project;
    if (replaying && deaths > 0) return;
    this.#worker = undefined;
    this.#ends += 1;
    this.#run(late);
    this.#queue.send({ type: 'calls.fail', code: 'GOX_ENGINE_LOST', reason: 'killed' });
    // What it still says, nobody hears.
    for (const arrived of [...late.arrived]) arrived.answer();
  }

  /** It comes to one of its requests, perhaps. */
  #run({ arrived: [first], control }: PlayedWorker): void {
    if (first === undefined || this.#random.chance(0.3)) return;
    const place = this.#random.below(first.calls.length);
    const engine = new FlightControl(control.memory);
    engine.enter(first.slot);
    engine.begin(place);
    const call = first.calls[place]!;
    this.#deaths.set(call, (this.#deaths.get(call) ?? 0) + 1);
  }

  #cancel(): void {
    const flying = this.#worker?.arrived.flatMap(({ calls }) => calls) ?? [];
    if (flying.length === 0) return;
    const number = this.#random.pick(flying);
    this.#cancelled.add(number);
    this.#queue.send({ type: 'call.cancel', call: this.#calls.get(number)!, why: WHY });
  }

  #hold(): void {
    const source = this.#random.pick(this.#sources);
    source.most = this.#random.pick([0, 1, 2, 3, Number.POSITIVE_INFINITY]);
    source.stand();
  }

  /** Of a session that has no other call: it goes in no order with others. */
  #handOver(): void {
    const source = this.#newSource();
    const call = this.#newCall(source, true);
    this.#handedOver.add(numberOf(call));
    const handover = numberOf(call);
    this.#queue.send({ type: 'call.handover', call, source, handover });
  }

  #check(): void {
    this.#queue.clock.ms += this.#random.below(5000);
    this.#queue.send({ type: 'calls.check' });
  }

  #keep(): void {
    this.#sink?.keep(1 + this.#random.small(4));
  }

  #failSink(): void {
    if (this.#sink === undefined || this.#sink.pending === 0 || this.#random.chance(0.5)) return;
    this.#failures += 1;
    this.#sink.fail(FULL);
  }

  #mendSink(): void {
    const { log } = this.#queue.project;
    if (log.failure !== undefined) log.goOn(this.#sink);
  }

  /** The engine is given up, and another comes in its place. */
  #replace(): void {
    if (this.#random.chance(0.7)) return;
    this.#worker = undefined;
    this.#ends += 1;
    if (this.#random.chance(0.5)) this.#queue.send({ type: 'calls.refuse', reason: 'crash loop' });
    this.#queue.replace();
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
    this.#mendSink();
    for (const source of this.#sources) source.most = Number.POSITIVE_INFINITY;
    for (const source of this.#sources) source.stand();
    const worker = this.#worker!;
    await landed();
    for (let left = 1000; worker.arrived.length > 0 || this.#sink?.pending; left--) {
      assert.ok(left > 0, 'it comes to its end');
      worker.arrived[0]?.answer();
      this.#sink?.keep();
      await landed();
    }
    const failed = this.#queue.reports.filter(({ type }) => type === 'calls.failed');
    assert.equal(failed, []);
  }

  #judge(): void {
    const state = this.#worker!.state;
    if (this.#sink !== undefined) assert.equal(this.#sink.kept, state, 'what is kept is there');
    const places = new Map(state.map((call, place) => [call, place]));
    assert.is(places.size, state.length, 'nothing is done twice');
    for (const [source, calls] of this.#given) {
      let last = -1;
      for (const call of calls) {
        const outcomes = source.outcomes.get(call) ?? [];
        assert.is(outcomes.length, 1, `call ${call} has the outcomes ${outcomes}`);
        this.#judgeOutcome(call, outcomes[0]!);
        const place = places.get(call);
        const done = this.#edits.has(call) && outcomes[0] === String(call);
        assert.is(place !== undefined, done, `call ${call} was answered ${outcomes}: ${state}`);
        if (place === undefined) continue;
        assert.ok(place > last, `call ${call} was done too early: ${state}`);
        last = place;
      }
    }
  }

  #judgeOutcome(call: number, outcome: string): void {
    const deaths = this.#deaths.get(call) ?? 0;
    if (outcome === 'GOX_CANCELLED') assert.ok(this.#cancelled.has(call));
    // What has run, and whose answer was on its way when the thread died, counts as well.
    else if (outcome === 'GOX_REQUEST_QUARANTINED') assert.ok(this.#ends >= 2);
    else if (outcome === 'GOX_JOURNAL_FULL') assert.ok(this.#failures > 0 && this.#edits.has(call));
    else if (outcome !== 'GOX_REQUEST_TIMEOUT')
      assert.is(outcome, String(call), `call ${call}: ${outcome}`);
    if (outcome === String(call)) assert.ok(deaths < 2, `call ${call} ended ${deaths} threads`);
  }
}

const HISTORIES = 300;
const histories = suite('histories of a queue');

for (const flights_max of [1, 2]) {
  histories(`settle each call once and keep the order, ${flights_max} at a time`, async () => {
    for (let number = 0; number < HISTORIES; number++) {
      const random = new Random('histories', SEED, flights_max, number);
      const history = new History(random, await playedQueue(flights_max, false), flights_max);
      try {
        await history.play(80);
      } catch (error) {
        const message = `history ${number} of GOXEL_SEED=${SEED}: ${error}`;
        throw new Error(message, { cause: error });
      }
    }
  });
}

histories.run();
