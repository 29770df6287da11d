/**
 * Calls an engine in this thread as the main thread calls one in another: through batches, by the
 * layout of `engine/port/layout.ts`, which is written out here a second time on purpose.
 */

import { pack, unpack } from 'msgpackr';
import type { ErrorObject } from '../../conf/errors.ts';
import { findMethod } from '../../engine/catalogue/methods.ts';
import type { Defect } from '../../engine/encode.ts';
import { Engine } from '../../engine/engine.ts';
import { FlightControl } from '../../engine/port/flight.ts';
import {
  type BatchAnswer,
  type EngineOptions,
  type JobTicket,
  META_FLAG,
  MSGPACK_FLAG,
  NEW_PROJECT_FLAG,
  QUIET_FLAG,
  type Rebuilt,
  type Records,
  STATUS_ERROR,
} from '../../engine/port/layout.ts';

export interface TestRequest {
  readonly method: string;
  readonly params?: unknown;
  /** In the place of the method's, without flags. */
  readonly word?: number;
  /** The encoded parameters themselves, for what no encoder would make. */
  readonly bytes?: Uint8Array;
  readonly msgpack?: boolean;
  readonly quiet?: boolean;
  readonly project?: number;
  /** The number of its connection. */
  readonly client?: number;
  /** Whether the engine is to refuse the project unless it has it. */
  readonly known?: boolean;
  /** Whether `_meta` of the parameters asks something of the engine. */
  readonly asks?: boolean;
}

export interface TestAnswer {
  readonly failed: boolean;
  readonly bytes: Uint8Array;
}

export function encodeBatch(requests: readonly TestRequest[]): ArrayBuffer {
  const words: number[] = [requests.length, 0];
  const bodies = requests.map(encodeParams);
  for (const [i, request] of requests.entries()) {
    const { msgpack, quiet, project = 1, client = 1, known = false, asks } = request;
    const index = request.word ?? findMethod(request.method)?.index ?? 0x0fff_fff0;
    const flags = (msgpack === true ? MSGPACK_FLAG : 0) + (quiet === true ? QUIET_FLAG : 0);
    const meta = asks === true ? META_FLAG : 0;
    const method = index + flags + meta + (known ? 0 : NEW_PROJECT_FLAG);
    words.push(project, method, client, bodies[i]!.length);
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
    const failed = (view.getUint32(4 + 8 * i, true) & 0xff) === STATUS_ERROR;
    answers.push({ failed, bytes: new Uint8Array(answer, start, length) });
    start += length;
  }
  if (start !== answer.byteLength) throw new Error('an answer has bytes too many or too few');
  return answers;
}

export const ENGINE_OPTIONS: EngineOptions = {
  voxel_bytes_max: 64 * 1024 * 1024,
  project_voxel_bytes_max: 64 * 1024 * 1024,
  history_bytes_max: 64 * 1024 * 1024,
  result_bytes_max: 16 * 1024 * 1024,
  job_bytes_max: 64 * 1024 * 1024,
  file_bytes_max: 1024 * 1024,
  script_timeout_ms: 60_000,
  script_memory_bytes_max: 32 * 1024 * 1024,
  roots: [],
  op_ids_max: 1000,
  op_results_bytes_max: 1024 * 1024,
  jobs_inline: true,
  job_threads: 1,
};

export class TestEngine {
  readonly defects: Defect[] = [];
  readonly engine: Engine;
  /** With room for larger batches than the main thread makes. */
  readonly flight = new FlightControl(new SharedArrayBuffer(1 << 16));
  /** What was last copied, for other engines' `setClipboard`. */
  clipboard: unknown;
  /** What the answers had to be kept, in order. */
  readonly records: Records[] = [];

  readonly #options: Partial<EngineOptions>;

