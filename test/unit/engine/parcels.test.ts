/** Blocks cross between threads in messages of a bounded number of buffers, and arrive as sent. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Parcels, packed } from '../../../engine/port/parcels.ts';

const parcels = suite('parcels');

function blocks(count: number): Uint32Array[] {
  return Array.from({ length: count }, (_, i) =>
    new Uint32Array(new SharedArrayBuffer(16)).fill(i),
  );
}

parcels('many blocks go in parts, and the message is put together as it was', () => {
  const [many, few] = [blocks(1500), blocks(3)];
  const ticket = { kind: 'export', layers: [{ voxels: { blocks: many } }, { blocks: few }] };
  const message = { id: 'a', value: { jobs: [ticket], answer: new ArrayBuffer(8) } };
  const { parts, message: rest } = packed(message);
  assert.equal(
    parts.map((part) => part.blocks.length),
    [512, 512, 476],
  );
  assert.not.ok(JSON.stringify(rest).includes('1499'), 'no block is left in the message');
  assert.is(ticket.layers[0]!.voxels!.blocks, many, 'what was sent stays as it is');
  const receiver = new Parcels();
  for (const part of parts) assert.is(receiver.receive(structuredClone(part)), undefined);
  const received = receiver.receive(structuredClone(rest))!.message as typeof message;
  const [first, second] = received.value.jobs[0]!.layers;
  assert.equal(
    first!.voxels!.blocks.map(([word]) => word),
    many.map((_, i) => i),
  );
  assert.is(second!.blocks!.length, 3);
  assert.equal(receiver.receive({ id: 'b' }), { message: { id: 'b' } });
});

parcels('two snapshots in one message keep their blocks apart', () => {
  const { parts, message } = packed([{ blocks: blocks(600) }, { blocks: blocks(700) }]);
  const receiver = new Parcels();
  for (const part of parts) receiver.receive(part);
  const received = receiver.receive(message)!.message as { blocks: Uint32Array[] }[];
  assert.equal(
    received.map((snapshot) => snapshot.blocks.length),
    [600, 700],
  );
});

parcels('a message without blocks is posted as it is', () => {
  const message = { type: 'RAW', value: new ArrayBuffer(4), list: [1, 'two', null] };
  const packed_ = packed(message);
  assert.is(packed_.message, message);
  assert.equal(packed_.parts, []);
});

parcels.run();
