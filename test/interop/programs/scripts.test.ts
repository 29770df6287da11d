/** The C daemon's tests of `goxel.execute_script`, and the script in its repository. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { LineClient } from '../../support/line-client.ts';
import { type Places, PlainClient, startAndWait } from '../../support/programs.ts';

const test = suite('script programs');

const RUN = 'goxel.execute_script';

/** With the short names as they are documented, which its own daemon does not have. */
const SCRIPT = `
  console.log('begin');
  var place = 50, orange = [255, 128, 0, 255];
  var code = goxel.addVoxel(place, place, place, orange);
  if (code !== 0) throw new Error('not added: ' + code);
  var found = goxel.getVoxel(place, place, place);
  if (found) console.log([found.r, found.g, found.b, found.a].join(', '));
  console.log('end');
`;

test('test of scripts', async () => {
  const daemon = await startAndWait(({ socket }) => ['--foreground', '--socket', socket]);
  try {
    await fromTextAndFile(daemon.places);
    await fiveAtATime(daemon.places);
  } finally {
    assert.is(await daemon.stop(5000), 0, daemon.output());
  }
});

async function fromTextAndFile({ directory, socket }: Places): Promise<void> {
  const path = join(directory, 'simple.js');
  writeFileSync(path, SCRIPT);
  const client = await LineClient.open(socket);
  const done = { success: true, code: 0, message: 'Script executed successfully' };
  for (const params of [
    { script: SCRIPT, name: 'simple.js' },
    { path, timeout_ms: 60_000 },
  ]) {
    const { success, code, message, output } = await client.call(RUN, params);
    assert.equal({ success, code, message }, done);
    assert.equal(output, ['begin', '255, 128, 0, 255', 'end']);
  }
  const voxel = await client.call('goxel.get_voxel', { x: 50, y: 50, z: 50 });
  assert.equal([voxel.exists, voxel.color], [true, [255, 128, 0, 255]]);
  client.close();
}

/** Each on a connection of its own, and read at once. */
async function fiveAtATime({ socket }: Places): Promise<void> {
  const replies = await Promise.all(
    [0, 1, 2, 3, 4].map(async (id) => {
      const client = await PlainClient.open(socket);
      const params = { script: `console.log('Script ${id} running');` };
      const text = JSON.stringify({ jsonrpc: '2.0', method: RUN, params, id });
      const reply = await client.ask(`${text}\n`);
      client.close();
      return reply;
    }),
  );
  for (const [id, reply] of replies.entries()) {
    assert.equal([JSON.parse(reply).id, JSON.parse(reply).result.code], [id, 0]);
  }
}

test.run();
