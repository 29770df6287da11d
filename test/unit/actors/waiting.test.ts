/** The requests of a session that wait: in order, and nothing held of what has left. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { SessionRequest } from '../../../actors/connection/request.ts';
import { WaitingRequests } from '../../../actors/connection/waiting.ts';

const request = (since_ms: number) => ({ since_ms }) as SessionRequest;

function waiting(...numbers: number[]): WaitingRequests {
  const requests = new WaitingRequests();
  for (const number of numbers) requests.add(request(number));
  return requests;
}

function numbersOf(requests: WaitingRequests): number[] {
  const numbers: number[] = [];
  for (let { first } = requests; first !== undefined; first = requests.first) {
    numbers.push(first.since_ms);
    requests.shift();
  }
  return numbers;
}

const test = suite('waiting requests');

test('a queue that is never empty holds about what waits in it', () => {
  const requests = waiting(0);
  for (let number = 1; number <= 10_000; number += 1) {
    requests.add(request(number));
    assert.is(requests.first?.since_ms, number - 1);
    requests.shift();
    assert.is(requests.length, 1);
    assert.ok(requests.held <= 128, `${requests.held} are held`);
  }
});

test('some are taken out, some come again in front, and the order stays', () => {
  const requests = waiting(1, 2, 3, 4, 5, 6);
  requests.shift();
  const even = requests.takeOut(({ since_ms }) => since_ms % 2 === 0);
  assert.equal(
    even.map(({ since_ms }) => since_ms),
    [2, 4, 6],
  );
  assert.equal(
    requests.takeOut(({ since_ms }) => since_ms === 1),
    [],
    'what has left is not there any more',
  );
  requests.putBack([request(1), request(2)]);
  assert.equal(numbersOf(requests), [1, 2, 3, 5]);
});

test.run();
