/** The JSON Schema of the configuration file says what the loader takes, and nothing else. */

import { readFileSync } from 'node:fs';
import { Check } from 'typebox/schema';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { FORMER_KEYS } from '../../../conf/former-keys.ts';
import { configJsonSchema } from '../../../conf/json-schema.ts';
import { checkConfig } from '../../../conf/load.ts';
import { SETTINGS } from '../../../conf/settings.ts';
import { DAEMON_YAML } from '../../support/daemon-yaml.ts';

const test = suite('JSON Schema of the configuration');

const schema = configJsonSchema();

function admits(text: string): boolean {
  return Check(schema, parse(text));
}

test('takes the shipped file, and an empty one', () => {
  assert.ok(admits(readFileSync(DAEMON_YAML, 'utf8')));
  assert.ok(admits('{}'));
  assert.ok(admits('limits:\nlogging:\n'));
});

const RIGHT = [
  'limits: {depth_max: 32}',
  'daemon: {limits: {depth_max: 32}, user: 1000}',
  'sockets: {unix: {permissions: 0660}}',
  'sockets: {unix: {permissions: "0660"}}',
  'files: {roots: [/a, /b]}',
  'limits: {connections_max: 3}',
  'workers: {restart: {jitter: 0.5}}',
];

const WRONG = [
  'limits: {depht_max: 32}',
  'limit: {}',
  'daemon: {daemon: {}}',
  'limits: {depth_max: 3}',
  'limits: {depth_max: many}',
  'files: {roots: []}',
  'files: {roots: [""]}',
  'files: {roots: /a}',
  'logging: {level: loud}',
  'sockets: {unix: {permissions: "0888"}}',
  'sockets: {unix: {enabled: 1}}',
  'limits: 5',
];

test('agrees with the loader', async () => {
  for (const text of RIGHT) {
    assert.ok(admits(text), text);
    assert.equal((await checkConfig({ file: 'c', text })).problems, [], text);
  }
  for (const text of WRONG) {
    assert.not.ok(admits(text), text);
    assert.is.not((await checkConfig({ file: 'c', text })).problems.length, 0, text);
  }
});

test('has every key, at both places, and the former names', () => {
  const keys = [...SETTINGS.keys(), ...FORMER_KEYS.keys()];
  for (const key of keys) {
    for (const path of [key, `daemon.${key}`]) {
      const node = nodeOf(path.split('.'));
      assert.type(node?.description, 'string', path);
    }
  }
});

test('says what editors show: the description, the bounds, the default', () => {
  assert.equal(nodeOf(['limits', 'depth_max']), {
    description:
      'Nesting of arrays and objects in a request; parsing recurses so deep. Takes an integer' +
      ' from 4 to 512.',
    default: 64,
    type: 'integer',
    minimum: 4,
    maximum: 512,
  });
  assert.equal(nodeOf(['logging', 'format'])?.enum, ['auto', 'json', 'text']);
});

type Node = { properties?: Record<string, Node>; $ref?: string } & Record<string, unknown>;

/** The schema of a key, by the way that an editor takes. */
function nodeOf(path: readonly string[]): Node | undefined {
  let node: Node | undefined = schema as Node;
  for (const name of path) {
    node = node?.properties?.[name];
    if (node?.$ref !== undefined) {
      const definitions = schema.definitions as Record<string, Node>;
      node = definitions[node.$ref.replace('#/definitions/', '')];
    }
  }
  return node;
}

test.run();
