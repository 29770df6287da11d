/**
 * A thread that is started before there is an engine for it, so that it loads its code while the
 * main thread loads that of the daemon. It waits for its first message, as every thread does; the
 * first engine that starts takes it. One that comes to nothing is forgotten: the engine then starts
 * one by itself, and tells what hinders it.
 */

import { type ResourceLimits, Worker } from 'node:worker_threads';
import { ENGINE_ENTRY } from '../entries.ts';

const MIB = 1024 * 1024;

interface Early {
  readonly thread: Worker;
  readonly heap_bytes_max: number | undefined;
}

let early: Early | undefined;

/** @param heap_bytes_max past which V8 ends the thread, as a rule */
export function limitsOf(heap_bytes_max: number | undefined): ResourceLimits {
  if (heap_bytes_max === undefined) return {};
  return { maxOldGenerationSizeMb: Math.floor(heap_bytes_max / MIB) };
}

/** It keeps no process alive until it is taken. */
export function startEarly(heap_bytes_max: number | undefined): void {
  try {
    const resourceLimits = limitsOf(heap_bytes_max);
    const thread = new Worker(ENGINE_ENTRY, { name: 'engine:0', resourceLimits });
    early = { thread, heap_bytes_max };
    thread.unref();
    thread.on('error', forget);
    thread.on('exit', forget);
  } catch {
    // The engine will meet the same.
  }
}

function forget(): void {
  early = undefined;
}

/** From then on it is who takes it that owns it. */
export function takeEarly(heap_bytes_max: number | undefined): Worker | undefined {
  if (early === undefined || early.heap_bytes_max !== heap_bytes_max) return undefined;
  const { thread } = early;
  forget();
  thread.off('error', forget);
  thread.off('exit', forget);
  thread.ref();
  return thread;
}
