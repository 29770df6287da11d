import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import type { Keywords } from '../../../conf/check.ts';
import { environmentName } from '../../../conf/environment.ts';
import { loadConfig } from '../../../conf/load.ts';
import { CONFIG_SCHEMA } from '../../../conf/schema.ts';
import { SECTIONS, SETTINGS } from '../../../conf/settings.ts';
import { DAEMON_SCHEMA, DAEMON_YAML, daemonSchema, daemonYaml } from '../../support/daemon-yaml.ts';
import { ROOT } from '../../support/modules.ts';
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

schema('has the keys that are not live in the README, all of them', () => {
  const text = readFileSync(join(ROOT, 'conf/README.md'), 'utf8');
  const [, list = ''] = /<!-- not live -->([\s\S]*?)<!-- end -->/.exec(text) ?? [];
  const written = [...list.matchAll(/`([\w.]+)`/g)].map(([, key]) => key);
  const found = [...SETTINGS.values()].filter(({ live }) => !live).map(({ key }) => key);
  assert.equal(written.sort(), found.sort());
});

schema('names the unit of a number where it has one', () => {
  for (const { key, type, description } of SETTINGS.values()) {
    if (type !== 'number') continue;
    if (/bytes|Bytes/.test(description)) assert.match(key, /[._]bytes(_max)?$/, key);
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

/** The values of nested sections by their dotted keys. */
function leaves(node: unknown, above = ''): Map<string, unknown> {
  if (typeof node !== 'object' || node === null) return new Map([[above, node]]);
  const below = Object.entries(node).filter(([, value]) => value !== null);
  return new Map(
    below.flatMap(([name, value]) => [...leaves(value, above === '' ? name : `${above}.${name}`)]),
  );
}

function fixture(path: string): string {
  return fileURLToPath(new URL(`../../../../test/fixtures/${path}`, import.meta.url));
}

const shipped = suite('conf/daemon.yaml');

shipped('is as generated (npm run generate)', () => {
  assert.is(readFileSync(DAEMON_YAML, 'utf8'), daemonYaml());
});

shipped('has the configuration of the original, key for key and value for value', () => {
  const read = (file: string): unknown => parse(readFileSync(file, 'utf8'));
  const original = leaves(read(fixture('conf/design-v14.6.yaml')));
  const ours = leaves(read(DAEMON_YAML));
  assert.is(original.size, 24);
  for (const [key, value] of original) assert.is(ours.get(key), value, key);
  // What is not commented out is of the original.
  for (const key of ours.keys()) assert.ok(original.has(key), key);
});

shipped('has the other keys with their defaults, and loads with them all', async () => {
  const { config: defaults } = await loadConfig();
  const text = daemonYaml();
  const commented = /^( *)# (\w+: )/gm;
  const set = /^ +\w+: \S/gm;
  const count = [...text.matchAll(commented)].length + [...text.matchAll(set)].length;
  assert.is(count, SETTINGS.size);
  const file = join(temporaryDirectory(), 'all.yaml');
  writeFileSync(file, text.replace(set, (line) => `#${line}`).replace(commented, '$1$2'));
  const loaded = await loadConfig({ file });
  assert.equal(loaded.config, defaults);
  assert.equal(loaded.warnings, []);
  writeFileSync(file, text.replace(commented, '$1$2'));
  assert.is((await loadConfig({ file })).config.workers.count, 4);
});

shipped('names the schema by which editors check it, in its first line', () => {
  const [first = ''] = readFileSync(DAEMON_YAML, 'utf8').split('\n');
  const path = /^# yaml-language-server: \$schema=(\S+)$/.exec(first)?.[1] ?? '';
  assert.is(resolve(dirname(DAEMON_YAML), path), DAEMON_SCHEMA);
  assert.is(readFileSync(DAEMON_SCHEMA, 'utf8'), daemonSchema());
});

shipped.run();
