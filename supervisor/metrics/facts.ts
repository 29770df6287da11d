/** What one scrape reads: figures that are there anyway, all of one moment. */

import { readdirSync, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { JournalMeter } from '../../actors/journal/journal-meter.ts';
import type { JournalFigures } from '../../actors/journal/journal-options.ts';
import type { Config } from '../../conf/schema.ts';
import type { LogFacts } from '../../machines/health-facts.ts';
import type { DaemonHealth } from '../health.ts';
import type { RequestMeter } from './requests.ts';
import type { Tally } from './tally.ts';

export interface ProcessFacts {
  readonly cpu_user_s: number;
  readonly cpu_system_s: number;
  readonly loop_active_s: number;
  readonly loop_idle_s: number;
  /** Unix time. */
  readonly start_s: number;
  /** Undefined where the system does not tell. */
  readonly open_fds: number | undefined;
  readonly max_fds: number | undefined;
}

interface ProjectFacts {
  readonly state: string;
  readonly unsaved: boolean;
  /** Why it takes no edits. */
  readonly read_only: { readonly code: string } | undefined;
}

export interface StoreFacts {
  readonly meter: Readonly<
    Pick<JournalMeter, 'edits' | 'bytes' | 'writes' | 'write_ms' | 'full' | 'failed'>
  >;
  readonly journals: Iterable<{ readonly figures: JournalFigures | undefined }>;
}

export interface MetricFacts {
  readonly config: Config;
  /** Of the daemon as a whole: `starting`, `running`, `restarting`, `stopping`. */
  readonly state: string;
  readonly ready: boolean;
  readonly stats: ReturnType<DaemonHealth['stats']>;
  readonly jobs: readonly { readonly kind: string; readonly state: string }[];
  readonly projects: readonly ProjectFacts[];
  /** How many projects were made anew: read from the store, or after a death. */
  readonly remade: { readonly read: number; readonly recovered: number };
  /** Where projects are kept on the disk; nothing where they are not. */
  readonly store: StoreFacts | undefined;
  readonly history_bytes: number;
  /** Managed renders. */
  readonly renders: { readonly files: number; readonly bytes: number };
  readonly logs: readonly LogFacts[];
  readonly process: ProcessFacts;
  readonly meter: RequestMeter;
  readonly tally: Tally;
}

export function processFacts(): ProcessFacts {
  const { user, system } = process.cpuUsage();
  const { active, idle } = performance.eventLoopUtilization();
  return {
    ...{ cpu_user_s: user / 1e6, cpu_system_s: system / 1e6 },
    ...{ loop_active_s: active / 1000, loop_idle_s: idle / 1000 },
    start_s: Math.round(performance.timeOrigin) / 1000,
    ...{ open_fds: openDescriptors(), max_fds: mayBeOpen() },
  };
}

function openDescriptors(): number | undefined {
  try {
    // One of them is that of the directory itself.
    return readdirSync('/proc/self/fd').length - 1;
  } catch {
    return undefined;
  }
}

function mayBeOpen(): number | undefined {
  try {
    const limits = readFileSync('/proc/self/limits', 'latin1');
    const soft = /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1];
    return soft === undefined || soft === 'unlimited' ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}
