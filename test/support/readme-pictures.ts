/** Makes the pictures that the README shows: `npm run pictures`. */

import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { takeInspectorPicture } from '../browser/support/readme-picture.ts';
import { TestEngine } from './engine.ts';
import { SCENES } from './readme-scenes.ts';

const directory = fileURLToPath(new URL('../../../engine/render/pictures', import.meta.url));

mkdirSync(directory, { recursive: true });
const wanted = process.argv.slice(2);
for (const { name, extension = 'jpg', requests, picture } of SCENES) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const engine = new TestEngine({ roots: [directory] });
  for (const { method, params } of requests) await engine.callAsync(method, params);
  const output_path = `${directory}/${name}.${extension}`;
  await engine.callAsync('goxel.render_scene', { ...picture, output_path });
  process.stdout.write(`${output_path}\n`);
}
if (wanted.length === 0 || wanted.includes('inspector')) {
  process.stdout.write(`${await takeInspectorPicture()}\n`);
}
