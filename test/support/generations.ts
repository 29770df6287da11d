/** Daemons that follow each other on one store, for tests of what is kept from one to the next. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type Daemon, type DaemonOptions, startDaemon } from './daemon.ts';
import { RawConnection } from './raw.ts';
import { temporaryDirectory } from './tmp.ts';

/** Daemons one after the other on one store. */
export class Generations {
  readonly state: string;
  settings: NonNullable<DaemonOptions['settings']>;
  readonly #options: DaemonOptions;
  #daemon: Daemon | undefined;
  #connection: RawConnection | undefined;

  constructor(options: DaemonOptions = {}, state = temporaryDirectory()) {
    this.#options = options;
    this.settings = options.settings ?? {};
    this.state = state;
  }

  get projects(): string {
    return join(this.state, 'goxel-supervisor', 'projects');
  }

  get daemon(): Daemon {
    if (this.#daemon === undefined) throw new Error('there is no daemon');
    return this.#daemon;
  }

  async begin(): Promise<void> {
    this.#daemon = await startDaemon({
      ...this.#options,
      settings: this.settings,
      state: this.state,
    });
    this.#connection = await RawConnection.open(this.#daemon.socket);
  }

  async kill(): Promise<void> {
    await this.daemon.kill();
    this.#connection?.destroy();
  }

  async stop(): Promise<void> {
    this.#connection?.destroy();
    assert.is((await this.daemon.stop()).code, 0);
  }

  /** Throws the error of the reply. */
  async call<T>(method: string, params: unknown = {}): Promise<T> {
    const { result, error } = await this.#connection!.call(method, params);
    if (error !== undefined) throw new Error(`${method}: ${error.data.code} ${error.message}`);
    return result as T;
  }

  async refused(method: string, params: unknown = {}) {
    const { error } = await this.#connection!.call(method, params);
    assert.ok(error, `${method} is refused`);
    return error;
  }

  ask(method: string, params: unknown = {}) {
    return this.#connection!.call(method, params);
  }

  async state_of(project: string): Promise<{ state: string | undefined }> {
    return { state: (await this.states())[project] };
  }

  states(): Promise<Record<string, string>> {
    return this.call<{ projects: { project: string; state: string }[] }>(
      'goxel.list_projects',
    ).then(({ projects }) => Object.fromEntries(projects.map((one) => [one.project, one.state])));
  }
}

/** What can be seen of a project. */
export async function portrait(one: Generations, project: string) {
  const seen: Record<string, unknown> = {};
  for (const method of ['get_project_info', 'get_history', 'list_layers', 'get_selection']) {
    seen[method] = await one.call(`goxel.${method}`, { project });
  }
  const box = { min: [-32, -32, -32], max: [32, 32, 32] };
  seen.voxels = await one.call('goxel.get_voxels_region', { project, ...box });
  return seen;
}

/** The names of what is in the store. */
export function directories({ projects }: Generations): string[] {
  return readdirSync(projects).filter((name) => !name.startsWith('.'));
}

export function lastSegment({ projects }: Generations, project: string): string {
  const directory = join(projects, project);
  const names = readdirSync(directory).filter((name) => name.endsWith('.journal'));
  return join(directory, names.sort().at(-1) ?? '');
}

export async function build(one: Generations, project: string): Promise<void> {
  const call = (method: string, params = {}) => one.call(`goxel.${method}`, { ...params, project });
  await call('create_project', { name: `Tower of ${project}` });
  await call('add_voxel', { x: 1, y: 2, z: 3, color: '#FF0000' });
  await call('create_checkpoint', { checkpoint: 'one voxel' });
  await call('create_layer', { name: 'walls' });
  await call('fill_region', { min: [0, 0, 0], max: [20, 5, 9], color: '#00FF00' });
  await call('select', { kind: 'all' });
  await call('add_voxel', { x: 9, y: 9, z: 9, color: '#0000FF' });
  await call('undo');
}

/** Runs a test on daemons of its own, and ends the last of them whatever becomes of it. */
export function generations(
  test: (name: string, run: () => Promise<void>) => void,
  name: string,
  run: (one: Generations) => Promise<void>,
  options: DaemonOptions = {},
): void {
  test(name, async () => {
    const one = new Generations(options);
    try {
      await one.begin();
      await run(one);
    } finally {
      await one.kill();
    }
  });
}
