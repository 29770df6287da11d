/** Parameters of files in an `options` object, those of a save, and what `list_formats` tells. */

import { writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { READING_FORMATS } from '../../../engine/catalogue/reading.ts';
import { WRITING_FORMATS } from '../../../engine/catalogue/writing.ts';
import { hasRow } from '../../../engine/formats/keeps.ts';
import { TestEngine } from '../../support/engine.ts';
import { filesPage } from '../../support/files-page.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

interface Told {
  readonly warnings?: readonly { code: string; message: string }[];
  readonly data?: string;
  readonly voxel_count?: number;
}

function codesOf({ warnings = [] }: Told): string[] {
  return warnings.map(({ code }) => code);
}

function withVoxel(): TestEngine {
  const engine = new TestEngine();
  engine.call('add_voxel', [4, 5, 6, '#3366CC']);
  return engine;
}

function textOf(engine: TestEngine, params: object): string {
  const { data } = engine.call('export_model', params) as Told;
  return Buffer.from(data!, 'base64').toString();
}

const options = suite('an options object');

options('has the parameters of an export', () => {
  const engine = withVoxel();
  const cropped = /^0 0 0 3366cc$/m;
  assert.match(textOf(engine, { format: 'txt', options: { crop: true } }), cropped);
  assert.match(textOf(engine, { format: 'txt', crop: true, options: { crop: true } }), cropped);
  assert.match(textOf(engine, { options: { format: 'txt', crop: true } }), cropped);
});

options('has those of a reading, by all of their names', () => {
  const directory = temporaryDirectory();
  const engine = new TestEngine({ roots: [directory] });
  const path = `${directory}/a.obj`;
  writeFileSync(path, 'v 0 0 0\nv 9 0 0\nv 9 9 0\nf 1 2 3\n');
  const loaded = engine.call('load_project', { path, options: { size: 3 } }) as Told;
  const same = engine.call('load_project', { path, size: 3 }) as Told;
  assert.is(loaded.voxel_count, same.voxel_count);
  const unused = { path, options: { slices: 3 } };
  assert.equal(codesOf(engine.call('import_file', unused) as Told), ['WARN_OPTION_UNUSED']);
});

options('has those of a save', () => {
  const directory = temporaryDirectory();
  const engine = new TestEngine({ roots: [directory] });
  engine.call('add_voxel', [4, 5, 6, '#3366CC']);
  engine.call('create_layer', { name: 'roof' });
  engine.call('add_voxel', [4, 5, 7, '#3366CC']);
  const path = `${directory}/a.qb`;
  const save = (options: object) => codesOf(engine.call('save_project', { path, options }) as Told);
  engine.call('update_layer', { layer_id: 2, visible: false });
  assert.equal(save({}), ['WARN_HIDDEN_LEFT_OUT']);
  assert.equal(save({ hidden: true }), []);
  const { message } = engine.fail('save_project', { path, options: { hiden: true } });
  assert.match(message, /options.*did you mean hidden/);
});

options('is refused for what it does not know, with what is near', () => {
  const engine = withVoxel();
  const refusal = (params: object) => engine.fail('export_model', { format: 'txt', ...params });
  const { message, data } = refusal({ options: { vertex_color: true } });
  assert.match(
    message,
    'params.options.vertex_color: unknown parameter; did you mean vertex_colors',
  );
  assert.is(data.code, 'GOX_INVALID_PARAMS');
  assert.match(
    refusal({ options: { mesh: 'gredy' } }).message,
    /options.mesh.*did you mean greedy/,
  );
  assert.match(refusal({ options: [1] }).message, /params.options: expected an object/);
  const twice = refusal({ options: { crop: true }, crop: false });
  assert.match(twice.message, /options.crop: given as crop, too, and not the same/);
});

options('of the v14 TypeScript client means what it says', () => {
  const engine = withVoxel();
  const asked = (given: object) => ({ format: 'obj', options: given });
  const both = { includeNormals: true, includeTextures: false };
  const told = engine.call('export_project', asked(both)) as Told;
  assert.not(codesOf(told).includes('WARN_OPTION_UNUSED'));
  const text = textOf(engine, asked(both));
  assert.is(text, textOf(engine, { format: 'obj', texture: 'none' }));
  const flat = engine.call('export_project', asked({ includeNormals: false })) as Told;
  assert.ok(flat.warnings!.some(({ message }) => message.includes('"includeNormals"')));
});

options('of meshes mean nothing to a picture, which is told', () => {
  const engine = withVoxel();
  const asked = { format: 'png', mesh: 'greedy' };
  const told = engine.call('export_model', asked) as Told;
  assert.equal(codesOf(told), ['WARN_OPTION_UNUSED']);
  assert.match(told.warnings![0]!.message, /"mesh" means nothing to png/);
  const strict = engine.fail('export_model', { ...asked, strict: true });
  assert.is(strict.data.code, 'GOX_STRICT');
  assert.equal(codesOf(engine.call('export_model', { format: 'png' }) as Told), []);
});

options('of what is written are heeded by a picture', () => {
  const engine = withVoxel();
  engine.call('create_layer', { name: 'roof' });
  engine.call('add_voxel', [40, 5, 6, '#ff0000']);
  const picture = (more: object) =>
    (engine.call('export_model', { format: 'png', ...more }) as Told).data;
  const whole = picture({});
  for (const more of [{ layers: ['roof'] }, { palette: ['#00ff00'] }, { rotate: 'z180' }]) {
    assert.ok(picture(more) !== whole, JSON.stringify(more));
  }
  const near = engine.fail('export_model', { format: 'png', layers: ['rof'] });
  assert.match(near.message, /did you mean roof/);
});

options.run();

const saving = suite('a save');

saving('keeps hidden layers where the format has them, and tells where it has not', () => {
  const directory = temporaryDirectory();
  const engine = new TestEngine({ roots: [directory] });
  engine.call('add_voxel', [4, 5, 6, '#3366CC']);
  engine.call('create_layer', { name: 'spare' });
  engine.call('add_voxel', [1, 1, 1, '#3366CC']);
  engine.call('set_layer_visibility', { layer_name: 'spare', visible: false });
  const save = (name: string, more = {}) =>
    engine.call('save_project', { path: `${directory}/${name}`, ...more }) as Told;
  assert.equal(codesOf(save('a.gox')), []);
  assert.equal(codesOf(save('a.qb')), ['WARN_HIDDEN_LEFT_OUT']);
  assert.equal(codesOf(save('a.qb', { hidden: true })), []);
  const strict = { path: `${directory}/b.qb`, strict: true };
  assert.is(engine.fail('save_project', strict).data.code, 'GOX_STRICT');
});

saving.run();

const formats = suite('list_formats');

interface Listed {
  readonly formats: readonly {
    name: string;
    keeps?: string[];
    colors_max?: number;
    reading: string[];
    writing: string[];
    writes: boolean;
  }[];
  readonly options: string[];
}

formats('tells what each holds and its options', () => {
  const listed = new TestEngine().call('list_formats', {}) as Listed;
  const named = new Map(listed.formats.map((format) => [format.name, format]));
  assert.equal(named.get('stl')!.keeps, ['place']);
  assert.ok(named.get('gox')!.keeps!.includes('visibility'));
  assert.ok(named.get('vox')!.colors_max! >= 254);
  assert.ok(named.get('png slices')!.reading.includes('count'));
  assert.ok(named.get('obj')!.writing.includes('mesh'));
  assert.ok(listed.options.includes('rotate'));
  for (const [option, about] of Object.entries({ ...READING_FORMATS, ...WRITING_FORMATS })) {
    const unknown = about.filter((name) => !named.has(name));
    assert.equal(unknown, [], option);
  }
});

formats('has a row of what it keeps for each format that is written', () => {
  const listed = new TestEngine().call('list_formats', {}) as Listed;
  for (const { name, keeps, writes } of listed.formats) {
    if (writes && name !== 'png' && name !== 'jpeg') assert.ok(keeps!.length > 0, name);
    assert.is(hasRow(name) || name === 'png' || name === 'jpeg' || !writes, true, name);
  }
});

formats('are on the page of files', () => {
  const { found, wanted } = filesPage();
  assert.is(found, wanted, 'npm run generate writes it anew');
});

formats.run();
