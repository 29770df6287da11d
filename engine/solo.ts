/**
 * The entry of a thread that converts files: what the methods do, without the engine around them.
 * It loads neither the other methods nor a sandbox, and blocks while it works; the command that
 * starts it hears signals meanwhile.
 */

import { parentPort, workerData } from 'node:worker_threads';
import { Alone } from './conversion/alone.ts';
import type { SoloOptions, SoloReport, SoloTask } from './port/solo.ts';

// Only the command starts this file, and it types what it gives.
const alone = new Alone(workerData as SoloOptions);

function report(event: SoloReport): void {
  parentPort?.postMessage(event);
}

// What is rejected is a defect, and the thread's own `error` event.
parentPort?.on('message', (task: SoloTask) => void alone.run(task, report));
