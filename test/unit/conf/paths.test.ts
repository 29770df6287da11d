/** What paths of the configuration may begin with. */

import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkConfig, loadConfig } from '../../../conf/load.ts';
import { expandPath, PathError } from '../../../conf/paths.ts';

const test = suite('configuration: paths');

const IS_ROOT = process.getuid?.() === 0;

test('begin in the home directory, that for temporary files, or the working directory', () => {
  assert.is(expandPath('~'), homedir());
  assert.is(expandPath('~/a'), join(homedir(), 'a'));
  assert.is(expandPath('~/a', { home: '/h' }), '/h/a');
  assert.is(expandPath('$TMPDIR/a'), join(tmpdir(), 'a'));
  assert.is(expandPath('a'), resolve('a'));
  assert.is(expandPath('a', { directory: '/d' }), '/d/a');
  assert.is(expandPath('/a', { directory: '/d' }), '/a');
});

test('begin in the directories of XDG', () => {
  const env = { XDG_STATE_HOME: '/s', XDG_CONFIG_HOME: '/c', XDG_RUNTIME_DIR: '/r' };
  assert.is(expandPath('$XDG_STATE_HOME/a', { env }), '/s/a');
  assert.is(expandPath('$XDG_CONFIG_HOME/a', { env }), '/c/a');
  assert.is(expandPath('$XDG_RUNTIME_DIR/a', { env }), '/r/a');
  const none = { env: {}, home: '/h' };
  assert.is(expandPath('$XDG_STATE_HOME/a', none), '/h/.local/state/a');
  assert.is(expandPath('$XDG_CONFIG_HOME/a', none), '/h/.config/a');
  const relative = { env: { XDG_STATE_HOME: 's' }, home: '/h' };
  assert.is(expandPath('$XDG_STATE_HOME/a', relative), '/h/.local/state/a');
});

test('of root need no home and no session', () => {
  if (!IS_ROOT) return;
  assert.is(expandPath('$XDG_STATE_HOME/a', { env: {}, home: '' }), '/var/lib/a');
  assert.is(expandPath('$XDG_RUNTIME_DIR/a', { env: {} }), '/run/a');
  assert.throws(() => expandPath('$XDG_CONFIG_HOME/a', { env: {}, home: '' }), /set HOME or XDG/);
});

test('say what is missing', () => {
  assert.throws(() => expandPath('~/a', { home: '' }), /no home directory/);
  const mistake = (path: string): PathError => {
    try {
      expandPath(path);
    } catch (error) {
      if (error instanceof PathError) return error;
    }
    throw new Error(`${path} was taken`);
  };
  assert.ok(mistake('$TMPDR/a').is_mistake);
  assert.match(mistake('$HOME').message, /may begin with \$TMPDIR, .* or ~, but not with \$HOME$/);
});

test('that nobody can mean are errors in lists too', async () => {
  const { problems } = await checkConfig({ file: 'c', text: 'files: {roots: [/tmp, $HOM/a]}' });
  assert.match(problems[0] ?? '', /^c:1:16: files\.roots: "\$HOM\/a": a path may begin with/);
});

test('of files in requests begin where the daemon works, with the home of its user', async () => {
  const text = 'working_directory: /srv\nuser: root\nfiles: {roots: [., a, "~"]}\n';
  const { config } = await loadConfig({ file: 'c', text });
  assert.equal(config.files.roots, ['/srv', '/srv/a', '/root']);
  // A number may have no entry in the password file, and so no home.
  const roots = 'user: 4019283\nfiles: {roots: [/tmp, "~"]}\n';
  const homeless = await loadConfig({ file: 'c', text: roots });
  assert.equal(homeless.config.files.roots, ['/tmp']);
  assert.match(homeless.warnings[0] ?? '', /files\.roots: "~" is left out/);
});

test('start where the daemon was started, though it works elsewhere by now', async () => {
  const text = 'pid_file: a\nworking_directory: w\nfiles: {roots: [., r, /x]}\n';
  const { config } = await loadConfig({ file: 'c', text, directory: '/start' });
  assert.is(config.pid_file, '/start/a');
  assert.is(config.working_directory, '/start/w');
  assert.equal(config.files.roots, ['/start/w', '/start/w/r', '/x']);
});

test.run();
