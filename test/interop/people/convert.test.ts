/**
 * What people asked of a command that converts, and could not tell it: the size of a mesh of metres
 * (guillaumechereau/goxel issue 456), whether it is filled, and many files at once.
 */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli } from '../../support/cli.ts';
import { ROOT } from '../../support/modules.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const CASES = join(ROOT, 'test/fixtures/cases');
const UNIT = join(CASES, 'convert-has-no-options', 'unit.obj');

const asked = suite('convert: what people ask of it');

async function described(path: string, ...options: readonly string[]) {
  const { code, stdout, stderr } = await cli('info', path, '--json', ...options);
  assert.is(code, 0, stderr);
  return JSON.parse(stdout) as { size: number[]; voxel_count: number };
}

asked('a cube of one unit gets the size that is asked for, hollow or filled', async () => {
  const out = join(temporaryDirectory(), 'out.vox');
  for (const [options, count] of [
    [['--size', '32', '--solid'], 32 ** 3],
    [['--size', '32'], 32 ** 3 - 30 ** 3],
  ] as const) {
    assert.is((await cli('convert', UNIT, out, ...options)).code, 0);
    const { size, voxel_count } = await described(out);
    assert.equal([size, voxel_count], [[32, 32, 32], count]);
  }
});

asked('the advice of an error is one that the command line can follow', async () => {
  const { code, stderr } = await cli('convert', UNIT, join(temporaryDirectory(), 'out.what'));
  assert.is(code, 65);
  assert.match(stderr, '--from or --to');
});

asked('a folder of many kinds becomes a folder of one, each told by its name', async () => {
  const out = join(temporaryDirectory(), 'out');
  const { stdout } = await cli(
    ...['convert', CASES, '--recursive', '--out-dir', out, '--to', 'gox', '--json'],
    ...['--size', '16'],
  );
  const { converted, failed, results } = JSON.parse(stdout) as {
    converted: number;
    failed: number;
    results: { success: boolean; to: string; error?: { code: string } }[];
  };
  assert.is(converted + failed, results.length);
  assert.ok(converted > 10, stdout);
  for (const { success, to, error } of results) {
    assert.is(existsSync(to), success, to);
    if (!success) assert.match(error?.code ?? '', /^GOX_/);
  }
  const names = readdirSync(out, { recursive: true, encoding: 'utf8' });
  assert.equal(
    names.filter((name) => name.includes('.goxel-')),
    [],
  );
});

asked.run();
