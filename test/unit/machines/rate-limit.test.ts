import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { addressOf, RateLimit } from '../../../machines/rate-limit.ts';

const security = { connections_per_second: 10, connections_burst: 20, backoff_ms_max: 60_000 };

/** Connects so often at a moment; gives who was refused. */
function times(rate: RateLimit, count: number, now_ms: number, address = 'a') {
  return Array.from({ length: count }, () => rate.admit(address, now_ms)).filter(
    (refused) => refused !== undefined,
  );
}

const test = suite('rate limit');

test('lets a burst in, and then as many as the rate allows', () => {
  const rate = new RateLimit({ security });
  assert.equal(times(rate, 20, 0), []);
  assert.equal(times(rate, 10, 1000), [], 'the bucket fills by the rate');
  assert.equal(times(rate, 1, 1000), [{ retry_after_ms: 1000, first: true }]);
  assert.is(rate.refused, 1);
});

test('who goes by what it was told comes in, and attempts in between cost nothing', () => {
  const rate = new RateLimit({ security });
  times(rate, 21, 0);
  assert.equal(times(rate, 2, 400), [
    { retry_after_ms: 600, first: false },
    { retry_after_ms: 600, first: false },
  ]);
  assert.equal(times(rate, 1, 1000), []);
});

test('each further wait is twice as long, up to the longest; long quiet forgives', () => {
  const rate = new RateLimit({ security: { ...security, backoff_ms_max: 5000 } });
  const waits: number[] = [];
  let now_ms = 0;
  for (let blocks = 0; blocks < 5; blocks += 1) {
    const [refused] = times(rate, 200, now_ms);
    waits.push(refused!.retry_after_ms);
    now_ms += refused!.retry_after_ms;
  }
  assert.equal(waits, [1000, 2000, 4000, 5000, 5000]);
  now_ms += 5001;
  assert.is(times(rate, 200, now_ms)[0]?.retry_after_ms, 1000);
});

test('addresses have nothing to do with each other', () => {
  const rate = new RateLimit({ security });
  times(rate, 100, 0);
  assert.equal(times(rate, 20, 0, 'b'), []);
});

test('goes by the configuration of the moment', () => {
  const config = { security: { ...security } };
  const rate = new RateLimit(config);
  times(rate, 20, 0);
  config.security = { ...security, connections_per_second: 1000, connections_burst: 500 };
  assert.equal(times(rate, 500, 1000), []);
});

test('knows a bounded number of addresses, and forgets those that are as new first', () => {
  const rate = new RateLimit({ security }, 100);
  times(rate, 100, 0, 'bad');
  for (let one = 0; one < 99; one += 1) rate.admit(`idle ${one}`, 0);
  assert.is(rate.addresses, 100);
  rate.admit('another', 10_000);
  assert.is(rate.addresses, 2, 'the idle ones are forgotten');
  assert.is(times(rate, 21, 10_000, 'bad').length, 1);
  for (let one = 0; one < 1000; one += 1) rate.admit(`busy ${one}`, 10_000);
  assert.ok(rate.addresses <= 100, `${rate.addresses}`);
});

test('an IPv6 network is one address, and IPv4 is the same however it is written', () => {
  assert.is(addressOf('127.0.0.1'), '127.0.0.1');
  assert.is(addressOf('::ffff:10.1.2.3'), '10.1.2.3');
  assert.is(addressOf('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64');
  assert.is(addressOf('2001:db8:1:2::9'), '2001:db8:1:2::/64');
  assert.is(addressOf('2001:db8::9'), '2001:db8:0:0::/64');
  assert.is(addressOf('::1'), '0:0:0:0::/64');
  assert.is(addressOf('fe80::1%eth0'), 'fe80:0:0:0::/64');
});

test.run();
