/**
 * Clients edit one project at once, with jobs, undo and redo, cancels and timeouts among them, and
 * some leave before their replies. Whatever happened, a plain model that does the steps of the
 * history again holds what the project does, at each of its points.
 */

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Client, connect } from '../../transport/client.ts';
import { startDaemon } from '../support/daemon.ts';
import { eventually } from '../support/raw.ts';
import { SEED } from '../support/seed.ts';
import { temporaryDirectory } from '../support/tmp.ts';
import { LAYERS, type Model, replay, type ToldEdit, ToldEdits } from '../support/told-edits.ts';
import { randomNumbers } from '../support/volumes.ts';

const ROUNDS = 4;
const CLIENTS = 3;
const REQUESTS = 10;
const EVERYWHERE = { min: [-1000, -100, -100], max: [100, 100, 100], limit: 0 };

interface Step {
  readonly step: number;
  readonly method: string;
  readonly client: number;
  readonly bounding_box: { readonly min: readonly number[] } | null;
}

interface Listed {
  readonly done: readonly Step[];
  readonly undone: readonly Step[];
}

interface Found {
  readonly voxels: readonly { x: number; y: number; z: number; color: readonly number[] }[];
}

const random = randomNumbers(SEED);
const below = (end: number) => Math.floor(random() * end);
const directory = temporaryDirectory();
const daemon = await startDaemon({
  cwd: directory,
  settings: { 'limits.script_timeout_ms': 300, 'workers.count': 2 },
});
const open = () => connect({ path: daemon.socket });
const reader = await open();
const edits = new ToldEdits(random);

/** What an edit is known to have become. */
type Fate = 'made' | 'refused' | 'unknown';

/** Of all edits that were sent, by what tells them apart. */
const sent = new Map<number, { edit: ToldEdit; order: number; fate: Fate }>();
/** What steps do to the model, once they were seen. */
const known = new Map<number, ToldEdit | Model | undefined>();
const checkpoints: Model[] = [];

async function voxelsOf(layer_id: number): Promise<[string, string][]> {
  const { voxels } = (await reader.call('goxel.get_voxels_region', {
    ...{ ...EVERYWHERE, layer_id },
  })) as Found;
  return voxels.map(({ x, y, z, color }) => {
    return [`${x} ${y} ${z}`, `#${Buffer.from(color.slice(0, 3)).toString('hex')}`];
  });
}

/** Compares all that can be read with the model. */
async function requireModel(model: Model, where: string): Promise<void> {
  const shown = new Map<string, string>();
  for (const id of LAYERS) {
    const expected = [...model].flatMap(([key, color]) => {
      const [layer, ...at] = key.split(' ');
      return layer === `${id}` ? [[at.join(' '), color] as const] : [];
    });
    const found = await voxelsOf(id);
    assert.equal(new Map(found.sort()), new Map(expected.sort()), `layer ${id}, ${where}`);
    for (const [at, color] of expected) shown.set(at, color);
  }
  const [, second] = LAYERS;
  const merged = new Map(await voxelsOf(-2));
  assert.equal([...merged].sort(), [...shown].sort(), `all layers, ${where}`);
  assert.is((await voxelsOf(3)).length, (await voxelsOf(second)).length, `the clone, ${where}`);
  const { empty, min, last } = (await reader.call('goxel.get_bounding_box', {
    layer_id: -2,
  })) as { empty: boolean; min: readonly number[]; last?: readonly number[] };
  const places = [...shown.keys()].map((at) => at.split(' ').map(Number));
  const ends = [0, 1, 2].map((axis) => places.map((at) => at[axis]!));
  const box = empty ? [] : [min, last];
  const expected = shown.size === 0 ? [] : [ends.map(leastOf), ends.map(mostOf)];
  assert.equal(box, expected, `the box, ${where}`);
}

const leastOf = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b));
const mostOf = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b));

/** Sends an edit, which may be given up in one way or another, and notes what becomes of it. */
async function sendEdit(client: Client): Promise<void> {
  const edit = edits.next();
  const note = { edit, order: sent.size, fate: 'unknown' as Fate };
  sent.set(edit.least_x, note);
  const dice = below(10);
  const abort = new AbortController();
  const params = dice === 0 ? { ...edit.params, _meta: { timeout_ms: 1 } } : edit.params;
  if (dice === 1) void sleep(below(4)).then(() => abort.abort());
  if (dice === 2 && !edit.fails) {
    client.notify(edit.method, edit.params);
    return;
  }
  try {
    await client.call(edit.method, params, { signal: abort.signal });
    note.fate = 'made';
    assert.not(edit.fails, `succeeded: ${JSON.stringify(params)}`);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === undefined) throw error;
    if (!code.startsWith('CLIENT_')) note.fate = 'refused';
  }
}

