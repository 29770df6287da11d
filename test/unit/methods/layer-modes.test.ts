/** The mode of a layer, from the request that sets it to pictures, merges, files and exports. */

import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TestEngine } from '../../support/engine.ts';
import { decodePicture, pixelAt } from '../../support/pictures.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const modes = suite('modes');

const MODES = [
  ...['sub', 'sub_clamp', 'paint', 'max', 'intersect', 'intersect_fill', 'mult_alpha'],
  'replace',
];
const directory = temporaryDirectory();

/** A box with a translucent one across it, that acts on it by a mode. */
function crossed(mode: string): TestEngine {
  const engine = new TestEngine({ roots: [directory] });
  engine.call('fill_region', { min: [0, 0, 0], max: [9, 9, 9], color: [230, 120, 40] });
  engine.call('create_layer', { name: 'upper' });
  engine.call('fill_region', { min: [3, -4, 3], max: [9, 4, 14], color: [40, 90, 200, 200] });
  engine.call('update_layer', { layer_name: 'upper', mode });
  return engine;
}

async function picture(engine: TestEngine, trace: object | false, materials = true) {
  const view = { width: 32, height: 32, camera: 'isometric', background: '#000000' };
  const { image } = (await engine.callAsync('render_scene', { ...view, trace, materials })) as {
    image: string;
  };
  return image;
}

for (const trace of [false, { samples: 4, denoise: false }] as const) {
  modes(
    `a ${trace ? 'traced' : 'drawn'} picture shows what a merge makes, by every mode`,
    async () => {
      const plain = await picture(crossed('over'), trace);
      for (const mode of MODES) {
        const shown = await picture(crossed(mode), trace);
        assert.is.not(shown, plain, mode);
        const merged = crossed(mode);
        merged.call('merge_visible_layers', {});
        assert.is(await picture(merged, trace), shown, mode);
        const into = crossed(mode);
        into.call('merge_layers', { source_layer_id: 2, target_layer_id: 1 });
        assert.is(await picture(into, trace), shown, mode);
      }
    },
  );
}

modes('a file keeps it, by the name it was set by', async () => {
  for (const mode of ['over', ...MODES]) {
    const engine = crossed(mode);
    const path = `${directory}/${mode}.gox`;
    engine.call('save_project', { path });
    const other = new TestEngine({ roots: [directory] });
    other.call('load_project', { path });
    const layer = other.call('get_layer', { layer_name: 'upper' }) as { mode: string };
    assert.is(layer.mode, mode);
    assert.is(await picture(other, false), await picture(engine, false), mode);
  }
});

modes('an export has what a merge makes, and tells of the layer that is none any more', () => {
  for (const mode of MODES) {
    const exported = (engine: TestEngine) => {
      const { data, warnings = [] } = engine.call('export_model', { format: 'txt' }) as {
        data: string;
        warnings?: { code: string; message: string }[];
      };
      const lines = Buffer.from(data, 'base64').toString().split('\n').sort().join('\n');
      return { lines, told: warnings.map(({ message }) => message).join() };
    };
    const merged = crossed(mode);
    merged.call('merge_visible_layers', {});
    const { lines, told } = exported(crossed(mode));
    assert.ok(lines === exported(merged).lines, mode);
    if (mode !== 'max') assert.match(told, /blend modes change/, mode);
  }
});

modes(
  'an export like Goxel, a read of all layers and a picture without materials know only over',
  async () => {
    const exported = (mode: string) => {
      const path = `${directory}/${mode}.txt`;
      crossed(mode).call('export_model', { path, like: 'goxel' });
      return readFileSync(path, 'latin1');
    };
    const inside = { x: 5, y: 2, z: 5, layer_id: -2 };
    const over = crossed('over');
    for (const mode of MODES) {
      assert.is(exported(mode), exported('over'), mode);
      assert.equal(crossed(mode).call('get_voxel', inside), over.call('get_voxel', inside), mode);
      assert.is(
        await picture(crossed(mode), false, false),
        await picture(over, false, false),
        mode,
      );
    }
  },
);

modes('over with another material stays apart: it is glass before what is behind it', async () => {
  const engine = crossed('over');
  engine.call('add_material', { name: 'glass', color: [1, 1, 1, 0.5] });
  engine.call('update_layer', { layer_name: 'upper', material: 1 });
  const view = { width: 30, height: 30, camera: 'front', background: '#000000' };
  const flat = { light: { intensity: 0, ambient: 1, shadow: 0 }, occlusion: 0 };
  const { image } = (await engine.callAsync('render_scene', { ...view, ...flat })) as {
    image: string;
  };
  const pixels = decodePicture(Buffer.from(image, 'base64'));
  // The middle of the glass over the front of the box: half of each.
  const [red, green, blue] = pixelAt(pixels, 15, 14) as [number, number, number];
  const half = (front: number, back: number) => Math.round((front * 128 + back * 127) / 255);
  const expected = [half(40, 230), half(90, 120), half(200, 40)];
  const near = [red, green, blue].every((byte, i) => Math.abs(byte - expected[i]!) <= 1);
  assert.ok(near, `${red} ${green} ${blue}, not ${expected}`);
});

modes.run();
