/**
 * Calls an engine in this thread as the main thread calls one in another: through batches, by the
 * layout of `engine/port.ts`, which is written out here a second time on purpose.
 */

import { pack, unpack } from 'msgpackr';
import type { ErrorObject } from '../../conf/errors.ts';
import { findMethod } from '../../engine/catalogue/methods.ts';
import type { Defect } from '../../engine/encode.ts';
import { Engine } from '../../engine/engine.ts';
import { type EngineOptions, MSGPACK_FLAG, QUIET_FLAG, STATUS_ERROR } from '../../engine/port.ts';

export interface TestRequest {
  readonly method: string;
  readonly params?: unknown;
  /** The encoded parameters themselves, for what no encoder would make. */
  readonly bytes?: Uint8Array;
  readonly msgpack?: boolean;
  readonly quiet?: boolean;
  readonly project?: number;
}

export interface TestAnswer {
  readonly failed: boolean;
  readonly bytes: Uint8Array;
}

export function encodeBatch(requests: readonly TestRequest[]): ArrayBuffer {
  const words: number[] = [requests.length];
  const bodies = requests.map(encodeParams);
  for (const [i, { method, msgpack, quiet, project = 1 }] of requests.entries()) {
    const index = findMethod(method)?.index ?? 0x3fff_fff0;
    const flags = (msgpack === true ? MSGPACK_FLAG : 0) + (quiet === true ? QUIET_FLAG : 0);
    words.push(project, index + flags, bodies[i]!.length);
  }
  const head = new Uint8Array(Uint32Array.from(words).buffer);
  return new Uint8Array(Buffer.concat([head, ...bodies])).buffer;
}

function encodeParams({ params, bytes, msgpack }: TestRequest): Uint8Array {
  if (bytes !== undefined) return bytes;
  if (params === undefined) return new Uint8Array(0);
  return msgpack === true ? pack(params) : Buffer.from(JSON.stringify(params));
}

export function decodeAnswer(answer: ArrayBuffer): TestAnswer[] {
  const view = new DataView(answer);
  const count = view.getUint32(0, true);
  const answers: TestAnswer[] = [];
  let start = 4 + 8 * count;
  for (let i = 0; i < count; i++) {
    const length = view.getUint32(8 + 8 * i, true);
    const failed = view.getUint32(4 + 8 * i, true) === STATUS_ERROR;
    answers.push({ failed, bytes: new Uint8Array(answer, start, length) });
    start += length;
  }
  if (start !== answer.byteLength) throw new Error('an answer has bytes too many or too few');
  return answers;
}

const OPTIONS: EngineOptions = {
  voxel_bytes_max: 64 * 1024 * 1024,
  result_bytes_max: 16 * 1024 * 1024,
  file_bytes_max: 1024 * 1024,
  roots: [],
  jobs_inline: true,
};

export class TestEngine {
  readonly defects: Defect[] = [];
  readonly engine: Engine;

  constructor(options: Partial<EngineOptions> = {}) {
    const note = (defect: Defect) => this.defects.push(defect);
    // Time stands still, so that no answer is cut short for being slow.
    this.engine = new Engine({ ...OPTIONS, ...options }, note, () => 0);
  }

  run(requests: readonly TestRequest[]): TestAnswer[] {
    return decodeAnswer(this.engine.run(encodeBatch(requests)) as ArrayBuffer);
  }

  /** The decoded result, or a throw of the error's message. */
  call(method: string, params?: unknown, project = 1): unknown {
    const [answer] = this.run([{ method, params, project }]);
    const value = decode(answer!);
    if (answer!.failed) throw new Error((value as ErrorObject).message);
    return value;
  }

  /** The error object, or a throw when there is none. */
  fail(method: string, params?: unknown, project = 1): ErrorObject {
    const [answer] = this.run([{ method, params, project }]);
    const value = decode(answer!);
    if (!answer!.failed) throw new Error(`${method} succeeded: ${JSON.stringify(value)}`);
    return value as ErrorObject;
  }
}

export function decode({ bytes }: TestAnswer, msgpack = false): unknown {
  return msgpack ? unpack(bytes) : JSON.parse(Buffer.from(bytes).toString('utf8'));
}
