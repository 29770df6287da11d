/** What readers and writers tell beside their result. */

import { existsSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { READING_FORMATS } from '../../../engine/catalogue/reading.ts';
import { WRITING_FORMATS } from '../../../engine/catalogue/writing.ts';
import { FORMATS } from '../../../engine/formats/index.ts';
import { Report } from '../../../engine/formats/report.ts';
import { TestEngine } from '../../support/engine.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const report = suite('a report');

report('counts what is the same, and keeps its first place', () => {
  const told = new Report();
  assert.ok(told.empty);
  for (const line of [7, 9, 11]) told.warn('WARN_FACES_SKIPPED', 'A face is flat.', { line });
  told.warn('WARN_FACES_SKIPPED', 'A face is flat.', undefined, 4);
  told.warn('WARN_FACES_SKIPPED', 'None.', undefined, 0);
  const [first, ...others] = told.warnings();
  const where = { line: 7 };
  assert.equal(first, { code: 'WARN_FACES_SKIPPED', message: 'A face is flat.', count: 7, where });
  assert.equal(others, []);
});

report('does not grow without end', () => {
  const told = new Report();
  for (let i = 0; i < 1000; i++) told.warn('WARN_UNKNOWN_PART', `Chunk ${i} is not known.`);
  told.warn('WARN_EMPTY', 'No voxel.');
  const warnings = told.warnings();
  assert.is(warnings.length, 22);
  assert.is(warnings[20]?.count, 980);
  const total = warnings.reduce((sum, { count }) => sum + count, 0);
  assert.is(total, 1001);
});

report.run();

const methods = suite('warnings of methods');

methods('options that mean nothing to a format are told', () => {
  const directory = temporaryDirectory();
  const engine = new TestEngine({ roots: [directory] });
  const path = `${directory}/a.txt`;
  writeFileSync(path, '0 0 0 ff0000\n');
  const loaded = engine.call('load_project', { path, size: 3 }) as Told;
  assert.equal(codesOf(loaded), ['WARN_OPTION_UNUSED']);
  assert.match(loaded.warnings![0]!.message, /"size" means nothing to txt.*obj, ply/);
  assert.equal(codesOf(engine.call('load_project', { path }) as Told), []);
  const asked = { format: 'txt', mesh: 'greedy' };
  assert.equal(codesOf(engine.call('export_model', asked) as Told), ['WARN_OPTION_UNUSED']);
  const out = `${directory}/b.txt`;
  const saved = engine.call('export_model', { path: out, voxlap_header: true }) as Told;
  assert.equal(codesOf(saved), ['WARN_OPTION_UNUSED']);
});

methods('are errors where that is asked, and nothing is changed then', () => {
  const directory = temporaryDirectory();
  const engine = new TestEngine({ roots: [directory] });
  const path = `${directory}/a.txt`;
  writeFileSync(path, '0 0 0 ff0000\n');
  engine.call('add_voxel', [5, 5, 5]);
  const asked = { path, size: 3, strict: true };
  assert.throws(() => engine.call('load_project', asked), /means nothing to txt/);
  assert.is((engine.call('get_project_info', {}) as { voxel_count: number }).voxel_count, 1);
  const out = `${directory}/b.txt`;
  const write = { path: out, mesh: 'greedy', strict: true };
  assert.throws(() => engine.call('export_model', write), /means nothing to txt/);
  assert.not.ok(existsSync(out));
  assert.throws(() => engine.call('export_model', { ...write, path: undefined, format: 'txt' }));
});

methods('each option names formats that there are', () => {
  const names = FORMATS.map(({ name }) => name);
  for (const about of [...Object.values(READING_FORMATS), ...Object.values(WRITING_FORMATS)]) {
    assert.ok(about.length > 0);
    for (const name of about) assert.ok(names.includes(name), name);
  }
});

interface Told {
  readonly warnings?: readonly { readonly code: string; readonly message: string }[];
}

function codesOf({ warnings = [] }: Told): string[] {
  return warnings.map(({ code }) => code);
}

methods.run();