  constructor(options: Partial<EngineOptions> = {}) {
    this.#options = options;
    const note = (defect: Defect) => this.defects.push(defect);
    // Time stands still, so that no answer is cut short for being slow.
    this.engine = new Engine({ ...ENGINE_OPTIONS, ...options }, note, this.flight, () => 0);
  }

  /** Answers at once; scripts do not, see `runAsync`. */
  run(requests: readonly TestRequest[]): TestAnswer[] {
    const answer = this.engine.run(encodeBatch(requests));
    if (answer instanceof Promise) throw new Error('a script is to be called with callAsync');
    return decodeAnswer(this.#bytesOf(answer));
  }

  async runAsync(requests: readonly TestRequest[]): Promise<TestAnswer[]> {
    return decodeAnswer(this.#bytesOf(await this.engine.run(encodeBatch(requests))));
  }

  /** Requests each in a batch of its own, as one that waits for its answer sends them. */
  async runEach(requests: readonly TestRequest[]): Promise<TestAnswer[]> {
    const answers: TestAnswer[] = [];
    for (const request of requests) answers.push(...(await this.runAsync([request])));
    return answers;
  }

  /** An engine that has made a project anew, of the records of this one alone. */
  again(project = 1, epoch = 2): TestEngine & { readonly rebuilt: Rebuilt } {
    const tail = this.records.filter((one) => one.project === project).map(({ bytes }) => bytes);
    const other = new TestEngine(this.#options);
    return Object.assign(other, { rebuilt: other.engine.recover(project, { epoch, tail }) });
  }

  /** The jobs that requests become in an engine that does not do them itself. */
  tickets(requests: readonly TestRequest[]): readonly JobTicket[] {
    const answer = this.engine.run(encodeBatch(requests));
    if (answer instanceof Promise || answer instanceof ArrayBuffer) return [];
    return answer.jobs;
  }

  #bytesOf(answer: BatchAnswer): ArrayBuffer {
    if (answer instanceof ArrayBuffer) return answer;
    if (answer.jobs.length > 0) throw new Error('a job in an engine that does them itself');
    this.clipboard = answer.clipboard ?? this.clipboard;
    this.records.push(...answer.records);
    return answer.answer;
  }

  /** The decoded result, or a throw of the error's message. */
  call(method: string, params?: unknown, project = 1): unknown {
    return resultOf(this.run([{ method, params, project }]));
  }

  async callAsync(method: string, params?: unknown, project = 1): Promise<unknown> {
    return resultOf(await this.runAsync([{ method, params, project }]));
  }

  /** The error object, or a throw when there is none. */
  fail(method: string, params?: unknown, project = 1): ErrorObject {
    return errorOf(method, this.run([{ method, params, project }]));
  }

  async failAsync(method: string, params?: unknown, project = 1): Promise<ErrorObject> {
    return errorOf(method, await this.runAsync([{ method, params, project }]));
  }
}

function resultOf([answer]: readonly TestAnswer[]): unknown {
  const value = decode(answer!);
  if (answer!.failed) throw new Error((value as ErrorObject).message);
  return value;
}

function errorOf(method: string, [answer]: readonly TestAnswer[]): ErrorObject {
  const value = decode(answer!);
  if (!answer!.failed) throw new Error(`${method} succeeded: ${JSON.stringify(value)}`);
  return value as ErrorObject;
}

export function decode({ bytes }: TestAnswer, msgpack = false): unknown {
  return msgpack ? unpack(bytes) : JSON.parse(Buffer.from(bytes).toString('utf8'));
}

/** The voxels of a layer, each as `x y z rrggbbaa`, in an order of their own. */
export function voxelsOf(engine: TestEngine, layer_id = -1, project = 1): string[] {
  const all = engine.call('get_layer_voxels', { layer_id, limit: 0 }, project) as {
    voxels: { x: number; y: number; z: number; color: number[] }[];
  };
  return all.voxels
    .map(({ x, y, z, color }) => `${x} ${y} ${z} ${Buffer.from(color).toString('hex')}`)
    .sort();
}
