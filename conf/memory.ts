/** The settings that are a share of memory. */

import { SETTINGS } from './settings.ts';
import { bytesOfShare, type Memory } from './shares.ts';

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
    values.set(key, bytesOfShare(share, { floor, maximum }, memory));
    const origin = origins.get(key) ?? 'default';
    origins.set(key, `${origin}: ${share} of the ${memory.bytes} bytes ${memory.what}`);
  }
}
