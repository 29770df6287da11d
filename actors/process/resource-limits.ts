/**
 * What this process may take of the system: no core dumps, which would hold what clients sent, and
 * so many descriptors. Memory is not among it: V8 reserves address space far beyond what it uses,
 * so RLIMIT_AS would end Node at once; `limits.voxel_bytes_max` and `workers.heap_bytes_max` stand
 * in its place.
 */

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Logger } from 'pino';
import type { Config } from '../../conf/schema.ts';
import { QUICK_JOB_THREADS } from '../../machines/engine.ts';
import {
  getResourceLimit,
  type Resource,
  type ResourceLimit,
  setResourceLimit,
} from '../native/resource-limits.ts';

/** Of the main thread and of each other: queues of events, wake-ups, the code that it reads. */
const FILES_OWN = 64;
const FILES_THREAD = 12;
/** Files that requests have open, and clients that are being turned away. */
const FILES_REQUESTS = 64;

/** A project in the store: its lock, and its journal. */
const FILES_PROJECT = 2;

/** As in /proc/self/limits, and as the program `prlimit` calls them. */
const NAMES = {
  core: { row: 'Max core file size', flag: '--core' },
  files: { row: 'Max open files', flag: '--nofile' },
} as const satisfies Readonly<Record<Resource, unknown>>;

type Sections = Pick<Config, 'resources' | 'performance' | 'limits' | 'workers'>;
export type Wishes = Partial<Record<Resource, ResourceLimit>>;

/** Descriptors that so many connections need, with all that is open besides. */
export function filesNeeded({ performance, limits, workers }: Omit<Sections, 'resources'>): number {
  const threads = workers.count + workers.jobs + QUICK_JOB_THREADS;
  const connections = performance.max_connections + limits.operators_max;
  return FILES_OWN + FILES_REQUESTS + FILES_THREAD * threads + connections;
}

/** What to set where `now` holds: no more than that, and no less than the connections need. */
export function wishesOf(
  config: Sections,
  now: Readonly<Record<Resource, ResourceLimit | undefined>>,
): Wishes {
  const { open_files, open_files_max, core_dumps } = config.resources;
  const needed = filesNeeded(config);
  const { projects_max } = config.limits;
  const wishes: Wishes = {};
  if (!core_dumps && now.core?.hard !== 0) wishes.core = { soft: 0, hard: 0 };
  if (now.files !== undefined) {
    const hard = Math.min(Math.max(open_files_max, open_files, needed), now.files.hard);
    const soft = Math.min(Math.max(open_files, needed + FILES_PROJECT * projects_max), hard);
    if (soft !== now.files.soft || hard !== now.files.hard) wishes.files = { soft, hard };
  }
  return wishes;
}

/** The limits that hold; undefined where they cannot be known. */
export function limitsNow(): Readonly<Record<Resource, ResourceLimit | undefined>> {
  const text = limitsText();
  const limit = (resource: Resource) =>
    text === '' ? getResourceLimit(resource) : rowOf(text, NAMES[resource].row);
  return { core: limit('core'), files: limit('files') };
}

/** Of Linux, where reading a file spares loading a library. */
function limitsText(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return '';
  }
}

function rowOf(text: string, row: string): ResourceLimit | undefined {
  const line = text.split('\n').find((one) => one.startsWith(row));
  const [soft, hard] = line?.slice(row.length).trim().split(/\s+/) ?? [];
  return soft === undefined || hard === undefined
    ? undefined
    : { soft: numberOf(soft), hard: numberOf(hard) };
}

function numberOf(text: string): number {
  return text === 'unlimited' ? Number.POSITIVE_INFINITY : Number(text);
}

/** Sets limits, and says what became of it; it throws nothing: the daemon can do without. */
export async function setLimits(wishes: Wishes, log: Logger): Promise<void> {
  for (const [resource, limit] of Object.entries(wishes) as [Resource, ResourceLimit][]) {
    try {
      if (!setResourceLimit(resource, limit)) await setByProgram(resource, limit);
      log.debug({ resource, ...limit }, 'set a limit of the system');
    } catch (error) {
      const text = 'cannot set a limit of the system; the daemon goes on with what holds';
      log.warn({ resource, ...limit, err: error }, text);
    }
  }
}

async function setByProgram(resource: Resource, { soft, hard }: ResourceLimit): Promise<void> {
  const text = (value: number) => (Number.isFinite(value) ? value : 'unlimited');
  const limit = `${NAMES[resource].flag}=${text(soft)}:${text(hard)}`;
  await promisify(execFile)('prlimit', ['--pid', String(process.pid), limit]);
}
