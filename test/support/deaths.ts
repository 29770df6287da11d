/** Daemons whose engines die, and what is seen of that from outside. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Daemon } from './daemon.ts';
import { DEATH_GATE, DEATH_ONCE, MARKER } from './deadly.ts';
import { patiently } from './patiently.ts';
import { actors, eventually, RawConnection, type RawReply, type RawTree, treeOf } from './raw.ts';
import { resultOf } from './reloading.ts';
import { temporaryDirectory } from './tmp.ts';

export const DEADLY = {
  NODE_OPTIONS: `--import ${new URL('./deadly.js', import.meta.url).href}`,
};

/** The same; who dies does so when the file is there. */
export function gated() {
  const directory = temporaryDirectory();
  const path = join(directory, 'gate');
  const open = () => writeFileSync(path, '');
  return { env: { ...once(), [DEATH_GATE]: path }, open };
}

/** The same, for requests of which one thread dies. */
export function once() {
  return { ...DEADLY, [DEATH_ONCE]: join(temporaryDirectory(), 'once') };
}

/** @param name in the parameters, what the thread dies of */
export function deadly(project: string, id: number, name = MARKER): string {
  const params = `{"name":${name},"project":"${project}"}`;
  return `{"jsonrpc":"2.0","method":"goxel.create_layer","params":${params},"id":${id}}\n`;
}

/** Waits for something about the tree, as seen by a connection of its own. */
export async function until(
  observer: RawConnection,
  holds: (tree: RawTree) => boolean,
): Promise<RawTree> {
  let tree = await treeOf(observer);
  await eventually('the tree was so', async () => {
    tree = await treeOf(observer);
    return holds(tree);
  });
  return tree;
}

export function engine(tree: RawTree, index: number): RawTree {
  const [found] = actors(tree, new RegExp(`^engine:${index}$`));
  if (found === undefined) throw new Error(`there is no engine:${index}`);
  return found;
}

export const code = (line: string) => (JSON.parse(line) as RawReply).error?.data.code ?? 'ok';

/** Projects `a` of engine 0 and `b` of engine 1, each with a voxel at the origin. */
export async function twoProjects(daemon: Daemon): Promise<RawConnection> {
  const connection = await RawConnection.open(daemon.socket);
  for (const project of ['a', 'b']) {
    resultOf(await patiently(connection, 'goxel.create_project', { project }));
    const voxel = { x: 0, y: 0, z: 0, project };
    resultOf(await patiently(connection, 'goxel.add_voxel', voxel));
  }
  return connection;
}
