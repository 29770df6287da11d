/** What only grows is told; what comes and goes, warms up, or grows with the load is not. */

import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Finding,
  growthOf,
  NO_SEARCH,
  searchOn,
  WINDOW,
  wantsCollection,
} from '../../../machines/leak-rules.ts';
import { SEED } from '../../support/seed.ts';

const MIB = 1024 * 1024;
const INTERVAL_MS = 10_000;

type Make = (i: number) => Readonly<Record<string, number>>;

interface Told extends Finding {
  /** After how many counts. */
  readonly after: number;
}

/** What is told of so many counts. */
function told(count: number, make: Make, collectionsAt = (_: number) => 0): Told[] {
  let search = NO_SEARCH;
  const all: Told[] = [];
  for (let i = 0; i < count; i++) {
    const figures = make(i);
    const counts = { at_ms: i * INTERVAL_MS, collections: collectionsAt(i), figures };
    search = searchOn(search, counts);
    all.push(...search.news.map((one) => ({ ...one, after: i + 1 })));
    assert.ok(search.rows.length < 2 * WINDOW + 1);
  }
  return all;
}

/** Random numbers of [0, 1) that a seed decides. */
function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 });

function always(property: (seed: number, random: () => number) => void, numRuns = 20): void {
  fc.assert(
    fc.property(seeds, (seed) => property(seed, chance(seed))),
    { seed: SEED, numRuns },
  );
}

const names = (list: readonly Told[]) => [...new Set(list.map(({ series }) => series))].sort();

const test = suite('leak rules');

test('tells a leak after one and a half windows, with from, to and pace', () => {
  const [first] = told(48, (i) => ({ timers: 10 + 2 * i }));
  assert.is(first?.after, 48);
  assert.equal([first?.series, first?.unit, first?.explained], ['timers', 'things', false]);
  assert.ok(Math.abs(first!.per_minute - 12) < 1, `${first?.per_minute} a minute`);
  assert.ok(first!.from >= 42 && first!.to <= 104);
});

test('tells it again when it has grown by as much again, so ever more seldom', () => {
  const all = told(3000, (i) => ({ timers: 10 + 2 * i }));
  assert.ok(all.length > 3 && all.length < 10, `told ${all.length} times`);
});

test('tells a leak below a saw-tooth of a collected heap', () => {
  always((_, random) => {
    const period = 3 + 5 * random();
    const heap = (i: number) => 20 * MIB + i * 0.5 * MIB + ((i % period) / period) * 10 * MIB;
    const collections = (i: number) => (i % period < 1 ? 1 : 0);
    const all = told(400, (i) => ({ 'heap used': heap(i) }), collections);
    assert.equal(names(all), ['heap used']);
  });
});

test('tells a leak below noise, if late', () => {
  always((_, random) => {
    const all = told(3000, (i) => ({ descriptors: Math.round(40 + i / 8 + 20 * random()) }));
    assert.equal(names(all), ['descriptors']);
  });
});

test('tells a heap that grows in between few collections', () => {
  let [live, used, limit] = [20, 20, 30];
  let collected = false;
  const heap = () => {
    live += 1;
    used += 1.5;
    collected = used > limit;
    if (collected) [used, limit] = [live, live * 1.3];
    return { 'heap used': used * MIB };
  };
  const all = told(400, heap, () => (collected ? 1 : 0));
  assert.equal(names(all), ['heap used']);
});

test('has garbage collected that may be a leak, and tells that from the leak', () => {
  for (const leak of [0, 1] as const) {
    let search = NO_SEARCH;
    let [live, garbage, collected] = [20, 0, 0];
    const all: Finding[] = [];
    for (let i = 0; i < 200; i++) {
      live += leak;
      garbage += 1;
      const collections = wantsCollection(search) ? 1 : 0;
      if (collections === 1) garbage = 0;
      collected += collections;
      const figures = { 'heap used': (live + garbage) * MIB };
      search = searchOn(search, { at_ms: i * INTERVAL_MS, collections, figures });
      all.push(...search.news);
    }
    assert.is(all.length > 0, leak === 1);
    assert.ok(collected >= 4 && collected <= 50, `${collected} collections`);
  }
});

