/** The manual page: as generated, and a page that the tools for such pages have nothing against. */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SETTINGS } from '../../../conf/settings.ts';
import { COMMANDS } from '../../../supervisor/cli/commands.ts';
import { MAN_PAGE, manPage } from '../../support/man-page.ts';
import { withTool } from '../../support/tools.ts';

const page = suite('manual page');

page('is as generated: npm run generate', () => {
  assert.is(readFileSync(MAN_PAGE, 'utf8'), manPage());
});

/** What a tool says of the page; nothing when it is well. */
function complaints(program: string, ...args: readonly string[]): string {
  const env = { ...process.env, MANROFFSEQ: '', LC_ALL: 'C.UTF-8' };
  const { stdout, stderr, status } = spawnSync(program, args, { encoding: 'utf8', env });
  assert.is(status === 0 || stdout !== '', true, stderr);
  return stderr;
}

withTool(page, 'mandoc')('mandoc finds no fault', () => {
  const { stdout } = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning', MAN_PAGE], {
    encoding: 'utf8',
  });
  assert.is(stdout, '');
});

withTool(page, 'man')('man shows it without a warning', () => {
  assert.is(complaints('man', '--warnings', '-E', 'UTF-8', '-Tutf8', '-l', MAN_PAGE), '');
});

withTool(page, 'mandoc')('names every command, its options, and every key', () => {
  const args = ['-T', 'utf8', '-O', 'width=1000', MAN_PAGE];
  const { stdout } = spawnSync('mandoc', args, { encoding: 'utf8' });
  // Bold is a letter over itself.
  const text = stdout.replaceAll(/.[\b]/g, '');
  for (const [name, { options, summary }] of Object.entries(COMMANDS)) {
    assert.match(text, `goxel-supervisor ${name}`);
    assert.match(text.replace(/\s+/g, ' '), summary);
    for (const option of Object.keys(options)) assert.match(text, `--${option}`);
  }
  for (const key of SETTINGS.keys()) assert.match(text, key);
});

page.run();
