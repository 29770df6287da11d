/** Whether what is larger takes as many times as long, and not the square of that. */

import * as assert from 'uvu/assert';

const TIMES = 16;
/** What memory that no longer fits into caches, and garbage, may make of it. */
const SLOWER_MAX = 8;
const SPARE_MS = 50;
const TRIES = 6;

/** Reads files of a size, and of 16 times as much. */
export function assertInProportion<File>(
  size: number,
  fileOf: (size: number) => File,
  read: (file: File) => void,
): void {
  const time_ms = (file: File) => {
    const start = performance.now();
    read(file);
    return performance.now() - start;
  };
  time_ms(fileOf(size / 2));
  const small_ms = time_ms(fileOf(size));
  const [large, ms_max] = [fileOf(TIMES * size), small_ms * TIMES * SLOWER_MAX + SPARE_MS];
  let large_ms = Number.POSITIVE_INFINITY;
  // A busy machine may hold up one of them, and hardly each.
  for (let tries = TRIES; tries > 0 && large_ms >= ms_max; tries -= 1) large_ms = time_ms(large);
  assert.ok(large_ms < ms_max, `${small_ms} ms for 1, ${large_ms} ms for ${TIMES} times`);
}