test('says nothing of what comes and goes', () => {
  always((_, random) => {
    // As long as a window or longer, the rise of one tooth looks like a leak, to anybody.
    const period = 2 + 20 * random();
    let tooth = 0;
    const heap = () => {
      // Never quite as long as the last.
      tooth += (0.8 + 0.4 * random()) / period;
      if (tooth >= 1) tooth = 0;
      return (20 + 20 * tooth + random()) * MIB;
    };
    const make = (i: number) => ({
      ...{ 'heap used': heap(), timers: Math.round(20 + 500 * random()) },
      connections: 100 + Math.round(80 * Math.sin(i / 8)),
    });
    const all = told(600, make, () => (tooth === 0 ? 1 : 0));
    assert.equal(all, []);
  });
});

test('says nothing of a warm-up, a plateau, or a step', () => {
  always((_, random) => {
    const tau = WINDOW * (0.1 + 0.6 * random());
    const jump = Math.floor(600 * random());
    const all = told(
      600,
      (i) => ({
        rss: 60 * MIB + 200 * MIB * (1 - Math.exp(-i / tau)),
        'heap used': (20 + 20 * Math.min(1, i / 16)) * MIB,
        descriptors: i < jump ? 20 : 400,
      }),
      () => 1,
    );
    assert.equal(all, []);
  });
});

test('says next to nothing of a random walk', () => {
  let false_alarms = 0;
  always((_, random) => {
    let walk = 10_000;
    const all = told(1000, () => {
      walk += Math.round(60 * (random() - 0.5));
      return { timers: walk };
    });
    false_alarms += all.length;
  });
  assert.ok(false_alarms <= 2, `${false_alarms} in 20 walks of 1000 counts`);
});

test('says that it grew with the load where that explains it, and what the load is', () => {
  const all = told(48, (i) => ({
    ...{ connections: 10 + 4 * i, requests: 100 + 40 * i },
    ...{ 'actors session': 10 + 4 * i, descriptors: 30 + 4 * i },
  }));
  assert.equal(names(all), ['actors session', 'connections', 'descriptors']);
  for (const { series, explained, along } of all) {
    assert.ok(explained, series);
    assert.is(along[0]?.series, series === 'connections' ? 'requests' : 'connections');
  }
});

test('tells a leak that grows beside the load, faster than that explains', () => {
  const all = told(48, (i) => ({
    ...{ connections: 10 + i, requests: 100 + 40 * i },
    timers: 10 + i * 20,
  }));
  assert.is(all.find(({ series }) => series === 'timers')?.explained, false);
});

test('tells clients that connect and never ask, and projects that nobody closes', () => {
  const all = told(48, (i) => ({ connections: 10 + i, requests: 5, projects: 3 + 20 * i }));
  assert.equal(
    all.map(({ series, explained }) => [series, explained]),
    [
      ['connections', false],
      ['projects', false],
    ],
  );
});

test('says nothing of real load that comes in the morning and stays', () => {
  always((_, random) => {
    const people = (i: number) => 20 + 400 * Math.min(1, Math.max(0, (i - 100) / 300));
    const all = told(
      1000,
      (i) => {
        const connections = Math.round(people(i) + 4 * random());
        const garbage = random();
        return {
          ...{ connections, requests: connections * 10 },
          'heap used': 20 * MIB + connections * 40_000 + garbage * 10 * MIB,
          'actors session': connections,
          descriptors: 30 + connections,
          timers: 20 + 2 * connections + Math.round(10 * random()),
          projects: Math.round(connections / 3),
        };
      },
      () => 1,
    );
    assert.equal(
      all.filter(({ explained }) => !explained),
      [],
    );
  });
});

test('a growth has no step down, no rest and no jump', () => {
  const steps = (...sizes: number[]) =>
    sizes.flatMap((_, part) => {
      const height = sizes.slice(0, part + 1).reduce((sum, size) => sum + size, 0);
      return Array.from({ length: WINDOW / 8 }, () => height);
    });
  assert.equal(growthOf(steps(5, 1, 1, 1, 1, 1, 1, 1)), { from: 5, to: 12 });
  assert.is(growthOf(steps(5, 1, 1, 1, -1, 1, 1, 1)), undefined);
  assert.is(growthOf(steps(5, 1, 1, 1, 0, 1, 1, 1)), undefined);
  assert.is(growthOf(steps(5, 1, 1, 1, 20, 1, 1, 1)), undefined);
  assert.is(growthOf(steps(5, 9, 9, 9, 4, 4, 4, 4)), undefined);
});

test.run();
