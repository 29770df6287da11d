/**
 * A thread with a project, which it is killed in the middle of editing. It posts what the main
 * thread is to hold of it, with all that can be told of the project by then, and goes on at once.
 */

import { parentPort, workerData } from 'node:worker_threads';
import { ProjectMirror } from '../../engine/mirror/project-mirror.ts';
import { LooseProject } from './project.ts';
import { copyOf } from './recorded.ts';
import { randomNumbers } from './volumes.ts';

const { seed, directory } = workerData as { seed: number; directory: string };
const random = randomNumbers(seed);
const made = new LooseProject(2 ** 28, directory);
const { project } = made;
const [layer] = project.document.layers;
const maker = new ProjectMirror(project);
const below = (end: number) => Math.floor(random() * end);

for (let round = 1; ; round++) {
  for (let i = 0; i < 20; i++) edit();
  // The main thread is told, and all that comes from here on must not be seen there.
  const delta = maker.delta(round);
  parentPort!.postMessage({ delta, copy: copyOf(project) });
  for (let i = 0; i < 200; i++) edit();
}

function edit(): void {
  const [x, y, z] = [below(60), below(60), below(30)];
  const color = 0xff00_0000 + below(2 ** 24);
  const dice = random();
  if (dice < 0.1) project.undo();
  else if (dice < 0.15) project.redo();
  else if (dice < 0.3) {
    const min = [x, y, z] as const;
    project.transact(() => layer!.volume.fillBox(min, [x + 9, y + 20, z + 5], color));
  } else project.transact(() => layer!.volume.set(x, y, z, color));
}
