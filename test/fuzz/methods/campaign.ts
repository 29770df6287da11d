/**
 * A campaign on the methods. Each case is a small story on a project of its own, so that it can be
 * repeated by its number: the project is made, gets some content, then requests that were drawn
 * from the schemas; before and after each of them the project is looked at.
 */

import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { METHODS } from '../../../engine/catalogue/methods.ts';
import type { MethodSpec } from '../../../engine/catalogue/spec.ts';
import { type Client, ClientError, connect } from '../../../transport/client.ts';
import { type Daemon, startDaemon } from '../../support/daemon.ts';
import { temporaryDirectory } from '../../support/tmp.ts';
import { Random } from '../random.ts';
import { type Answer, type AnswerError, answerFaults, effectFaults } from './judge.ts';
import { type Seen, seen } from './observe.ts';
import { Maker, type Params } from './values.ts';
import { OUTSIDE, SEED_FILE } from './words.ts';

const REQUESTS_PER_CASE = 6;
/** One on each of the daemon's engines, as often as not. */
const LANES = 2;
const CALL_MS = 60_000;

const SETTINGS = {
  'limits.voxel_bytes_max': 64 * 1024 * 1024,
  'limits.project_voxel_bytes_max': 8 * 1024 * 1024,
  'limits.script_timeout_ms': 500,
};

/** They would end the campaign. */
const ENDING = ['shutdown', 'supervisor.upgrade'];

export const FUZZED: readonly MethodSpec[] = METHODS.filter(({ name }) => !ENDING.includes(name));

export interface Fault {
  readonly number: number;
  readonly what: string;
}

export interface Tally {
  cases: number;
  requests: number;
  results: number;
  errors: number;
  /** Answers by the way in which parameters were spoiled. */
  readonly spoiled: Record<string, number>;
  /** The methods that gave a result at least once, and that were called. */
  readonly done: Set<string>;
  readonly called: Set<string>;
}

export interface CampaignOptions {
  readonly seed: number;
  readonly cases: number;
  readonly only?: number;
  /** No further one is begun when it has lasted so long. */
  readonly time_ms?: number;
  onFault(fault: Fault): void;
  /** Hears of each request. */
  onRequest?(text: string, answer: Answer): void;
}

/** Where the daemon of a campaign works: a root, and a directory beside it, not to be touched. */
interface Place {
  readonly root: string;
  readonly outside: string;
  /** For snapshots of heaps. */
  readonly dumps: string;
  readonly secret: Buffer;
}

export async function campaign(options: CampaignOptions): Promise<Tally> {
  const place = makePlace();
  const { root, dumps } = place;
  const places = { 'files.roots': root, 'dump.directory': dumps };
  const daemon = await startDaemon({ settings: { ...SETTINGS, ...places }, cwd: root });
  const tally: Tally = {
    ...{ cases: 0, requests: 0, results: 0, errors: 0, spoiled: {} },
    ...{ done: new Set(), called: new Set() },
  };
  const { only, time_ms = Number.POSITIVE_INFINITY } = options;
  // From here: a start takes its time.
  const until_ms = performance.now() + time_ms;
  let next = only ?? 0;
  const end = only === undefined ? options.cases : only + 1;
  const lane = async () => {
    while (next < end && performance.now() < until_ms) {
      await new Case(options, tally, place, daemon, next++).run();
    }
  };
  try {
    await Promise.all(Array.from({ length: LANES }, lane));
    for (const what of await after(daemon, place)) options.onFault({ number: end - 1, what });
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    const log = `${daemon.stdout()}${daemon.stderr()}`.slice(-2000);
    options.onFault({ number: next - 1, what: `${what}\n${log}` });
    await daemon.kill();
  }
  return tally;
}

function makePlace(): Place {
  const directory = temporaryDirectory();
  const root = join(directory, 'root');
  const outside = join(directory, OUTSIDE);
  mkdirSync(root);
  mkdirSync(outside);
  const fixture = new URL('../../../../test/fixtures/models/multi/multi.gox', import.meta.url);
  copyFileSync(fixture, join(root, SEED_FILE));
  copyFileSync(fixture, join(outside, 'secret.gox'));
  const dumps = join(directory, 'dumps');
  return { root, outside, dumps, secret: readFileSync(fixture) };
}

/** What is wrong with the daemon and its files once all is done. */
async function after(daemon: Daemon, { root, outside, secret }: Place): Promise<string[]> {
  const faults: string[] = [];
  const client = await connect({ path: daemon.socket });
  const { engines } = await client.call<{ engines: { restarts: number }[] }>('status');
  const { projects } = await client.call<{ projects: { project: string; state: string }[] }>(
    'goxel.list_projects',
  );
  await client.close();
  if (engines.some(({ restarts }) => restarts > 0)) faults.push('an engine was started again');
  for (const { project, state } of projects) {
    if (/lost/.test(state)) faults.push(`the project ${project} was lost`);
  }
  const { code, signal } = await daemon.stop();
  if (code !== 0) faults.push(`the daemon ended with ${code ?? signal}`);
  const log = daemon.stdout();
  if (/a defect/.test(log)) faults.push(`a defect is in the log: ${log.slice(-2000)}`);
  const left = readdirSync(root, { recursive: true, encoding: 'utf8' });
  faults.push(...left.filter(isTemporary).map((name) => `${name} was left behind`));
  const beside = readdirSync(outside);
  if (beside.join() !== 'secret.gox') faults.push(`outside of the root there is ${beside.join()}`);
  const kept = readFileSync(join(outside, 'secret.gox'));
  if (!kept.equals(secret)) faults.push('a file outside of the root was changed');
  return faults;
}

