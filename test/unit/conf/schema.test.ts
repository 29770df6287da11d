import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { environmentName } from '../../../conf/assignment.ts';
import type { Keywords } from '../../../conf/check.ts';
import { loadConfig } from '../../../conf/load.ts';
import { CONFIG_SCHEMA } from '../../../conf/schema.ts';
import { SECTIONS, SETTINGS } from '../../../conf/settings.ts';
import { DAEMON_YAML, daemonYaml } from '../../support/daemon-yaml.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const schema = suite('configuration schema');

/** The node of a key. */
function nodeOf(key: string): Keywords {
  let node: Keywords = CONFIG_SCHEMA;
  for (const name of key.split('.')) {
    const child = node.properties?.[name];
    if (child === undefined) throw new Error(`no node for ${key}`);
    node = child;
  }
  return node;
}

schema('gives each key a default in its bounds, and says why', () => {
  for (const setting of SETTINGS.values()) {
    assert.ok(setting.accepts(setting.default), setting.key);
    assert.match(setting.description, /^[A-Z].{20,}\.$/, setting.key);
    assert.not.match(setting.expected, /undefined/, setting.key);
  }
  for (const [key, description] of SECTIONS) assert.match(description, /^[A-Z].*\.$/, key);
});

schema('says of each key in one place whether it is live', () => {
  for (const { key, live } of SETTINGS.values()) {
    const node: Keywords & { readonly live?: unknown } = nodeOf(key);
    assert.type(node.live, 'boolean', key);
    assert.is(live, node.live, key);
  }
});

schema('names the unit of a number where it has one', () => {
  for (const { key, type, description } of SETTINGS.values()) {
    if (type !== 'number') continue;
    if (/bytes|Bytes/.test(description)) assert.match(key, /_bytes(_max)?$/, key);
    if (/^(Time|Wait|The time)/.test(description)) assert.match(key, /_ms(_max)?$/, key);
  }
});

const VALUES: readonly [key: string, accepted: readonly unknown[], refused: readonly unknown[]][] =
  [
    ['workers.count', [1, 2.0], [1.5, '2', true, null, [1], Number.NaN]],
    ['health.restart_backoff_factor', [1, 2.5], ['2', Number.NaN, Number.POSITIVE_INFINITY]],
    ['health.restart_on_failure', [true, false], ['true', 1, null]],
    ['sockets.unix.path', ['a'], ['', 1, null, ['a']]],
    ['sockets.unix.permissions', ['0600', '600', '0o644'], ['08', '06000', '0600 ', 384]],
    ['logging.file', ['', 'a'], [1, null]],
    ['logging.level', ['info', 'silent'], ['loud', 'INFO', '', 3]],
    [
      'files.roots',
      [['/'], new Array(64).fill('/')],
      [[], [''], [1], '/', new Array(65).fill('/')],
    ],
  ];

schema('takes the values that it says it takes', () => {
  for (const [key, accepted, refused] of VALUES) {
    const setting = SETTINGS.get(key);
    for (const value of accepted) assert.is(setting?.accepts(value), true, `${key} ${value}`);
    for (const value of refused) assert.is(setting?.accepts(value), false, `${key} ${value}`);
  }
});

schema('bounds are inclusive', () => {
  for (const setting of SETTINGS.values()) {
    const { minimum, maximum } = nodeOf(setting.key);
    if (setting.type !== 'number') continue;
    if (minimum === undefined || maximum === undefined)
      throw new Error(`${setting.key}: no bounds`);
    assert.ok(setting.accepts(minimum) && setting.accepts(maximum), setting.key);
    assert.not(setting.accepts(minimum - 1) || setting.accepts(maximum + 1), setting.key);
  }
});

schema('every key can be set by its variable', async () => {
  for (const setting of SETTINGS.values()) {
    const text = Array.isArray(setting.default) ? setting.default.join(':') : `${setting.default}`;
    await loadConfig({ env: { [environmentName(setting.key)]: text } });
  }
});

schema.run();

const shipped = suite('conf/daemon.yaml');

shipped('is as generated (npm run generate)', () => {
  assert.is(readFileSync(DAEMON_YAML, 'utf8'), daemonYaml());
});

shipped('changes nothing as it is, nor with every line uncommented', async () => {
  const { config: defaults } = await loadConfig();
  assert.equal((await loadConfig({ file: DAEMON_YAML })).config, defaults);
  const keys = /^( *)# (\w+: )/gm;
  const text = daemonYaml();
  assert.is([...text.matchAll(keys)].length, SETTINGS.size);
  const file = join(temporaryDirectory(), 'all.yaml');
  writeFileSync(file, text.replace(keys, '$1$2'));
  const loaded = await loadConfig({ file });
  assert.equal(loaded.config, defaults);
  assert.equal(loaded.warnings, []);
});

shipped.run();
