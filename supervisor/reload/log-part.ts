/** What a reload has to do with the log of the daemon. */

import type { Log } from '../log/log.ts';
import { ALL_TAKEN, type Part } from './parts.ts';

/** Opening a file takes a moment, or hangs. */
const REOPEN_MS = 5000;

/** Its file is opened again, too, since logrotate may have moved it. */
export function logPart(log: Log): Part {
  return {
    name: 'logging',
    within_ms: REOPEN_MS,
    apply: ({ logging: from }, { logging: to }) => {
      log.change(from, to);
      return ALL_TAKEN;
    },
  };
}
