/** What an answer may take: refused as soon as it is known, not once it has been built. */

import { resultTooLarge } from '../../conf/errors.ts';

export interface ResultLimits {
  readonly result_bytes_max: number;
  /** Memory beside the voxels. */
  readonly job_bytes_max: number;
}

/** Bytes of `{ x, y, z, color: [r, g, b, a] }` at least, in MessagePack; JSON takes more. */
export const VOXEL_BYTES_MIN = 21;

/** Throws GOX_RESULT_TOO_LARGE when so many entries cannot fit into one result. */
export function requireEntries(
  { result_bytes_max }: ResultLimits,
  count: number,
  bytes_min: number,
): void {
  const bytes = count * bytes_min;
  if (bytes <= result_bytes_max) return;
  const message =
    `A result of ${count} entries or more would have ${bytes} bytes at least;` +
    ` limits.result_bytes_max allows ${result_bytes_max}. Ask for fewer, or for a region.`;
  throw resultTooLarge(message, bytes, result_bytes_max);
}

/** Throws GOX_RESULT_TOO_LARGE unless a result may hold so many bytes. */
export function requireResult({ result_bytes_max }: ResultLimits, bytes: number): void {
  if (bytes <= result_bytes_max) return;
  const message =
    `The result would have ${bytes} bytes; limits.result_bytes_max allows ` +
    `${result_bytes_max}.`;
  throw resultTooLarge(message, bytes, result_bytes_max);
}
