/** Where a configuration file is looked for. */

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findConfig } from '../../../conf/search.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const test = suite('configuration: search');

function write(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '');
  return path;
}

test('takes the flag, the variable, the file of the user, that of the machine', () => {
  const directory = temporaryDirectory();
  const named = join(directory, 'named.yaml');
  const variable = join(directory, 'variable.yaml');
  const system_file = join(directory, 'etc/daemon.conf');
  const env = { XDG_CONFIG_HOME: join(directory, 'xdg'), GOXEL_CONFIG: variable };
  const user_file = join(directory, 'xdg/goxel-supervisor/daemon.yaml');
  const taken = (options: Partial<Parameters<typeof findConfig>[0]>): string | undefined =>
    findConfig({ named: undefined, env, system_file, ...options }).found?.path;

  // Named files are taken though they are not there: reading them fails then.
  assert.is(taken({ named }), named);
  assert.is(taken({}), variable);
  const searching = { env: { ...env, GOXEL_CONFIG: '' } };
  assert.is(taken(searching), undefined);
  write(system_file);
  assert.is(taken(searching), system_file);
  write(user_file);
  assert.is(taken(searching), user_file);
});

test('says all places that it looks at', () => {
  const directory = temporaryDirectory();
  const system_file = join(directory, 'daemon.conf');
  const { found, places } = findConfig({ named: undefined, env: {}, system_file });
  assert.equal(
    places.map(({ path }) => path),
    [join(homedir(), '.config/goxel-supervisor/daemon.yaml'), system_file],
  );
  assert.ok(found === undefined || found.path.startsWith(homedir()));
});

test('takes a relative XDG_CONFIG_HOME for none, as its specification says', () => {
  const { places } = findConfig({ named: undefined, env: { XDG_CONFIG_HOME: 'here' } });
  assert.is(places[0]?.path, join(homedir(), '.config/goxel-supervisor/daemon.yaml'));
});

test('does not pass over what it cannot look at', () => {
  const directory = temporaryDirectory();
  const env = { XDG_CONFIG_HOME: directory };
  mkdirSync(join(directory, 'goxel-supervisor'));
  const dangling = join(directory, 'goxel-supervisor/daemon.yaml');
  symlinkSync('nowhere', dangling);
  const system_file = write(join(directory, 'daemon.conf'));
  assert.is(findConfig({ named: undefined, env, system_file }).found?.path, dangling);
});

test('passes over a directory that is a file', () => {
  const directory = temporaryDirectory();
  const env = { XDG_CONFIG_HOME: write(join(directory, 'file')) };
  const system_file = write(join(directory, 'daemon.conf'));
  assert.is(findConfig({ named: undefined, env, system_file }).found?.path, system_file);
});

test.run();
