/** hidden-layers-exported: what is seen is what is written, in every format that can be. */

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
import { FORMATS, formatFor } from '../../../engine/formats/index.ts';
import { keepsOf } from '../../../engine/formats/keeps.ts';
import { TestEngine } from '../../support/engine.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const test = suite('hidden layers in every format');

/** Voxels of the layer that is seen, and of the one that is hidden. */
const SEEN = 27;
const HIDDEN = 8;

interface Result {
  readonly warnings?: readonly { readonly code: string }[];
}

function engineWithLayers(directory: string): TestEngine {
  const document = Document.empty();
  document.activeLayer.volume.fillBox([0, 0, 0], [3, 3, 3], 0xff00_00ff);
  const layer = document.addLayer('unseen');
  layer.set({ visible: false });
  layer.volume.fillBox([8, 8, 8], [10, 10, 10], 0xff00_ff00);
  const path = join(directory, 'model.gox');
  writeFileSync(path, Buffer.concat([...formatFor('', 'gox').write!(document)]));
  const engine = new TestEngine({ roots: [directory] });
  engine.call('load_project', { path });
  return engine;
}

/** The voxels that are seen of a file. */
function seenIn(format: string, path: string): number {
  const bytes = readFileSync(path);
  if (format === 'povray') return bytes.toString('latin1').match(/Vox\(</g)!.length;
  const resolve = (name: string) => readFileSync(join(dirname(path), name));
  const options = { resolve, solid: isMesh(format), sized: () => {} };
  return formatFor('', format).read!(bytes, path, options).merged().count();
}

function isMesh(format: string): boolean {
  return ['obj', 'ply', 'stl', 'gltf', 'glb', '3mf'].includes(format);
}

let tried = 0;
for (const { name, extensions, write } of FORMATS) {
  if (write === undefined) continue;
  tried++;
  test(`.${extensions[0]}: what is hidden is left out, unless it is asked for`, () => {
    const directory = temporaryDirectory();
    const engine = engineWithLayers(directory);
    const written = (file: string, hidden?: boolean) => {
      const path = join(directory, `${file}.${extensions[0]}`);
      const { warnings = [] } = engine.call('export_model', {
        ...{ path, format: name },
        ...(hidden === undefined ? {} : { hidden }),
      }) as Result;
      const told = warnings.some(({ code }) => code === 'WARN_HIDDEN_LEFT_OUT');
      return [seenIn(name, path), told];
    };
    // A format that says what is hidden has it all the same, and it stays so.
    const { visibility } = keepsOf(name);
    assert.equal(written('usual'), [SEEN, name !== 'gox'], 'by default');
    assert.equal(written('not', false), [SEEN, name !== 'gox'], 'hidden: false');
    assert.equal(written('all', true), [visibility ? SEEN : SEEN + HIDDEN, false], 'hidden: true');
  });
}

test('there are that many formats', () => {
  assert.ok(tried >= 18, `${tried}`);
});

test.run();
