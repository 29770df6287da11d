/** A soak: the lanes of load on a daemon for some time, with samples of what it holds. */

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../../transport/client.ts';
import { withDaemon } from '../support/daemon.ts';
import { WAYS } from '../support/dying.ts';
import { killEngine, mortal } from '../support/engine-deaths.ts';
import { temporaryDirectory } from '../support/tmp.ts';
import type { Bound, Sample } from './drift.ts';
import { LANES, type Place } from './lanes.ts';
import { figuresOf } from './watch.ts';

/**
 * How far figures may rise over the second half of a run. What a daemon at rest in its load may
 * still do: RSS wanders with the moment of the collections in five heaps, and threads of Node's
 * pool start on demand. Jobs, connections and actors stand for what is under way at the moment.
 */
export const BOUNDS: readonly Bound[] = [
  { figure: 'rss', rise_max: 40, share_max: 0.1 },
  { figure: 'heap', rise_max: 15, share_max: 0.15 },
  { figure: 'external', rise_max: 40, share_max: 0.2 },
  { figure: 'fds', rise_max: 8, share_max: 0 },
  { figure: 'threads', rise_max: 4, share_max: 0 },
  { figure: 'actors', rise_max: 20, share_max: 0 },
  { figure: 'jobs', rise_max: 4, share_max: 0 },
  { figure: 'projects', rise_max: 2, share_max: 0 },
  { figure: 'connections', rise_max: 6, share_max: 0 },
];

const ENGINES = 2;

const SETTINGS = {
  'workers.count': ENGINES,
  // Of small threads memory is used up soon.
  'workers.heap_bytes_max': 256 * 1024 * 1024,
  // What waits for an engine that hangs is not refused meanwhile.
  'workers.queue_size': 100_000,
  'health.heartbeat_timeout_ms': 10_000,
  'health.max_restart_attempts': 1000,
  'performance.max_connections': 64,
  'limits.projects_max': 64,
};

/** Some hundred times what a turn takes. */
const TURN_MS = 60_000;

export interface SoakOptions {
  readonly duration_s: number;
  readonly sample_s: number;
  /** Names of `LANES`; all without any. */
  readonly lanes: readonly string[];
  /** Between two deaths of engines. */
  readonly death_s: number;
  onSample(sample: Sample): void;
}

/** Runs the lanes; throws when one fails or the daemon ends. Gives turns by the lanes' names. */
export async function soak(options: SoakOptions): Promise<Record<string, number>> {
  const directory = temporaryDirectory();
  const turns: Record<string, number> = {};
  const settings = { ...SETTINGS, 'files.roots': directory };
  const mortality = join(directory, 'dying');
  const env = mortal(mortality);
  await withDaemon({ settings, cwd: directory, env }, async ({ socket, pid }) => {
    const place: Place = { socket, directory };
    const watcher = await connect({ path: socket });
    const until_ms = performance.now() + options.duration_s * 1000;
    const ended = new AbortController();
    const running = () => performance.now() < until_ms && !ended.signal.aborted;
    const names = options.lanes.length === 0 ? Object.keys(LANES) : options.lanes;
    const loads = names.map((name) => lane(name, place, turns, running));
    const watch = watching(options, async () => figuresOf(pid, watcher), running);
    const deaths = dying(options.death_s, mortality, running, ended.signal);
    try {
      await Promise.all([...loads, watch]);
      ended.abort();
      turns.deaths = await deaths;
    } finally {
      ended.abort();
      await Promise.allSettled(loads);
      await watcher.close();
    }
  });
  return turns;
}

async function lane(
  name: string,
  place: Place,
  turns: Record<string, number>,
  running: () => boolean,
): Promise<void> {
  const load = LANES[name];
  if (load === undefined) throw new Error(`no lane ${name}, only ${Object.keys(LANES).join(', ')}`);
  turns[name] = 0;
  try {
    await load.prepare?.(place);
    for (let number = 0; running(); number++) {
      await within(load.turn(place, number), TURN_MS);
      turns[name] = number + 1;
      await sleep(load.pause_ms);
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`the lane ${name} failed in turn ${turns[name]}: ${why}`, { cause });
  }
}

/** A turn that never ends must not make a soak that never fails. */
async function within(turn: Promise<void>, timeout_ms: number): Promise<void> {
  const done = new AbortController();
  const late = sleep(timeout_ms, undefined, { signal: done.signal }).then(() => {
    throw new Error(`it did not end in ${timeout_ms} ms`);
  });
  try {
    await Promise.race([turn, late]);
  } finally {
    done.abort();
    late.catch(() => {});
  }
}

/** One engine after the other dies, in every way; gives how many have. */
async function dying(
  death_s: number,
  mortality: string,
  running: () => boolean,
  ended: AbortSignal,
): Promise<number> {
  let deaths = 0;
  while (running()) {
    await sleep(death_s * 1000, undefined, { signal: ended }).catch(() => {});
    if (!running()) break;
    const way = WAYS[deaths % WAYS.length]!;
    if (await killEngine(mortality, deaths % ENGINES, way)) deaths += 1;
  }
  return deaths;
}

async function watching(
  { sample_s, onSample }: SoakOptions,
  figures: () => Promise<Record<string, number>>,
  running: () => boolean,
): Promise<void> {
  const start_ms = performance.now();
  while (running()) {
    await sleep(sample_s * 1000);
    if (!running()) return;
    const time_s = (performance.now() - start_ms) / 1000;
    onSample({ time_s, figures: await figures() });
  }
}