function isTemporary(name: string): boolean {
  return /\.goxel-[^/]*\.tmp$|\.tmp$/.test(name);
}

class Case {
  readonly #options: CampaignOptions;
  readonly #tally: Tally;
  readonly #daemon: Daemon;
  readonly #number: number;
  readonly #random: Random;
  readonly #maker: Maker;
  readonly #msgpack: boolean;
  readonly #project: string;
  readonly #place: Place;

  constructor(
    options: CampaignOptions,
    tally: Tally,
    place: Place,
    daemon: Daemon,
    number: number,
  ) {
    this.#options = options;
    this.#tally = tally;
    this.#place = place;
    this.#daemon = daemon;
    this.#number = number;
    this.#random = new Random(options.seed, 'methods', number);
    this.#msgpack = this.#random.chance(0.5);
    this.#maker = new Maker(this.#random, this.#msgpack);
    this.#project = `case ${number}`;
  }

  async run(): Promise<void> {
    const client = await connect(
      { path: this.#daemon.socket },
      { encoding: this.#msgpack ? 'msgpack' : 'json', timeout_ms: CALL_MS },
    );
    try {
      await this.#prepare(client);
      let state = await seen(client, this.#project);
      for (let i = 0; i < REQUESTS_PER_CASE; i++) {
        // Every method has its turn.
        const place = this.#number * REQUESTS_PER_CASE + i;
        state = await this.#request(client, FUZZED[place % FUZZED.length]!, state);
      }
      if (state !== undefined) {
        await client.call('goxel.close_project', { project: this.#project });
      }
    } finally {
      await client.close();
    }
    this.#tally.cases += 1;
    const beside = readdirSync(this.#place.outside);
    if (beside.length > 1) this.#fault(`a file was made outside of the root: ${beside.join()}`);
  }

  async #prepare(client: Client): Promise<void> {
    const project = this.#project;
    await client.call('goxel.create_project', { project, width: 16, height: 16, depth: 16 });
    const box = { project, min: [0, 0, 0], max: [5, 4, 3] };
    await client.call('goxel.fill_region', { ...box, color: '#3366CC' });
    if (this.#random.chance(0.5)) {
      await client.call('goxel.create_layer', { project, name: 'upper' });
      await client.call('goxel.add_voxel', {
        project,
        x: 1,
        y: 1,
        z: 9,
        color: [200, 40, 10, 255],
      });
    }
    if (this.#random.chance(0.3)) await client.call('goxel.select', { project, kind: 'all' });
    if (this.#random.chance(0.3)) await client.call('goxel.add_camera', { project, name: 'eye' });
    if (this.#random.chance(0.3)) await client.call('goxel.add_material', { project, name: 'm' });
  }

  /** Makes a request of the method; gives what the project is afterwards. */
  async #request(
    client: Client,
    spec: MethodSpec,
    before: Seen | undefined,
  ): Promise<Seen | undefined> {
    const made = this.#maker.make(spec);
    const params: Params = { ...made.params };
    if (spec.scope === 'project') {
      params.project = this.#random.chance(0.04) ? 'nobody made this' : this.#project;
      // A project that a request may open would have to be closed again.
      if (spec.project === 'opens') params.project = this.#project;
    }
    const answer = await ask(client, spec.name, params);
    const now = await seen(client, this.#project);
    this.#count(spec, made.spoiled, answer);
    const text = `${spec.name} ${shown(params)}`;
    this.#options.onRequest?.(text, answer);
    const faults = [
      ...answerFaults(spec, { ...made, params }, answer),
      ...effectFaults(spec, answer, before, now),
    ];
    for (const what of faults) this.#fault(`${what}\n  ${text.slice(0, 1000)}`);
    return now;
  }

  #count({ name }: MethodSpec, spoiled: string | undefined, answer: Answer): void {
    const tally = this.#tally;
    tally.requests += 1;
    tally.called.add(name);
    if (answer.ok) {
      tally.results += 1;
      tally.done.add(name);
    } else tally.errors += 1;
    const way = spoiled ?? 'sound';
    tally.spoiled[way] = (tally.spoiled[way] ?? 0) + 1;
  }

  #fault(what: string): void {
    this.#options.onFault({ number: this.#number, what });
  }
}

async function ask(client: Client, method: string, params: Params): Promise<Answer> {
  try {
    return { ok: true, result: await client.call(method, params) };
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    const { number, message, data } = error;
    if (number <= -32_090 && number > -32_100) throw error;
    return { ok: false, error: { code: number, message, data: data as AnswerError['data'] } };
  }
}

function shown(params: Params): string {
  return JSON.stringify(params, (_, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) return `<${value}>`;
    return value instanceof Uint8Array ? `<${value.length} bytes>` : value;
  });
}
