/** The memory there is, and shares of it. */

import { totalmem } from 'node:os';
import { MIB } from './section.ts';

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

/** The bounds of a key whose value may be a share. */
export interface ShareBounds {
  /** What a share is at least. */
  readonly floor: number;
  readonly maximum: number | undefined;
}

/** A percentage of memory as bytes: whole MiB, within the bounds of its key. */
export function bytesOfShare(
  share: string,
  { floor, maximum }: ShareBounds,
  memory: Memory,
): number {
  const bytes = Math.floor((Number.parseFloat(share) / 100) * memory.bytes);
  const whole = bytes - (bytes % MIB);
  return Math.min(Math.max(whole, floor), maximum ?? whole);
}
