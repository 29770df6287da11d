/** What is said of a method that there is not: its name, and the one that may be meant. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { methodNotFound } from '../../../engine/catalogue/method-not-found.ts';

const notFound = suite('method not found');

notFound('names the method first, as clients look for it, then the nearest one', () => {
  for (const [name, near] of [
    ['goxel.add_voxl', '; did you mean goxel.add_voxel?'],
    ['add_voxle', '; did you mean add_voxel?'],
    ['GOXEL.ADD_VOXEL', '; did you mean goxel.add_voxel?'],
    ['goxl.add_voxel', '; did you mean goxel.add_voxel?'],
    ['voxel.ad', '; did you mean voxel.add?'],
    ['goxel.warp', ''],
    ['', ''],
    ['__proto__', ''],
  ] as const) {
    const error = methodNotFound(name);
    assert.is(error.message, `Method not found: ${name}${near}`);
    assert.is(error.code, 'GOX_METHOD_NOT_FOUND');
  }
});

notFound('cuts a long name, and costs no more for it', () => {
  const message = methodNotFound('m'.repeat(15_000_000)).message;
  assert.is(message, `Method not found: ${'m'.repeat(128)}`);
});

notFound('answers thousands in the time of a moment', () => {
  const since_ms = performance.now();
  for (let i = 0; i < 2000; i++) methodNotFound(`goxel.add_voxl_${i}`);
  assert.ok(performance.now() - since_ms < 20_000);
});

notFound.run();
