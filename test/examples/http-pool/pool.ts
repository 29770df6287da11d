/** Worker threads that count primes. Questions go from the server to a thread, past all actors. */

import { Worker } from 'node:worker_threads';
import { fromCallback } from 'xstate';
import { life, type Stop } from './life.ts';
import type { Answer } from './work.ts';

interface Question {
  resolve(primes: number): void;
  reject(error: Error): void;
}

/** The threads that are ready, each with the questions that it has yet to answer, by number. */
export type Pool = Map<Worker, Map<number, Question>>;

let asked = 0;

/** How many primes are below `n`. Rejects when no thread is ready, or when it dies over it. */
export function primesBelow(n: number, pool: Pool): Promise<number> {
  return new Promise((resolve, reject) => {
    const [least] = [...pool].sort(([, one], [, other]) => one.size - other.size);
    if (least === undefined) throw new Error('no thread is ready');
    const [worker, questions] = least;
    asked += 1;
    questions.set(asked, { resolve, reject });
    worker.postMessage({ id: asked, n });
  });
}

/** A thread of the pool. It has nothing to finish: the server stops before it. */
export function threadLogic(pool: Pool) {
  const effect = fromCallback<Stop>(({ sendBack, receive }) => {
    const worker = new Worker(new URL('./work.js', import.meta.url));
    const questions = new Map<number, Question>();
    let failure: string | undefined;
    worker.on('message', (message: Answer | 'ready') => {
      if (message === 'ready') {
        pool.set(worker, questions);
        sendBack({ type: 'up' });
      } else {
        questions.get(message.id)?.resolve(message.primes);
        questions.delete(message.id);
      }
    });
    worker.on('error', (error) => {
      failure = error.message;
    });
    worker.on('exit', () => {
      pool.delete(worker);
      for (const { reject } of questions.values()) reject(new Error('its thread has died'));
      sendBack(failure === undefined ? { type: 'down' } : { type: 'down', failure });
    });
    const end = () => void worker.terminate();
    receive(end);
    return end;
  });
  return life(effect);
}
