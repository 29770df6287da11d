import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Bound, drifts, type Sample } from '../../soak/drift.ts';

const drift = suite('drift');

const BOUND: Bound = { figure: 'rss', rise_max: 20, share_max: 0 };

function samples(value: (i: number) => number, count = 60): Sample[] {
  return Array.from({ length: count }, (_, i) => ({ time_s: 10 * i, figures: { rss: value(i) } }));
}

function flat(values: readonly Sample[], bound = BOUND): boolean {
  const [found] = drifts(values, [bound]);
  return found!.flat;
}

drift('a leak is seen through a sawtooth four times as high', () => {
  const teeth = (i: number) => (i % 5) * 20;
  assert.ok(flat(samples((i) => 400 + teeth(i))));
  assert.not.ok(flat(samples((i) => 400 + teeth(i) + 2 * i)));
});

drift('a rise before the middle is warming up', () => {
  assert.ok(flat(samples((i) => (i < 30 ? 100 + 20 * i : 700))));
  assert.not.ok(flat(samples((i) => (i < 30 ? 100 : 100 + 20 * (i - 30)))));
});

drift('a fall is no fault', () => {
  assert.ok(flat(samples((i) => 1000 - 10 * i)));
});

drift('the rise is that of the line from the middle to the end', () => {
  const [found] = drifts(
    samples((i) => 100 + 2 * i),
    [BOUND],
  );
  assert.ok(Math.abs(found!.rise - 58) < 1e-9, String(found!.rise));
});

drift('a share of the mean may be allowed', () => {
  const rising = samples((i) => 1000 + i);
  assert.not.ok(flat(rising));
  assert.ok(flat(rising, { ...BOUND, share_max: 0.05 }));
});

drift('a figure that nobody tells has no verdict, too few samples are an error', () => {
  assert.equal(
    drifts(
      samples(() => 1),
      [{ ...BOUND, figure: 'heap' }],
    ),
    [],
  );
  assert.throws(
    () =>
      drifts(
        samples(() => 1, 6),
        [BOUND],
      ),
    /run for longer/,
  );
});

drift.run();
