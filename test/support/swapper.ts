/**
 * A thread that exchanges a directory and a link for each other, for as long as it lives: the entry
 * of a worker, whose data are the paths of the directory and of the link.
 */

import { renameSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

const { directory, link } = workerData as { directory: string; link: string };
const aside = `${directory}.aside`;

parentPort?.postMessage('ready');
for (;;) {
  renameSync(directory, aside);
  renameSync(link, directory);
  renameSync(directory, link);
  renameSync(aside, directory);
}
