/** The memory there is, and the settings that are a share of it. */

import { totalmem } from 'node:os';
import { MIB } from './section.ts';
import { SETTINGS } from './settings.ts';

/** What shares are shares of. */
export interface Memory {
  readonly bytes: number;
  /** What these bytes are, to be said after their number: "that the machine has". */
  readonly what: string;
}

/**
 * What the process may take: the lower of what the machine has and of the limit of its control
 * group (`memory.max` of this one or one above). Without such a limit the system says 0, or more
 * than any machine has.
 */
export function memoryThere(
  constrained: number = process.constrainedMemory(),
  total: number = totalmem(),
): Memory {
  return constrained > 0 && constrained < total
    ? { bytes: constrained, what: 'that the container may take' }
    : { bytes: total, what: 'that the machine has' };
}

/**
 * Makes bytes of the values that are percentages, and tells of each in `origins` what it is of. A
 * share is whole MiB, within the bounds of its key, and its `floor` at least.
 */
export function settleShares(
  values: Map<string, unknown>,
  origins: Map<string, string>,
  memory: Memory,
): void {
  for (const { key, floor, maximum } of SETTINGS.values()) {
    const share = values.get(key);
    if (floor === undefined || typeof share !== 'string') continue;
    const bytes = Math.floor((Number.parseFloat(share) / 100) * memory.bytes);
    const whole = bytes - (bytes % MIB);
    values.set(key, Math.min(Math.max(whole, floor), maximum ?? whole));
    const origin = origins.get(key) ?? 'default';
    origins.set(key, `${origin}: ${share} of the ${memory.bytes} bytes ${memory.what}`);
  }
}
