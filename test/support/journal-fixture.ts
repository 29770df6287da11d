/**
 * Makes `test/fixtures/journal-v1`, a journal that every later version must be able to read. It is
 * made once for each version of the format: `node dist/test/support/journal-fixture.js DIRECTORY`.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DiskJournal } from '../../actors/journal/disk-journal.ts';
import { nodeFs } from '../../actors/journal/fs.ts';
import { ProjectMirror } from '../../engine/mirror/project-mirror.ts';
import { mirrorAfter } from '../../engine/port/mirror.ts';
import { TestEngine, type TestRequest, voxelsOf } from './engine.ts';
import { LooseProject } from './project.ts';

const TIMES = { sync_interval_ms: 1000, sync_timeout_ms: 60_000, full_retry_ms: 1000 };
const SETTINGS = { sync: 'always', ...TIMES } as const;

/** Those before the snapshot, which two engines can do alike. */
const BEFORE: readonly TestRequest[] = [
  { method: 'goxel.add_voxel', params: { x: 1, y: 2, z: 3, color: '#336699' } },
  { method: 'goxel.fill_region', params: { min: [0, 0, 0], max: [20, 3, 3], color: '#A03020' } },
  { method: 'goxel.create_checkpoint', params: { checkpoint: 'walls' } },
];

/** Of every type that there is, but those that are about whole documents and files. */
const AFTER: readonly TestRequest[] = [
  { method: 'add_voxel', params: { x: 9, y: 9, z: 9, color: 'red' } },
  { method: 'remove_voxel', params: { x: 1, y: 2, z: 3 } },
  { method: 'goxel.create_layer', params: { name: 'roof' } },
  { method: 'goxel.undo', params: {} },
  {
    method: 'goxel.add_voxel',
    params: { x: 5, y: 5, z: 5, color: '#00ff00', _meta: { op_id: 'a' } },
    asks: true,
  },
  {
    method: 'goxel.remove_voxel',
    params: { x: 99, y: 5, z: 5, _meta: { op_id: 'b' } },
    asks: true,
  },
  {
    method: 'script.execute',
    params: { script: 'goxel.call("add_voxel", [30, 30, 30, "blue"])' },
  },
];

/** What is told of a project, to be the same for ever. */
function toldOf(engine: TestEngine): unknown {
  return {
    voxels: voxelsOf(engine),
    history: engine.call('get_history'),
    layers: engine.call('list_layers'),
    durability: engine.call('goxel.get_durability', { op_ids: ['a', 'b', 'c'] }),
  };
}

/** What a daemon of this version makes of a directory. */
export function toldIn(directory: string): unknown {
  const engine = new TestEngine();
  engine.engine.readStore(1, { directory, epoch: 2 });
  return toldOf(engine);
}

/** What a project is that has a snapshot, and one that is records alone. */
async function make(directory: string): Promise<void> {
  const tower = new Written(join(directory, 'tower'));
  const loose = new LooseProject();
  for (const request of BEFORE) {
    await tower.do(request);
    loose.run(request.method, request.params as object);
  }
  const mirror = mirrorAfter(undefined, new ProjectMirror(loose.project).delta(tower.sequence));
  await tower.journal.snapshot(mirror);
  for (const request of AFTER) await tower.do(request);
  await tower.end();
  const hut = new Written(join(directory, 'hut'));
  await hut.do({ method: 'goxel.create_project', params: { name: 'Hut', size: [8, 8, 8] } });
  await hut.do(BEFORE[0]!);
  await hut.end();
}

class Written {
  readonly journal: DiskJournal;
  sequence = 0;
  readonly #engine = new TestEngine();
  readonly #directory: string;

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true });
    this.#directory = directory;
    const events = { changed: () => {}, noted: () => {} };
    this.journal = new DiskJournal({
      ...{ fs: nodeFs, directory, project: basename(directory), epoch: 1 },
      ...{ settings: SETTINGS, events },
    });
  }

  async do(request: TestRequest): Promise<void> {
    await this.#engine.runAsync([request]);
    for (const { bytes, sequence } of this.#engine.records.splice(0)) {
      this.sequence = sequence;
      await new Promise<void>((resolve, reject) => {
        const done = (error?: Error) => (error === undefined ? resolve() : reject(error));
        this.journal.append(bytes, sequence, done);
      });
    }
  }

  async end(): Promise<void> {
    await this.journal.close();
    const told = `${JSON.stringify(toldIn(this.#directory), undefined, 1)}\n`;
    writeFileSync(join(this.#directory, 'told.json'), told);
  }
}

const [, main = '', directory] = process.argv;
if (main.endsWith('journal-fixture.js') && directory !== undefined) await make(directory);
