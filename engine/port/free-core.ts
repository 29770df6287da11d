/**
 * Whether a core is left for a thread that stays awake. Where other threads, of this process too,
 * want all there are, it would take the time of those whom it waits for. Where that cannot be
 * known, as on another system than Linux or with a part of a machine's cores, one is taken to be.
 */

import { availableParallelism } from 'node:os';
import {
  type ControlGroups,
  groupFiles,
  ownGroups,
  textOrNothing,
} from '../../conf/control-group.ts';

/** How often it is looked; the clocks that are read tick every 10 ms. */
const INTERVAL_MS = 500;
/** What was measured since a look that is older says little of now. */
const STALE_MS = 2000;
/** Of a core, what may seem to be taken where nobody has to wait. */
const BLUR = 0.15;

/** What was taken of the processor up to a moment, in ms. */
export interface Used {
  readonly at_ms: number;
  /** By everybody, on all cores. */
  readonly all_ms: number;
  /** By this thread. */
  readonly own_ms: number;
}

export class FreeCore {
  readonly #cores: number;
  readonly #measure: () => Used | undefined;
  #last: Used | undefined;
  #next_ms = 0;
  #isThere: boolean;

  /** @param cores that this process may use, part of one included */
  constructor(cores = coresThere(), measure = () => used(cores)) {
    this.#cores = cores;
    this.#measure = measure;
    this.#isThere = cores >= 2;
  }

  /** Whether there is one; measured now and then. @param now_ms of any clock that goes on */
  isThere(now_ms: number): boolean {
    if (now_ms >= this.#next_ms && this.#cores >= 2) this.#look(now_ms);
    return this.#isThere;
  }

  #look(now_ms: number): void {
    const last = now_ms < this.#next_ms + STALE_MS ? this.#last : undefined;
    this.#next_ms = now_ms + INTERVAL_MS;
    this.#last = this.#measure();
    if (last === undefined || this.#last === undefined) return;
    const { at_ms, all_ms, own_ms } = this.#last;
    const others_ms = all_ms - last.all_ms - (own_ms - last.own_ms);
    this.#isThere = others_ms <= (this.#cores - 1 + BLUR) * (at_ms - last.at_ms);
  }
}

/**
 * proc(5), uptime and schedstat. Undefined where this process has not the `cores` that are counted,
 * or nothing counts them.
 */
function used(cores: number): Used | undefined {
  const [up_s, idle_s] = textOrNothing('/proc/uptime').split(' ').map(Number);
  if (up_s === undefined || idle_s === undefined) return undefined;
  if (cores !== countOf(textOrNothing('/sys/devices/system/cpu/online'))) return undefined;
  const own_ns = Number.parseInt(textOrNothing('/proc/thread-self/schedstat'), 10);
  if (Number.isNaN(own_ns)) return undefined;
  const at_ms = 1000 * up_s;
  return { at_ms, all_ms: cores * at_ms - 1000 * idle_s, own_ms: own_ns / 1e6 };
}

/** How many numbers a list has like `0-3,7`. */
export function countOf(list: string): number {
  let count = 0;
  for (const range of list.trim().split(',')) {
    const [first, last = first] = range.split('-').map(Number);
    count += last! - first! + 1;
  }
  return count;
}

/** Cores that this process may use, as far as its control group lets it. */
function coresThere(): number {
  return Math.min(availableParallelism(), quotaIn(ownGroups()));
}

/** Cores that a control group may take, and those around it: the least of their limits. */
export function quotaIn(groups: ControlGroups): number {
  const [quotas, periods] = ['cpu.cfs_quota_us', 'cpu.cfs_period_us'].map((name) =>
    groupFiles(groups, 'cpu', name),
  );
  const limits = [
    ...groupFiles(groups, 'cpu', 'cpu.max').map((text) => text.split(' ')),
    // Of v1, where -1 is no limit.
    ...quotas!.map((quota, i) => [quota, periods![i]]),
  ];
  const cores = limits.map(([quota, period]) => Number(quota) / Number(period));
  return Math.min(Number.POSITIVE_INFINITY, ...cores.filter((limit) => limit > 0));
}
