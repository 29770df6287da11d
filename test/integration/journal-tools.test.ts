/** `goxel-supervisor journal` and `repair`, on what a daemon has left. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Client, connect } from '../../transport/client.ts';
import { cli } from '../support/cli.ts';
import { startDaemon } from '../support/daemon.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const tools = suite('journal tools');
const EDITS = 8;

async function withClient<T>(
  state: string,
  use: (client: Client) => Promise<T>,
  more: (client: Client) => Promise<unknown> = async () => {},
): Promise<T> {
  const daemon = await startDaemon({ state });
  const client = await connect({ path: daemon.socket });
  try {
    const result = await use(client);
    await more(client);
    return result;
  } finally {
    await client.close();
    await daemon.stop();
  }
}

/** The directory of a project with some voxels, and the daemon's state. */
async function edited(): Promise<{ state: string; directory: string }> {
  const state = temporaryDirectory();
  await withClient(state, async (client) => {
    await client.call('goxel.create_project', { project: 'tower' });
    for (let x = 0; x < EDITS; x++) {
      const voxel = { project: 'tower', x, y: 0, z: 0, color: '#336699' };
      await client.call('goxel.add_voxel', voxel, { op_id: `op ${x}` });
    }
  });
  return { state, directory: join(state, 'goxel-supervisor', 'projects', 'tower') };
}

async function countOf(client: Client): Promise<number> {
  const info = { project: 'tower' };
  return (await client.call<{ voxel_count: number }>('goxel.get_project_info', info)).voxel_count;
}

interface Line {
  readonly kind: string;
  readonly type?: string;
  readonly offset?: number;
  readonly sequence?: number;
  readonly op_id?: string;
  readonly params?: { readonly x?: number };
  readonly faults?: readonly unknown[];
}

function linesOf(stdout: string): Line[] {
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line]));
}

/** Another byte in the body of the record of an edit. */
function damage(directory: string, sequence: number, lines: readonly Line[]): string {
  const [name = ''] = readdirSync(directory).filter((one) => one.endsWith('.journal'));
  const path = join(directory, name);
  const record = lines.find((line) => line.type === 'request' && line.sequence === sequence);
  const bytes = readFileSync(path);
  bytes[record!.offset! + 40]! ^= 0x20;
  writeFileSync(path, bytes);
  return path;
}

tools('journal tells of each record, while the daemon runs too', async () => {
  const { state, directory } = await edited();
  await withClient(state, async () => {
    const { code, stdout } = await cli('journal', '--json', '--verbose', directory);
    assert.is(code, 0);
    const lines = linesOf(stdout);
    const edits = lines.filter(({ type }) => type === 'request');
    assert.equal(
      edits.map(({ op_id, params }) => [op_id, params?.x]),
      Array.from({ length: EDITS }, (_, x) => [`op ${x}`, x]),
    );
    assert.equal(lines.at(-1)?.faults, []);
    const text = await cli('journal', join(directory, '..'));
    assert.is(text.code, 0);
    assert.match(text.stdout, /goxel\.add_voxel op_id "op 7"/);
    assert.match(text.stdout, `project "tower": edits up to ${EDITS + 1}`);
    const held = await cli('repair', '--yes', directory);
    assert.is(held.code, 75);
    assert.match(held.stderr, 'stop it first');
  });
});

tools('repair cuts a journal at its damage, keeps a copy, and the daemon goes on', async () => {
  const { state, directory } = await edited();
  const whole = linesOf((await cli('journal', '--json', directory)).stdout);
  const path = damage(directory, 5, whole);
  const seen = await cli('journal', directory);
  assert.is(seen.code, 65);
  assert.match(seen.stdout, /damaged at \d+: the record does not match its checksum/);
  await withClient(state, async (client) => {
    assert.is(await countOf(client), 3, 'all before the damage can be read');
    const voxel = { project: 'tower', x: 99, y: 0, z: 0, color: '#336699' };
    const refused = await client.call('goxel.add_voxel', voxel).catch((error: unknown) => error);
    assert.is((refused as { code: string }).code, 'GOX_JOURNAL_DAMAGED');
    assert.match((refused as Error).message, 'goxel-supervisor repair');
    const told = await client.call('goxel.get_durability', { project: 'tower' });
    const { read_only } = told as { read_only?: { code: string } };
    assert.is(read_only?.code, 'GOX_JOURNAL_DAMAGED');
  });
  const damaged = readFileSync(path);
  const dry = await cli('repair', '--dry-run', '--json', directory);
  assert.is(dry.code, 0);
  const plan = JSON.parse(dry.stdout) as { sequence: number; given_up: { sequence: number }[] };
  assert.is(plan.sequence, 4);
  assert.equal(
    plan.given_up.map(({ sequence }) => sequence),
    [6, 7, 8, 9],
    'those that can be read, and are given up',
  );
  assert.is((await cli('repair', directory)).code, 64, 'nobody was there to be asked');
  assert.equal(readFileSync(path), damaged, 'nothing was changed so far');
  const done = await cli('repair', '--yes', '--json', directory);
  assert.is(done.code, 0, done.stderr);
  const { aside } = JSON.parse(done.stdout) as { aside: string };
  assert.equal(readFileSync(join(aside, '0000000001.journal')), damaged);
  await withClient(
    state,
    async (client) => {
      const voxel = { project: 'tower', x: 99, y: 0, z: 0, color: '#336699' };
      await client.call('goxel.add_voxel', voxel);
      assert.is(await countOf(client), 4);
    },
    async (client) => {
      const told = await client.call('goxel.get_durability', {
        project: 'tower',
        op_ids: ['op 7'],
      });
      assert.equal((told as { ops: unknown }).ops, [{ op_id: 'op 7', sequence: null }]);
    },
  );
  assert.match((await cli('repair', directory)).stdout, 'nothing to mend');
});

tools('both say what is missing', async () => {
  const directory = temporaryDirectory();
  for (const command of ['journal', 'repair']) {
    assert.is((await cli(command, directory)).code, 66, command);
    assert.is((await cli(command, join(directory, 'none'))).code, 66, command);
    assert.is((await cli(command)).code, 64, command);
  }
});

tools.run();
