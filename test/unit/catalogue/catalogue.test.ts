/** The catalogue: names, entries that make sense, and code behind every one. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { admits, type Keywords } from '../../../conf/check.ts';
import { findMethod, METHODS } from '../../../engine/catalogue/methods.ts';
import { LayerName } from '../../../engine/catalogue/schemas.ts';
import { VERSION } from '../../../engine/catalogue/version.ts';
import { handlers } from '../../../engine/methods/index.ts';

/** What clients that really run call, and the method of today that answers it. */
const CALLED_BY_CLIENTS: Readonly<Record<string, string>> = {
  'goxel.get_version': 'version',
  get_version: 'version',
  'goxel.echo': 'echo',
  'goxel.ping': 'ping',
  get_status: 'goxel.get_status',
  add_voxels: 'goxel.add_voxels',
  batch_add_voxels: 'goxel.add_voxels',
  'goxel.add_voxel_batch': 'goxel.add_voxels',
  add_voxel: 'goxel.add_voxel',
  'voxel.add': 'goxel.add_voxel',
  'project.create': 'goxel.create_project',
  'project.save': 'goxel.save_project',
  'layer.add': 'goxel.create_layer',
  'layer.select': 'goxel.set_active_layer',
  'export.obj': 'goxel.export_model',
  export_project: 'goxel.export_model',
  'goxel.open_file': 'goxel.load_project',
  'goxel.save_file': 'goxel.save_project',
  'daemon.status': 'status',
  'daemon.stats': 'status',
  'daemon.shutdown': 'shutdown',
  'goxel.shutdown_daemon': 'shutdown',
};

const catalogue = suite('catalogue');

catalogue('has every name once', () => {
  const names = METHODS.flatMap(({ name, aliases }) => [name, ...aliases]);
  const twice = names.filter((name, i) => names.indexOf(name) !== i);
  assert.equal(twice, []);
});

catalogue('finds a method by its name and by each alias', () => {
  for (const [index, spec] of METHODS.entries()) {
    for (const name of [spec.name, ...spec.aliases]) {
      assert.equal(findMethod(name)?.index, index, name);
      assert.is(findMethod(name)?.spec, spec, name);
    }
  }
});

catalogue('finds nothing for names that objects have', () => {
  for (const name of ['', 'toString', '__proto__', 'constructor', 'goxel.']) {
    assert.is(findMethod(name), undefined, name);
  }
});

catalogue('answers the names that clients call', () => {
  for (const [called, name] of Object.entries(CALLED_BY_CLIENTS)) {
    assert.is(findMethod(called)?.spec.name, name, called);
  }
});

catalogue('has a bare alias for every name that starts with goxel.', () => {
  for (const { name, aliases } of METHODS) {
    if (!name.startsWith('goxel.')) continue;
    assert.ok(aliases.includes(name.slice('goxel.'.length)), name);
  }
});

catalogue('has code for every method of a project, and for nothing else', () => {
  const specified = METHODS.filter(({ scope }) => scope === 'project').map(({ name }) => name);
  assert.equal(Object.keys(handlers).sort(), specified.sort());
});

catalogue('says of every method that edits how its edits are made again, and of no other', () => {
  for (const { name, scope, edits, project, replay } of METHODS) {
    const recorded = scope === 'project' && edits && project !== 'closes';
    assert.is(replay !== undefined, recorded, name);
  }
});

catalogue('gives every method of a project the parameter project', () => {
  for (const { name, scope, params } of METHODS) {
    assert.is('project' in params.properties, scope === 'project', name);
  }
});

catalogue('names only parameters there are, required ones first', () => {
  for (const { name, params, positional, spellings } of METHODS) {
    const known = Object.keys(params.properties);
    for (const parameter of [...positional, ...Object.values(spellings ?? {})]) {
      assert.ok(known.includes(parameter), `${name}: ${parameter}`);
    }
    for (const other of Object.keys(spellings ?? {})) {
      assert.not(known.includes(other), `${name}: ${other} is both a name and a spelling`);
    }
    const { required = [] }: Keywords = params;
    const needed = positional.map((parameter) => required.includes(parameter));
    assert.equal(
      needed,
      [...needed].sort((a, b) => Number(b) - Number(a)),
      name,
    );
  }
});

/** Those that need least and most; all others are `standard`. */
const READ = [
  ...['echo', 'ping', 'version', 'status', 'list_methods', 'rpc.discover', 'system.authenticate'],
  ...['health_check', 'health_stats', 'supervisor.tree', 'supervisor.deaths', '$/cancelRequest'],
  'supervisor.leaks',
  ...['goxel.list_projects', 'goxel.list_jobs', 'goxel.list_formats', 'goxel.list_layers'],
  ...['goxel.list_renders', 'goxel.get_render_info', 'goxel.get_render_stats'],
  ...['goxel.get_status', 'goxel.get_project_info', 'goxel.get_layer', 'goxel.get_scene'],
  'goxel.get_history',
  ...['goxel.get_voxel', 'goxel.get_voxels', 'goxel.get_voxels_region', 'goxel.get_layer_voxels'],
  ...['goxel.get_packed_region', 'goxel.get_selection', 'goxel.get_bounding_box'],
  ...['goxel.get_color_histogram', 'goxel.find_voxels_by_color', 'goxel.get_unique_colors'],
  'goxel.get_durability',
];
const ADMIN = [
  'shutdown',
  'supervisor.debug',
  'supervisor.heap',
  'supervisor.inspect',
  'supervisor.reload',
  'supervisor.report',
  'supervisor.requests',
  'supervisor.upgrade',
  'system.trace',
];

catalogue('has a level for each method, and these are they', () => {
  const of = (wanted: string) =>
    METHODS.filter(({ level }) => level === wanted).map(({ name }) => name);
  assert.equal(of('read').sort(), [...READ].sort());
  assert.equal(of('admin').sort(), ADMIN);
  assert.is(of('standard').length, METHODS.length - READ.length - ADMIN.length);
});

catalogue('lets nobody change anything who may only look, and everybody take back', () => {
  for (const { name, level, edits, barrier, project, urgent } of METHODS) {
    const changes = edits || barrier === true || project !== undefined;
    if (level === 'read') assert.not(changes, name);
    if (urgent === true) assert.is(level, 'read', name);
  }
});

catalogue('has a summary that is one sentence, and an example of each method', () => {
  for (const { name, summary, examples } of METHODS) {
    assert.match(summary, /^[A-Z].*\.$/, name);
    assert.ok(examples.length > 0, name);
  }
});

catalogue('says in a few words what each method does', () => {
  for (const { name, brief, summary } of METHODS) {
    assert.match(brief, /^[A-Z][^.]*\.$/, name);
    assert.ok(brief.length <= 28, `${name}: ${brief.length} characters`);
    assert.ok(brief.length <= summary.length, name);
  }
});

catalogue("lets no layer have a name longer than Goxel's field of 255 bytes", () => {
  const admitted = (length: number) => admits(LayerName, '\u{1f9f1}'.repeat(length));
  assert.ok(admitted(63));
  assert.not.ok(admitted(64));
});

catalogue('tells the version of package.json', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../../package.json'), 'utf8');
  assert.is((JSON.parse(text) as { version: string }).version, VERSION);
});

catalogue.run();
