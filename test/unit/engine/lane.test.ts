/** Messages in shared memory, from one thread to another. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Lane, ROOM_BYTES } from '../../../engine/port/lane.ts';

const lane = suite('lane');

/** Both sides, here in one thread. */
function ends(): { writer: Lane; reader: Lane } {
  const reader = new Lane();
  return { writer: new Lane(reader.memory), reader };
}

function message(n: number, bytes = 4) {
  return { head: `head ${n}`, body: new Uint8Array(bytes).fill(n).buffer };
}

/** What is there, by the numbers that it was made with. */
function taken({ take }: { take(): ReturnType<Lane['take']> }): number | undefined {
  const found = take();
  if (found === undefined) return undefined;
  const [n] = new Uint8Array(found.body);
  assert.equal(found, message(n!, found.body.byteLength));
  return n;
}
const takenFrom = (reader: Lane) => taken({ take: () => reader.take() });

lane(
  'takes messages in their order while somebody attends, and no more than there is room for',
  () => {
    const { writer, reader } = ends();
    assert.is(writer.isOpen, false);
    assert.is(writer.offer(message(1)), false, 'nobody attends');
    reader.attend();
    for (let n = 1; n < 100; n += 2) {
      assert.is(writer.isOpen, true);
      assert.is(writer.offer(message(n, n)), true);
      assert.is(writer.offer(message(n + 1, 3 * n)), true);
      assert.is(writer.isOpen, false);
      assert.is(writer.offer(message(n + 2)), false, 'it is full');
      assert.equal([takenFrom(reader), takenFrom(reader)], [n, n + 1]);
      assert.is(takenFrom(reader), undefined);
    }
  },
);

lane('refuses what it has no room for', () => {
  const { writer, reader } = ends();
  reader.attend();
  const { head } = message(7);
  assert.is(writer.offer(message(7, ROOM_BYTES - head.length + 1)), false);
  assert.is(writer.offer(message(7, ROOM_BYTES - head.length)), true);
  assert.is(takenFrom(reader), 7);
  assert.is(writer.offer(message(8, 0)), true);
  assert.is(reader.take()?.body.byteLength, 0);
});

lane('nobody leaves while a message is there', () => {
  const { writer, reader } = ends();
  assert.is(reader.leave(), true, 'who does not attend has left');
  reader.attend();
  writer.offer(message(1));
  assert.is(reader.leave(), false);
  reader.attend();
  assert.is(takenFrom(reader), 1, 'to attend once more takes nothing away');
  assert.is(reader.leave(), true);
  assert.is(writer.offer(message(2)), false);
});

lane('lets nothing overtake what was posted', () => {
  const { writer, reader } = ends();
  reader.attend();
  writer.posted(2);
  reader.received();
  assert.is(writer.offer(message(1)), false);
  reader.received();
  assert.is(writer.offer(message(1)), true);
});

lane('wakes who sleeps there for what came before and after', () => {
  const { writer, reader } = ends();
  const long_ms = 60_000;
  reader.attend();
  const began_ms = performance.now();
  writer.offer(message(1));
  reader.sleep(long_ms);
  assert.is(takenFrom(reader), 1);
  writer.posted(1);
  reader.sleep(long_ms);
  reader.received();
  assert.ok(performance.now() - began_ms < long_ms / 2);
  reader.sleep(1);
  assert.is(takenFrom(reader), undefined);
});

lane.run();
