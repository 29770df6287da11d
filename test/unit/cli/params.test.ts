/** Where the parameters of `call` come from. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CliError } from '../../../supervisor/cli/exit-codes.ts';
import { readParams } from '../../../supervisor/cli/params.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

function file(content: string | Uint8Array): string {
  const path = join(temporaryDirectory(), 'params.json');
  writeFileSync(path, content);
  return `@${path}`;
}

function failure(text: string): CliError {
  try {
    readParams(text);
  } catch (error) {
    assert.instance(error, CliError);
    return error as CliError;
  }
  throw new Error('it was accepted');
}

const params = suite('parameters of call');

params('none, null, an array and an object', () => {
  assert.is(readParams(undefined), undefined);
  assert.is(readParams('null'), undefined);
  assert.equal(readParams('[1]'), [1]);
  assert.equal(readParams('{"x":1}'), { x: 1 });
});

params('a file, with the byte order marks that editors and shells write', () => {
  const text = '{"name":"Türmchen"}';
  const value = { name: 'Türmchen' };
  assert.equal(readParams(file(text)), value);
  assert.equal(readParams(file(`\uFEFF${text}`)), value);
  assert.equal(readParams(file(Buffer.from(`\uFEFF${text}`, 'utf16le'))), value);
  assert.equal(readParams(`\uFEFF${text}`), value);
});

params('a file far larger than an argument can be', () => {
  const voxels = Array.from({ length: 100_000 }, (_, x) => ({ x, y: 0, z: 0 }));
  assert.equal(readParams(file(JSON.stringify({ voxels }))), { voxels });
});

params('what is wrong, where, with its exit code', () => {
  const absent = join(temporaryDirectory(), 'absent.json');
  const cases: readonly (readonly [string, number, RegExp])[] = [
    [`@${absent}`, 66, /absent\.json: ENOENT/],
    [`@${temporaryDirectory()}`, 66, /EISDIR/],
    ['@', 64, /@FILE/],
    [file('{'), 65, /params\.json is not JSON/],
    [file('3'), 65, /params\.json must be a JSON array or object, not 3/],
    [file(Uint8Array.of(0x7b, 0xff, 0x7d)), 65, /not text in UTF-8/],
    ['{', 64, /^PARAMS is not JSON/],
    ['"x"', 64, /^PARAMS must be a JSON array or object/],
  ];
  for (const [text, exit_code, pattern] of cases) {
    const error = failure(text);
    assert.is(error.exit_code, exit_code, text);
    assert.match(error.message, pattern);
  }
});

params.run();