/** Whatever goes on beside edits, and may be refused. */
async function sendOther(client: Client, moves: boolean): Promise<void> {
  const steps = [...known.keys()];
  const step = steps[below(steps.length)] ?? 0;
  const others: [method: string, params: Record<string, unknown>][] = [
    ['goxel.render_scene', { width: 300, height: 200, _meta: { timeout_ms: 1 + below(50) } }],
    ['goxel.export_model', { path: join(directory, `${below(3)}.obj`) }],
    ['goxel.diff', { from: { step }, picture: { width: 32, height: 32 } }],
    ['goxel.update_layer', { layer_id: 1, name: `layer ${below(3)}` }],
    ['goxel.get_history', {}],
  ];
  if (moves) {
    others.push(['goxel.undo', { steps: 1 + below(3) }], ['goxel.redo', { steps: 1 + below(3) }]);
    others.push(['goxel.restore', { step }]);
    others.push(['goxel.restore', { checkpoint: `${checkpoints.length - 1}` }]);
  }
  const abort = new AbortController();
  if (below(4) === 0) void sleep(below(10)).then(() => abort.abort());
  const [method, params] = others[below(others.length)]!;
  await client.call(method, params, { signal: abort.signal }).catch((error: unknown) => {
    const { code } = error as { code?: string };
    if (code === undefined || code === 'GOX_INTERNAL') throw error;
  });
}

/** What a step does to the model; checks what is told of it. */
function effectOf({ step, method, bounding_box }: Step): ToldEdit | Model | undefined {
  if (known.has(step)) return known.get(step);
  if (method === 'goxel.update_layer') return undefined;
  if (method === 'goxel.restore') return checkpoints.at(-1);
  const note = sent.get(bounding_box!.min[0]!);
  assert.ok(note !== undefined, `step ${step}, ${method}, is of nobody`);
  assert.is(note!.edit.method, method);
  assert.is.not(note!.fate, 'refused', `step ${step} was refused`);
  return note!.edit;
}

/** What the history says, in its order; after it all steps are known. */
async function listed(): Promise<{ done: Step[]; undone: Step[] }> {
  const all = (await reader.call('goxel.get_history', { limit: 1000 })) as Listed;
  const [done, undone] = [all.done.toReversed(), [...all.undone]];
  const orders = new Map<number, number>();
  for (const one of [...done, ...undone]) {
    const effect = effectOf(one);
    known.set(one.step, effect);
    if (effect === undefined || !('apply' in effect)) continue;
    const { order } = sent.get(effect.least_x)!;
    const before = orders.get(one.client) ?? -1;
    assert.ok(order > before, `client ${one.client} sent step ${one.step} before others`);
    orders.set(one.client, order);
  }
  return { done, undone };
}

const modelOf = (steps: readonly Step[]) =>
  replay(
    new Map(),
    steps.map(({ step }) => known.get(step)),
  );

/** All that is sent goes on at once; some clients leave before their replies. */
async function round(moves: boolean): Promise<void> {
  const clients = await Promise.all(Array.from({ length: CLIENTS }, open));
  const calls = clients.flatMap((client) =>
    Array.from({ length: REQUESTS }, () => {
      return below(3) > 0 ? sendEdit(client) : sendOther(client, moves);
    }),
  );
  if (below(2) === 0) await clients[0]!.close();
  await Promise.all(calls);
  await Promise.all(clients.map((client) => client.close()));
  await eventually('the clients were gone', async () => {
    return ((await reader.call('status')) as { connections: number }).connections === 1;
  });
}

/** Two layers and a clone of the second, without a history. */
async function begin(): Promise<void> {
  await reader.call('goxel.create_layer', { name: 'second' });
  await reader.call('goxel.clone_layer', { layer_id: LAYERS[1] });
  const { path } = (await reader.call('goxel.save_project', { path: 'begin.gox' })) as {
    path: string;
  };
  await reader.call('goxel.load_project', { path });
}

const editors = suite('many editors');

editors.after(async () => {
  await reader.close();
  await daemon.stop();
});

editors('make what their steps say, also while they undo and leave', async () => {
  await begin();
  for (let i = 0; i < ROUNDS; i++) {
    const { done } = await listed();
    checkpoints.push(modelOf(done));
    await reader.call('goxel.create_checkpoint', { checkpoint: `${i}` });
    const moves = i % 2 === 1;
    const before = sent.size;
    await round(moves);
    const after = await listed();
    await requireModel(modelOf(after.done), `round ${i}`);
    if (moves) continue;
    const made = new Set([...known.values()]);
    const lost = [...sent.values()].slice(before).filter(({ edit, fate }) => {
      return fate === 'made' && !made.has(edit);
    });
    assert.equal(
      lost.map(({ edit }) => edit.params),
      [],
      'made, and no step',
    );
  }
});

editors('take all of it back, and do it again', async () => {
  const { done, undone } = await listed();
  const all = [...done, ...undone];
  for (let count = done.length; count > 0; count--) {
    await reader.call('goxel.undo');
    if (count % 9 === 1) await requireModel(modelOf(all.slice(0, count - 1)), `${count} undone`);
  }
  await requireModel(new Map(), 'all undone');
  for (let count = 1; count <= all.length; count++) {
    await reader.call('goxel.redo');
    if (count % 9 === 1) await requireModel(modelOf(all.slice(0, count)), `${count} redone`);
  }
  await requireModel(modelOf(all), 'all redone');
});

editors.run();
