/** The file of tokens: what stands in it, and who may have rights on it. */

import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError } from '../../../conf/config-error.ts';
import { parseTokens, readPrivate, tokensOf } from '../../../conf/token-file.ts';
import { configWith } from '../../support/probe.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const ADMIN = 'kXo0Yw5mZ8pQ3rT6vB9nL2sD';
const LOOK = '7hJ4kF1gS8aP0zM5';

function problemsOf(action: () => unknown): readonly string[] {
  try {
    action();
  } catch (error) {
    assert.instance(error, ConfigError);
    return (error as ConfigError).problems;
  }
  throw new Error('there was no problem');
}

const firstOf = (action: () => unknown): string => problemsOf(action)[0] ?? '';

const text = suite('token file: text');

text('has a level, a token and perhaps a name on a line', () => {
  const lines = `\ufeff# who may what\r\n\r\n  admin\t${ADMIN}  operator\r\nread-only ${LOOK}\n#`;
  assert.equal(parseTokens(lines, 't'), [
    { token: ADMIN, level: 'admin', name: 'operator' },
    { token: LOOK, level: 'read', name: '' },
  ]);
  assert.is(parseTokens(`standard ${ADMIN}`, 't')[0]?.level, 'standard');
});

text('names each wrong line, and tells no token', () => {
  const lines = [
    `admin ${ADMIN} a`,
    `${LOOK}`,
    'admin',
    'admin tooshort',
    `admin ${ADMIN}`,
    `root ${LOOK}`,
    `admin ${LOOK} two names`,
    `admin ${LOOK} in/valid`,
    'admin gehéimer-als-geheim',
    `admin ${'x'.repeat(513)}`,
    `__proto__ ${LOOK}`,
  ];
  const problems = problemsOf(() => parseTokens(lines.join('\n'), '/etc/t'));
  const form = 'a line is: read-only|standard|admin TOKEN [NAME]';
  assert.equal(problems, [
    `/etc/t:2: begins with no level; ${form}`,
    `/etc/t:3: has no token; ${form}`,
    '/etc/t:4: the token has 8 characters instead of 16 to 512',
    '/etc/t:5: has the token of line 1 again',
    `/etc/t:6: begins with no level; ${form}`,
    `/etc/t:7: has more than a level, a token and a name; ${form}`,
    '/etc/t:8: the name is not 1 to 64 letters, digits and . _ @ -',
    '/etc/t:9: the token has other characters than printable ASCII',
    '/etc/t:10: the token has 513 characters instead of 16 to 512',
    `/etc/t:11: begins with no level; ${form}`,
  ]);
  for (const word of [ADMIN, LOOK, 'tooshort', 'geh']) assert.not.match(problems.join(), word);
});

text('without any token lets nobody in, which nobody means', () => {
  for (const empty of ['', '\n', '# admin']) {
    assert.match(
      firstOf(() => parseTokens(empty, 't')),
      't: has no token',
    );
  }
});

const file = suite('token file: rights');

file('is read when it belongs to this user and nobody else has rights on it', () => {
  const path = join(temporaryDirectory(), 'tokens');
  writeFileSync(path, `admin ${ADMIN}`, { mode: 0o600 });
  assert.is(readPrivate(path), `admin ${ADMIN}`);
  chmodSync(path, 0o400);
  const link = `${path}-link`;
  symlinkSync(path, link);
  assert.is(readPrivate(link), `admin ${ADMIN}`);
});

file('is refused when others have rights on it', () => {
  const path = join(temporaryDirectory(), 'tokens');
  writeFileSync(path, `admin ${ADMIN}`);
  for (const mode of [0o640, 0o604, 0o602, 0o610, 0o777]) {
    chmodSync(path, mode);
    const problem = firstOf(() => readPrivate(path));
    assert.is(
      problem,
      `${path}: its mode 0${mode.toString(8)} lets others in; make it 0600 (chmod 600)`,
    );
  }
});

if (process.getuid?.() === 0) {
  file('is refused when it belongs to somebody else', () => {
    const path = join(temporaryDirectory(), 'tokens');
    writeFileSync(path, `admin ${ADMIN}`, { mode: 0o600 });
    chownSync(path, 12_345, 0);
    assert.match(
      firstOf(() => readPrivate(path)),
      'belongs to user 12345',
    );
  });
}

file('is a file of bounded size, and nothing that would be waited for', () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'tokens');
  assert.match(
    firstOf(() => readPrivate(path)),
    `${path}: cannot be read: ENOENT`,
  );
  mkdirSync(path, { mode: 0o700 });
  assert.match(
    firstOf(() => readPrivate(path)),
    'is no regular file',
  );
  const fifo = join(directory, 'fifo');
  execFileSync('mkfifo', ['-m', '600', fifo]);
  assert.match(
    firstOf(() => readPrivate(fifo)),
    'is no regular file',
  );
  const large = join(directory, 'large');
  writeFileSync(large, '#'.repeat(65_537), { mode: 0o600 });
  assert.match(
    firstOf(() => readPrivate(large)),
    'is larger than 65536 bytes',
  );
});

file('is needed when the Unix socket asks for tokens', async () => {
  assert.equal(tokensOf(await configWith(() => {})), []);
  const asks = await configWith(({ sockets }) => {
    sockets.unix.authentication = true;
  });
  assert.match(
    firstOf(() => tokensOf(asks)),
    'security.token_file names no file',
  );
});

text.run();
file.run();
