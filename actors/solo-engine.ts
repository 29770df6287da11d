/**
 * An engine for one caller in this process, without a daemon: one request at a time, as a promise.
 */

import { type ErrorObject, GoxError } from '../conf/errors.ts';
import { findMethod } from '../engine/catalogue/methods.ts';
import { pollCounter } from '../engine/endpoint.ts';
import { ANSWER_WORDS, type EngineOptions, STATUS_ERROR } from '../engine/port.ts';
import { encodeBatch } from './calls.ts';
import { startEngineThread } from './thread.ts';

const PROJECT = { number: 1 };

export interface SoloEngine {
  /**
   * Runs a method of the catalogue on the engine's one project.
   *
   * @throws GoxError as the method does; GOX_ENGINE_LOST when the thread died
   */
  request(method: string, params: unknown): Promise<unknown>;
  end(): void;
}

export function startSoloEngine(options: Omit<EngineOptions, 'jobs_inline'>): SoloEngine {
  const { thread, link, end } = startEngineThread(
    'engine',
    { ...options, jobs_inline: true },
    pollCounter(),
  );
  const lost = new Promise<never>((_, reject) => {
    thread.once('error', (error) => {
      reject(new GoxError('GOX_ENGINE_LOST', `The engine died: ${error}`, undefined, error));
    });
    thread.once('exit', () => reject(new GoxError('GOX_ENGINE_LOST', 'The engine died.')));
  });
  // It is heard where it matters, by whoever waits for a request.
  lost.catch(() => {});
  return {
    async request(name, params) {
      const method = findMethod(name);
      if (method === undefined) {
        throw new GoxError('GOX_METHOD_NOT_FOUND', `Method not found: ${name}`);
      }
      const encoded = Buffer.from(JSON.stringify(params));
      const call = { method: method.index, params: encoded, project: PROJECT };
      const answer = await Promise.race([link.run(encodeBatch([call]), false), lost]);
      // The engine does its jobs itself.
      return decodeAnswer(answer as ArrayBuffer);
    },
    end,
  };
}

function decodeAnswer(answer: ArrayBuffer): unknown {
  const [, status, length] = new Uint32Array(answer, 0, 1 + ANSWER_WORDS);
  const body = Buffer.from(answer, 4 * (1 + ANSWER_WORDS), length);
  const value: unknown = JSON.parse(body.toString());
  if (status !== STATUS_ERROR) return value;
  const { message, data } = value as ErrorObject;
  throw new GoxError(data.code, message, data.details);
}
