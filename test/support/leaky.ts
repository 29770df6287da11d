/**
 * Loaded into a daemon by `--import`: leaks memory, and a timer, for each piece of data that a
 * client sends. The timers keep nothing alive by themselves once the process exits.
 */

import { Socket } from 'node:net';
import { isMainThread } from 'node:worker_threads';

/** Some 100 KB of the JavaScript heap. */
const LEAK_NUMBERS = 12_500;

const leaked: number[][] = [];

if (isMainThread) {
  const { push } = Socket.prototype;
  Socket.prototype.push = function leakyPush(this: Socket, chunk: unknown, ...rest) {
    if (chunk !== null) {
      leaked.push(Array.from({ length: LEAK_NUMBERS }, (_, i) => i + leaked.length + 0.5));
      setInterval(() => {}, 1e6);
    }
    return push.call(this, chunk, ...rest);
  };
}
