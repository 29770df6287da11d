/** A thread of the pool: counts primes, and has a defect. */

import { parentPort } from 'node:worker_threads';

export interface Answer {
  readonly id: number;
  readonly primes: number;
}

function countPrimes(below: number): number {
  let count = 0;
  for (let n = 2; n < below; n += 1) {
    let divisor = 2;
    while (divisor * divisor <= n && n % divisor !== 0) divisor += 1;
    if (divisor * divisor > n) count += 1;
  }
  return count;
}

parentPort?.on('message', ({ id, n }: { id: number; n: number }) => {
  if (n === 13) throw new Error('13 is unlucky');
  parentPort?.postMessage({ id, primes: countPrimes(n) } satisfies Answer);
});
parentPort?.postMessage('ready');
