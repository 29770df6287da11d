/** How long the request that runs may take: by its own deadline, its method, or the one limit. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Call, Source } from '../../../actors/engines/call.ts';
import { Flight } from '../../../actors/engines/flight.ts';
import type { GoxError } from '../../../conf/errors.ts';
import { FlightControl } from '../../../engine/port/flight.ts';

const TIMEOUT_MS = 30_000;

/** A flight that left at 0 with calls that were received then, and what its engine is told. */
function flying(...calls: Partial<Call>[]) {
  const control = new FlightControl();
  const given = calls.map((call) => ({ since_ms: 0, ...call }) as Call);
  const parts = [{ source: {} as Source, calls: given }];
  const flight = new Flight({ number: 1, slot: 0 }, parts, control, 0);
  const engine = new FlightControl(control.memory);
  /** What the request that runs now gets to see. */
  const told = () => {
    try {
      engine.check();
      return undefined;
    } catch (error) {
      return (error as GoxError).message;
    }
  };
  engine.enter(0);
  engine.begin(0);
  return { check: (now_ms: number) => flight.check(now_ms, TIMEOUT_MS, true), engine, told };
}

const flights = suite('how long a request may run');

flights('without a time of its own, as long as all', () => {
  const { check, told } = flying({});
  check(30_000);
  assert.is(told(), undefined);
  check(30_001);
  assert.match(told()!, 'performance.request_timeout_ms');
});

flights('as long as its method says, from when it is begun', () => {
  const { check, engine, told } = flying({}, { spec: { timeout_ms: 500 } });
  check(2000);
  engine.begin(1);
  check(2000);
  check(2500);
  assert.is(told(), undefined);
  check(2501);
  assert.match(told()!, 'allows');
});

flights('as long as it says itself, from when it was received, be it less or more', () => {
  const { check, engine, told } = flying(
    ...[{}, { timeout_ms: 2500 }, { timeout_ms: 90_000, spec: { timeout_ms: 500 } }],
  );
  check(2000);
  engine.begin(1);
  check(2000);
  check(2500);
  assert.is(told(), undefined);
  check(2501);
  assert.match(told()!, '_meta.timeout_ms');
  engine.begin(2);
  check(3000);
  check(90_000);
  assert.is(told(), undefined);
  check(90_001);
  assert.match(told()!, '_meta.timeout_ms');
});

flights('a short time of its own does not hasten the end of an engine', () => {
  const { check } = flying({ timeout_ms: 10 });
  for (const now_ms of [11, 5011, 30_010]) assert.is(check(now_ms), undefined);
  assert.is(check(30_011), 30_011);
});

flights.run();
