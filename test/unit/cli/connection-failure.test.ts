/** Why there is no connection: a sentence, an advice and an exit code for each reason. */

import { chmodSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { connectionFailure } from '../../../supervisor/cli/connection-failure.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const path = join(temporaryDirectory(), 'file');
writeFileSync(path, '');
chmodSync(path, 0o640);
const absent = join(temporaryDirectory(), 'absent');

function failure(code: string, where = path) {
  const cause = Object.assign(new Error(`connect ${code}`), { code });
  return connectionFailure(where, new Error(`Cannot connect: connect ${code}.`, { cause }));
}

const failures = suite('failures to connect');

const CASES: readonly (readonly [code: string, exit_code: number, pattern: RegExp])[] = [
  ['ENOENT', 69, /there is no such socket; start one with: goxel-supervisor run$/],
  ['ENOTDIR', 69, /there is no such socket/],
  ['ECONNREFUSED', 69, /it is no socket/],
  ['EACCES', 77, /has mode 0640; see sockets\.unix\.permissions$/],
  ['EAGAIN', 75, /sockets\.unix\.backlog/],
  ['ABORT_ERR', 75, /in time/],
  ['EPROTOTYPE', 69, /a socket of another kind/],
  ['EMFILE', 71, /too few file descriptors/],
  ['ELOOP', 69, /no daemon answers on .* \(Cannot connect: connect ELOOP\.\)$/],
];

for (const [code, exit_code, pattern] of CASES) {
  failures(code, () => {
    const error = failure(code);
    assert.is(error.exit_code, exit_code);
    assert.match(error.message, pattern);
    assert.match(error.message, path);
  });
}

failures('only where starting one helps is that the advice', () => {
  for (const [code] of CASES) {
    const advised = failure(code, absent).message.includes('start one with');
    assert.is(advised, ['ENOENT', 'ENOTDIR', 'ECONNREFUSED'].includes(code), code);
  }
});

failures('whose the socket is', () => {
  assert.match(failure('EACCES').message, `it belongs to ${userInfo().username} `);
});

failures.run();
