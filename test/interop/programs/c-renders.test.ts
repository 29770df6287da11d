/**
 * The C program that tests managed renders, as far as it speaks to a daemon: the rest of it links
 * the C daemon's render manager.
 */

import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PlainClient, type Started, startAndWait } from '../../support/programs.ts';
import { temporaryDirectory } from '../../support/tmp.ts';
import { call, type Turn, takeTurns } from '../../support/turns.ts';

const test = suite('render transfer');

const SUCCESS = '"success":true';

const rendered = (side: number): Turn => ({
  send: call(
    'goxel.render_scene',
    `{"width":${side},"height":${side},"options":{"return_mode":"file_path"}}`,
    1,
  ),
  wants: [SUCCESS, '"file":{'],
});

/** What stands after the first `"path":"` of a reply, which is how the program finds the file. */
function firstPath(reply: string): string {
  const [, path] = reply.match(/"path":"([^"]*)"/) ?? [];
  assert.type(path, 'string', reply);
  return path as string;
}

test('render transfer', async () => {
  const renders = join(temporaryDirectory(), 'renders');
  mkdirSync(renders);
  const daemon = await startAndWait(({ socket }) => ['--socket', socket], {
    env: { GOXEL_RENDER_DIR: renders },
  });
  try {
    await transfer(daemon, renders);
  } finally {
    assert.is(await daemon.stop(), 0, daemon.output());
  }
});

async function transfer({ places }: Started, renders: string): Promise<void> {
  const client = await PlainClient.open(places.socket);
  const ask = (...turns: Turn[]) => takeTurns(client, turns, 8191);
  const voxel = { send: call('goxel.add_voxel', '[16, 16, 16, 255, 0, 0, 255]', 1) };
  const create = call('goxel.create_project', '["TestProject", 32, 32, 32]', 1);
  await ask({ send: create, wants: [SUCCESS] }, voxel, voxel);

  const path = firstPath(await ask(rendered(200)));
  assert.is(dirname(path), renders);
  assert.ok(statSync(path).size > 0);

  const legacy = join(places.directory, 'legacy.png');
  const positional = call('goxel.render_scene', `["${legacy}", 100, 100]`, 1);
  await ask({ send: positional, wants: [SUCCESS] });
  assert.ok(existsSync(legacy));

  await ask(rendered(100), rendered(150), rendered(200));
  await ask({ send: call('goxel.list_renders', '{}', 1), wants: [SUCCESS, '"renders":['] });

  const info = call(
    'goxel.get_render_info',
    `{"path":"${firstPath(await ask(rendered(150)))}"}`,
    1,
  );
  await ask({ send: info, wants: [SUCCESS, '"file":{'] });
  client.close();
}

test.run();
