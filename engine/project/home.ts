/** What the projects of an engine have in common. */

import type { ResultLimits } from '../inquiries/limits.ts';
import type { OpLimits } from '../port/op-window.ts';
import type { Scripts } from '../script/script.ts';
import type { Clipboard } from './clipboard.ts';
import type { Files } from './files.ts';
import type { Budget } from './memory.ts';

/** What all projects of an engine share. */
export interface ProjectHome {
  readonly budget: Budget;
  readonly files: Files;
  readonly clipboard: Clipboard;
  readonly limits: ResultLimits;
  readonly op_limits: OpLimits;
  readonly scripting: Scripting;
  /** How many threads share a job. */
  readonly job_threads: number;
}

/** What scripts run in, and their ceilings. */
export interface Scripting {
  readonly script_timeout_ms: number;
  readonly script_memory_bytes_max: number;
  /** There while a request is run that needs it. */
  scripts: Scripts | undefined;
  /** Why there are none. */
  failure: unknown;
}
