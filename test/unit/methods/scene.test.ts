/** The image box, materials, cameras, the light and the palette. */

import { readFileSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TestEngine } from '../../support/engine.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

interface Scene {
  readonly box: { min: number[]; max: number[] } | null;
  readonly materials: { name: string }[];
  readonly cameras: { name: string; active: boolean; matrix: number[]; distance: number }[];
  readonly light: Record<string, number | boolean>;
  readonly palette: { name: string; colors: number[][]; names: string[] };
}

const scene = suite('scene');

function sceneOf(engine: TestEngine): Scene {
  return engine.call('get_scene') as Scene;
}

const SINGULAR = [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

scene('the image box is set, or fitted to the layers', () => {
  const engine = new TestEngine();
  engine.call('set_image_box', { box: { min: [-1, -2, -3], max: [4, 5, 6] } });
  const { box } = sceneOf(engine);
  assert.equal(
    [box!.min, box!.max],
    [
      [-1, -2, -3],
      [4, 5, 6],
    ],
  );
  engine.call('fill_region', { min: [10, 0, 0], max: [12, 7, 3], color: '#808080' });
  engine.call('set_image_box', { fit: true });
  const { width, height, depth } = engine.call('get_status') as Record<string, number>;
  assert.equal([width, height, depth], [3, 8, 4]);
  assert.match(engine.fail('set_image_box', {}).message, /^params\.box: expected a box, or fit/);
  assert.match(
    engine.fail('set_image_box', { box: { matrix: SINGULAR } }).message,
    /span a volume/,
  );
});

scene('layers keep their material when another one is removed', () => {
  const engine = new TestEngine();
  for (const name of ['glass', 'steel']) engine.call('add_material', { name });
  for (const material of [1, 2]) {
    engine.call('create_layer');
    engine.call('update_layer', { material });
  }
  assert.equal(engine.call('remove_material', { index: 1 }), { success: true, count: 2 });
  const materials = [0, 1, 2].map(
    (index) => (engine.call('get_layer', { index }) as { material: number | null }).material,
  );
  assert.equal(materials, [0, null, 1]);
  assert.equal(
    sceneOf(engine).materials.map(({ name }) => name),
    ['Material.1', 'steel'],
  );
  assert.match(engine.fail('remove_material', { index: 2 }).message, /index of a material; there/);
});

scene('a material is changed in what is given', () => {
  const engine = new TestEngine();
  const color = [0.25, 0.5, 0.75];
  const { material } = engine.call('update_material', { index: 0, color, metallic: 1 }) as {
    material: object;
  };
  assert.equal(material, {
    ...{ name: 'Material.1', color: [...color, 1], metallic: 1, roughness: 0.5 },
    emission: [0, 0, 0],
  });
  for (let i = 1; i < 256; i++) engine.call('add_material', {});
  assert.is(engine.fail('add_material', {}).data.code, 'GOX_LAYER_LIMIT');
});

scene('one camera is active', () => {
  const engine = new TestEngine();
  const active = () => sceneOf(engine).cameras.map((camera) => camera.active);
  assert.equal(active(), [true]);
  engine.call('add_camera', { name: 'side' });
  engine.call('add_camera', { name: 'top', active: true });
  assert.equal(active(), [false, false, true]);
  engine.call('update_camera', { index: 0, active: true });
  assert.equal(active(), [true, false, false]);
  engine.call('update_camera', { distance: 7 });
  assert.is(sceneOf(engine).cameras[0]!.distance, 7);
  engine.call('remove_camera', { index: 0 });
  assert.equal(active(), [true, false]);
  engine.call('update_camera', { index: 1, active: true });
  engine.call('remove_camera', { index: 1 });
  assert.equal(active(), [true]);
  engine.call('remove_camera', { index: 0 });
  assert.match(engine.fail('update_camera', {}).message, /the index of a camera; there are 0/);
  engine.call('add_camera', {});
  assert.equal(active(), [true]);
});

scene('a camera that cannot be is not added', () => {
  const engine = new TestEngine();
  const refused = engine.fail('add_camera', { matrix: SINGULAR });
  assert.match(refused.message, /^params\.matrix: expected a matrix whose three axes/);
  engine.fail('update_camera', { name: 'new', matrix: SINGULAR });
  assert.equal(
    sceneOf(engine).cameras.map(({ name }) => name),
    ['Camera.1'],
  );
});

scene('the light is told in degrees', () => {
  const engine = new TestEngine();
  const near = (a: unknown, b: number) => assert.ok(Math.abs(Number(a) - b) < 1e-4, `${a}`);
  near(sceneOf(engine).light.pitch, 20);
  near(sceneOf(engine).light.yaw, 120);
  engine.call('update_light', { pitch: -30, intensity: 3, fixed: true });
  const { pitch, yaw, intensity, fixed } = sceneOf(engine).light;
  near(pitch, -30);
  near(yaw, 120);
  assert.equal([intensity, fixed], [3, true]);
});

scene('palettes are built in, made, saved and loaded', () => {
  const directory = temporaryDirectory();
  const engine = new TestEngine({ roots: [directory] });
  assert.is(sceneOf(engine).palette.colors.length, 32);
  const { message } = engine.fail('set_palette', { name: 'no such' });
  const names = message.replace(/^.*built-in palette: |, got.*$/g, '').split(', ');
  assert.ok(names.length > 1, message);
  for (const name of names) {
    const { palette } = engine.call('set_palette', [name.toUpperCase()]) as Scene;
    assert.ok(palette.colors.length > 0);
  }
  const colors = ['#FF0000', [0, 255, 0]];
  engine.call('set_palette', { name: 'duo', colors });
  const path = `${directory}/duo.gpl`;
  engine.call('save_palette', { path });
  assert.match(readFileSync(path, 'utf8'), /^GIMP Palette\nName: duo\n/);
  engine.call('set_palette', [names[0]]);
  engine.call('load_palette', [path]);
  assert.equal(sceneOf(engine).palette.colors, [
    [255, 0, 0, 255],
    [0, 255, 0, 255],
  ]);
  writeFileSync(path, 'no palette');
  assert.is(engine.fail('load_palette', [path]).data.code, 'GOX_FORMAT_BROKEN');
  assert.is(sceneOf(engine).palette.name, 'duo');
  assert.is((engine.call('get_project_info') as { unsaved: boolean }).unsaved, false);
});

scene('an export shows the scene as it was when it was asked for', () => {
  const directory = temporaryDirectory();
  const path = `${directory}/out.gltf`;
  const engine = new TestEngine({ roots: [directory], jobs_inline: false });
  engine.call('add_voxel', [0, 0, 0]);
  const batch = engine.tickets([
    { method: 'export_model', params: { path } },
    { method: 'update_material', params: { index: 0, name: 'later', metallic: 0 } },
    { method: 'update_camera', params: { name: 'later' } },
    { method: 'add_voxel', params: [1, 0, 0] },
  ]);
  const text = JSON.stringify(batch[0]!.input);
  assert.match(text, /Material\.1/);
  assert.not.match(text, /later/);
});

scene.run();
