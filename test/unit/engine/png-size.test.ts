/** How small PNGs are: next to what zlib can do at its best, and for clients that read once. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodePng } from '../../../engine/image/png.ts';
import { packPicture } from '../../../engine/image/strips.ts';
import { TestEngine } from '../../support/engine.ts';
import { pixelsOf, SHADED_SCENES, SMALL_SCENES, smallest } from '../../support/png-scenes.ts';
import { SCENES, type SceneRequest } from '../../support/readme-scenes.ts';

async function drawn(
  requests: readonly SceneRequest[],
  picture: SceneRequest['params'] = {},
): Promise<{ png: Buffer; reply: string }> {
  const engine = new TestEngine();
  for (const { method, params } of requests) await engine.callAsync(method, params);
  const result = await engine.callAsync('goxel.render_scene', { ...picture, format: 'png' });
  const reply = JSON.stringify({ jsonrpc: '2.0', id: 1, result });
  return { png: Buffer.from((result as { image: string }).image, 'base64'), reply };
}

/** More than the least that zlib needs: that of strips, and of levels below the highest. */
const SHARE_MAX = 1.1;
/** A Unix socket hands over 36 KB at a time; clients that read once see no more. */
const REPLY_BYTES_MAX = 32 * 1024;

const small = suite('small scenes');

for (const [name, requests] of Object.entries(SMALL_SCENES)) {
  small(`${name}, 512 x 512, is read in one go, and nearly as small as zlib makes it`, async () => {
    const { png, reply } = await drawn(requests);
    assert.ok(reply.length < REPLY_BYTES_MAX, `${reply.length} bytes`);
    const least = smallest(pixelsOf(png));
    assert.ok(png.length <= least * SHARE_MAX, `${png.length} bytes, and ${least} would do`);
  });
}

small('of any background are as small, of few pixels too', async () => {
  for (const background of ['transparent', '#FFFFFF', [20, 40, 60, 128]]) {
    for (const side of [256, 400]) {
      const { png } = await drawn(SMALL_SCENES['a house']!, { background, width: side });
      const least = smallest(pixelsOf(png));
      assert.ok(png.length <= least * SHARE_MAX, `${background}: ${png.length} and ${least}`);
    }
  }
});

small.run();

const others = suite('other scenes');

for (const [name, requests] of Object.entries(SHADED_SCENES)) {
  others(`${name} is nearly as small as zlib makes it`, async () => {
    const { png } = await drawn(requests);
    const least = smallest(pixelsOf(png));
    assert.ok(png.length <= least * SHARE_MAX, `${png.length} bytes, and ${least} would do`);
  });
}

others('of the README are nearly as small as zlib makes them', async () => {
  for (const { name, requests, picture } of SCENES) {
    if (name !== 'shapes') continue;
    const { png } = await drawn(requests, picture);
    const least = smallest(pixelsOf(png));
    assert.ok(png.length <= least * SHARE_MAX, `${name}: ${png.length} bytes and ${least}`);
  }
});

others('that are all noise come back as they were, in little more than they are', () => {
  for (const channels of [3, 4] as const) {
    for (const [width, height] of [
      [1, 1],
      [1, 900],
      [300, 1],
      [333, 401],
    ] as const) {
      const rgba = new Uint8Array(width * height * 4);
      let seed = 7;
      for (let i = 0; i < rgba.length; i++) {
        seed = Math.imul(seed, 1_103_515_245) + 12_345;
        rgba[i] = channels === 3 && i % 4 === 3 ? 255 : seed >>> 16;
      }
      const png = packPicture({ width, height, channels, rgba });
      assert.equal(Buffer.from(decodePng(png, width, height).rgba), Buffer.from(rgba));
      assert.ok(png.length < (width * channels + 1) * height * 1.01 + 200);
    }
  }
});

others.run();
