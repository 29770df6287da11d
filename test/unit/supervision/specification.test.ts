/** Whether the specification is held by tests, all of it. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ROOT, readModules, resolveImport } from '../../support/modules.ts';
import { SENTENCES } from './sentences.ts';

const HERE = join(ROOT, 'test/unit/supervision');

const test = suite('the specification');

test('has a test for each of its sentences', () => {
  const sources = readdirSync(HERE).filter((name) => name.endsWith('.test.ts'));
  const cited = sources.flatMap((name) =>
    [...readFileSync(join(HERE, name), 'utf8').matchAll(/\bsentence\('([\d.]+)'\)/g)].map(
      ([, number]) => number,
    ),
  );
  assert.ok(SENTENCES.size > 50, `only ${SENTENCES.size} sentences were found`);
  const missing = [...SENTENCES.keys()].filter((number) => !cited.includes(number));
  assert.equal(missing, [], 'sentences without a test');
});

test('numbers its sentences in order', () => {
  let [chapter, count] = [0, 0];
  for (const number of SENTENCES.keys()) {
    const [first, second] = number.split('.').map(Number);
    count = first === chapter ? count + 1 : 1;
    chapter = first ?? 0;
    assert.is(second, count, number);
  }
});

test('the library imports xstate and itself, and nothing else', () => {
  const home = 'machines/supervision/';
  const modules = readModules().filter(({ path }) => path.startsWith(home));
  assert.ok(modules.length > 10);
  for (const module of modules) {
    for (const { from } of module.imports) {
      const target = resolveImport(module, from) ?? from;
      assert.ok(target === 'xstate' || target.startsWith(home), `${module.path} imports ${from}`);
    }
  }
});

test.run();
