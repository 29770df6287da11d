/**
 * What a reader must do with damaged files: read them or refuse them with an error that says where.
 */

import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { GoxError } from '../../conf/errors.ts';
import type { Document } from '../../engine/document/document.ts';
import { formatFor } from '../../engine/formats/index.ts';
import { SEED } from './seed.ts';

const VOXEL_BYTES_MAX = 64 * 1024 * 1024;
/** The last two: for slices, of which something has to be told, and what else Minecraft saves. */
const CODES = [
  ...['GOX_FORMAT_BROKEN', 'GOX_MEMORY_LIMIT'],
  ...['GOX_INVALID_PARAMS', 'GOX_FORMAT_UNKNOWN'],
];

/** Reads bytes as a format; the error of those that are refused. */
export function outcome(format: string, bytes: Uint8Array): GoxError | Document {
  try {
    const document = formatFor('', format).read!(bytes, 'damaged', {
      voxel_bytes_max: VOXEL_BYTES_MAX,
    });
    document.merged();
    return document;
  } catch (error) {
    if (!(error instanceof GoxError)) throw error;
    assert.ok(CODES.includes(error.code), `${error.code}: ${error.message}`);
    return error;
  }
}

/** The error of bytes that must be refused with that code and message. */
export function refused(format: string, bytes: Uint8Array, code: string, message: RegExp): void {
  const result = outcome(format, bytes);
  assert.instance(result, GoxError);
  assert.is((result as GoxError).code, code, (result as GoxError).message);
  assert.match((result as GoxError).message, message);
}

/**
 * A file cut at any byte is refused, unless `whole` says that so many bytes are a whole file, and
 * the error names the file and a byte of it.
 */
export function refusesEveryCut(
  format: string,
  bytes: Uint8Array,
  whole: (length: number) => boolean = () => false,
): void {
  for (let length = 0; length < bytes.length; length++) {
    const result = outcome(format, bytes.subarray(0, length));
    if (whole(length)) continue;
    assert.ok(result instanceof GoxError, `cut to ${length} bytes is read`);
    assert.is(result.code, 'GOX_FORMAT_BROKEN');
    assert.is(result.details?.file, 'damaged');
    const offset = result.details?.offset as number;
    assert.ok(offset >= 0 && offset <= length, `offset ${offset} of ${length}`);
  }
}

/** A file with some bytes, or the four of a number, changed is read or refused. */
export function survivesNoise(format: string, bytes: Uint8Array, runs = 1000): void {
  const noise = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 4 }),
    fc.constantFrom(Uint8Array.of(255, 255, 255, 255), Uint8Array.of(255, 255, 255, 127)),
    fc.constantFrom(Uint8Array.of(0, 0, 0, 128), Uint8Array.of(0, 0, 0, 0)),
  );
  const change = fc.tuple(fc.nat(bytes.length - 1), noise);
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const noisy = Uint8Array.from(bytes);
      for (const [at, data] of changes) noisy.set(data.subarray(0, noisy.length - at), at);
      outcome(format, noisy);
    }),
    { seed: SEED, numRuns: runs },
  );
}
