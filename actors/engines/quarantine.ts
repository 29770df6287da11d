/**
 * Requests of which engines die. A request whose thread has died twice while it ran is given up:
 * its client gets GOX_REQUEST_QUARANTINED, the request is written to a file for whoever looks into
 * it, and everything else goes on.
 *
 * A client that sends it again must not take the daemon down. What was given up is refused at once
 * for some time, when it comes again for the same project with the same bytes. Who varies the bytes
 * still costs two threads each time; those deaths are forgiven once there is a thread again, so
 * that no engine is given up for them, but the waits before a restart grow (`machines/engine.ts`).
 * Who may send requests could hold up an engine as well with some that just take long.
 */

import { createHash } from 'node:crypto';
import { mkdir, readdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { GoxError } from '../../conf/errors.ts';
import { MSGPACK_FLAG } from '../../engine/port/layout.ts';
import type { Call, Source } from './call.ts';

/** So many threads may die of a request: by one alone it may have come to nothing by chance. */
const DEATHS_MAX = 2;
/** Requests that are refused when they come again, and for how long. */
const REFUSED_MAX = 256;
const REFUSED_MS = 600_000;
/** Files, and the bytes of parameters in one: what is longer is cut. */
const FILES_MAX = 32;
const PARAMS_BYTES_MAX = 4 * 1024 * 1024;

export interface QuarantineDeps {
  readonly log: Pick<Logger, 'error'>;
  readonly clock: { now_ms(): number };
  /** Where the files go, if anywhere. Made when it is needed, for its owner alone. */
  readonly directory: () => string | undefined;
}

interface Refused {
  readonly error: GoxError;
  readonly until_ms: number;
}

/** A request, as far as it is told from others. */
type Told = Pick<Call, 'params' | 'spec'>;

export class Quarantine {
  readonly #deps: QuarantineDeps;
  /** By what they are told by, the eldest first. */
  readonly #refused = new Map<string, Refused>();
  /** Bytes of the parameters of those, so that others need not be looked at. */
  #lengths = new Set<number>();
  #count = 0;

  constructor(deps: QuarantineDeps) {
    this.#deps = deps;
  }

  /** Requests that are refused when they come again. */
  get size(): number {
    return this.#refused.size;
  }

  /** A thread died while it ran a call; the error for it when that is not to be run again. */
  judge(call: Call, source: Source, reason: string): GoxError | undefined {
    call.deaths = [...(call.deaths ?? []), { at: new Date().toISOString(), reason }];
    if (call.deaths.length < DEATHS_MAX) return undefined;
    const method = call.spec?.name ?? 'a request';
    const path = this.#pathFor(method);
    const { length: deaths } = call.deaths;
    const project = call.project.name;
    const where = path === undefined ? '' : ` It is in ${path}.`;
    const error = new GoxError(
      'GOX_REQUEST_QUARANTINED',
      `The thread of its engine died ${deaths} times while it ran ${method}: ${reason}.${where}`,
      { method, deaths, ...(path === undefined ? {} : { path }) },
    );
    const about = { method, project, client: source.client, deaths, reason };
    this.#deps.log.error({ ...about, path }, 'a request is given up: threads died of it');
    this.#refuse(call, project, error);
    if (path !== undefined) this.#write(path, call, about);
    return error;
  }

  /** Why a request is not to be run: the same was given up lately. */
  refusal(request: Told, project: string): GoxError | undefined {
    if (!this.#lengths.has(request.params.length)) return undefined;
    const key = keyOf(request, project);
    const refused = this.#refused.get(key);
    if (refused === undefined || this.#deps.clock.now_ms() < refused.until_ms)
      return refused?.error;
    this.#forget(key);
    return undefined;
  }

  #refuse(call: Call, project: string, error: GoxError): void {
    const key = keyOf(call, project);
    this.#refused.delete(key);
    this.#refused.set(key, { error, until_ms: this.#deps.clock.now_ms() + REFUSED_MS });
    const [eldest] = this.#refused.keys();
    if (this.#refused.size > REFUSED_MAX && eldest !== undefined) this.#forget(eldest);
    else this.#lengths.add(call.params.length);
  }

  #forget(key: string): void {
    this.#refused.delete(key);
    this.#lengths = new Set([...this.#refused.keys()].map((one) => Number(one.split(' ', 1)[0])));
  }

  #pathFor(method: string): string | undefined {
    const directory = this.#deps.directory();
    if (directory === undefined) return undefined;
    this.#count += 1;
    const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
    const nth = String(this.#count).padStart(4, '0');
    const name = [time, process.pid, nth, method.replace(/[^\w.]/g, '_')].join('-');
    return join(directory, `${name}.json`);
  }

  /** Nobody waits for the disk: the client has its error, and the log what it is about. */
  #write(path: string, { params, method: word, deaths }: Call, about: object): void {
    const msgpack = (word & MSGPACK_FLAG) !== 0;
    const some = Buffer.from(params.subarray(0, PARAMS_BYTES_MAX));
    const text = JSON.stringify({
      ...{ ...about, deaths },
      ...{ params_bytes: params.length, params_cut: params.length > PARAMS_BYTES_MAX },
      ...{ params_encoding: msgpack ? 'MessagePack in base64' : 'JSON' },
      params: some.toString(msgpack ? 'base64' : 'utf8'),
    });
    writeAside(path, `${text}\n`).catch((error: unknown) => {
      this.#deps.log.error({ path, err: error }, 'a request that was given up is in no file');
    });
  }
}

/** With the bytes of its parameters in front. */
function keyOf({ params, spec }: Told, project: string): string {
  const hash = createHash('sha256').update(`${spec?.name}\0${project}\0`).update(params);
  return `${params.length} ${hash.digest('base64')}`;
}

/** The eldest files give way to the newest. */
async function writeAside(path: string, text: string): Promise<void> {
  const directory = join(path, '..');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFile(path, text, { mode: 0o600, flag: 'wx' });
  const names = (await readdir(directory)).filter((name) => name.endsWith('.json')).sort();
  for (const name of names.slice(0, -FILES_MAX)) await unlink(join(directory, name));
}
