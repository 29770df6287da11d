/** The last bytes of a connection, however they were cut into reads. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RawTail } from '../../../actors/connection/raw-tail.ts';

const test = suite('raw tail');

const MIB = 1024 * 1024;

function tailOf(...reads: readonly (readonly [string, number])[]): string {
  const tail = new RawTail();
  for (const [chunk, pending] of reads) tail.note(Buffer.from(chunk), pending);
  return tail.bytes(reads.at(-1)?.[1] ?? 0).toString();
}

test('has what belongs to a message that has not ended', () => {
  assert.is(tailOf(['{"a":1}', 0]), '');
  assert.is(tailOf(['{"a":1}{"b', 3]), '{"b');
  assert.is(tailOf(['{"a":1}{"b', 3], ['":', 5], ['2', 6]), '{"b":2');
  assert.is(tailOf(['{"a', 3], ['":1}{"b":2}{', 1]), '{');
  assert.is(tailOf(['{"a', 3], ['":1}', 0]), '');
});

test('keeps nothing of a large one, and knows it when that has ended', () => {
  const tail = new RawTail();
  const chunk = Buffer.alloc(MIB);
  tail.note(chunk, MIB);
  assert.not.ok(tail.lost);
  tail.note(chunk, 2 * MIB);
  assert.ok(tail.lost);
  tail.note(Buffer.from('}'), 0);
  assert.not.ok(tail.lost);
  tail.note(Buffer.from('{'), 1);
  assert.is(tail.bytes(1).toString(), '{');
});

test.run();
