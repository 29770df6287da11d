/** Each rule catches what it is for, in planted modules, and lets the rest pass. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Module, parseModule } from '../support/modules.ts';
import {
  deadExports,
  importCircles,
  longFiles,
  longFunctions,
  looseTypes,
  machineEffects,
  openDoors,
  unreachedFiles,
  unrunSuites,
  wrongImports,
} from './rules.ts';

function house(files: Readonly<Record<string, string>>): Module[] {
  return Object.entries(files).map(([path, text]) => parseModule(path, text));
}

const rules = suite('rules of the house');

rules('imports run one way', () => {
  const wrong: [string, string][] = [
    ['actors/a.ts', '../supervisor/tree.ts'],
    ['machines/a.ts', '../actors/socket.ts'],
    ['machines/a.ts', 'node:fs'],
    ['transport/a.ts', '../engine/volume.ts'],
    ['transport/a.ts', '../machines/daemon.ts'],
    ['actors/a.ts', '../engine/volume.ts'],
    ['actors/a.ts', '../engine/worker.ts'],
    ['engine/a.ts', '../transport/framing.ts'],
    ['engine/a.ts', 'xstate'],
    ['engine/a.ts', 'node:net'],
    ['engine/formats/a.ts', '../../machines/daemon.ts'],
    ['conf/a.ts', '../engine/port/layout.ts'],
    ['supervisor/a.ts', '../test/support/tmp.ts'],
    ['supervisor/a.ts', '../engine/volume.ts'],
  ];
  for (const [path, from] of wrong) {
    const found = wrongImports(house({ [path]: `import { x } from '${from}';` }));
    assert.is(found.length, 1, `${path} imports ${from}`);
    assert.match(found[0] ?? '', new RegExp(`^${path}:1 imports `));
  }
  const right: [string, string][] = [
    ['supervisor/cli/a.ts', '../../actors/connection/socket.ts'],
    ['supervisor/a.ts', '../transport/client.ts'],
    ['actors/a.ts', '../machines/daemon.ts'],
    ['actors/a.ts', '../engine/port/layout.ts'],
    ['supervisor/a.ts', '../engine/catalogue/version.ts'],
    ['actors/a.ts', 'node:net'],
    ['transport/a.ts', '../engine/catalogue/methods.ts'],
    ['transport/a.ts', '../engine/port/layout.ts'],
    ['machines/a.ts', './b.ts'],
    ['machines/a.ts', 'xstate'],
    ['engine/formats/a.ts', '../volume.ts'],
    ['engine/a.ts', '../conf/errors.ts'],
    ['test/unit/a.test.ts', '../../engine/volume.ts'],
  ];
  for (const [path, from] of right) {
    assert.equal(
      wrongImports(house({ [path]: `import { x } from '${from}';` })),
      [],
      `${path} ${from}`,
    );
  }
  const start = `new Worker(new URL('../engine/worker.js', import.meta.url));`;
  assert.equal(wrongImports(house({ 'actors/a.ts': start })), []);
});

rules('the doors into the engine import nothing behind them', () => {
  const wrong = {
    'engine/catalogue/a.ts': `import type { B } from '../volume/box.ts';`,
    'engine/port/a.ts': `import { b } from '../engine.ts';`,
  };
  assert.equal(openDoors(house(wrong)), [
    'engine/catalogue/a.ts:1 imports engine/volume/box.ts, which is behind the doors of engine/',
    'engine/port/a.ts:1 imports engine/engine.ts, which is behind the doors of engine/',
  ]);
  const right = {
    'engine/catalogue/a.ts': `import './b.ts'; import '../port/a.ts'; import 'typebox';`,
    'engine/port/a.ts': `import '../catalogue/b.ts'; import '../../conf/errors.ts';`,
    'engine/volume/a.ts': `import '../engine.ts';`,
  };
  assert.equal(openDoors(house(right)), []);
});

rules('no imports go in a circle, types among them', () => {
  const files = {
    'engine/a.ts': `import { b } from './b.ts';`,
    'engine/b.ts': `import { c } from './c.ts';`,
    'engine/c.ts': `import { x } from './x.ts'; import { a } from './a.ts';`,
    'engine/x.ts': `import 'typebox'; import './nowhere.ts';`,
    'transport/a.ts': `import './b.ts';`,
    'transport/b.ts': `import type { A } from './a.ts';`,
    'transport/c.ts': `export { a } from './c.ts';`,
    'transport/d.ts': `import './a.ts'; import './c.ts';`,
  };
  const circles = [
    'a circle of imports: transport/c.ts → transport/c.ts',
    'a circle of imports: transport/a.ts → transport/b.ts → transport/a.ts',
    'a circle of imports: engine/a.ts → engine/b.ts → engine/c.ts → engine/a.ts',
  ];
  assert.equal(importCircles(house(files)), circles);
});

rules('machines use no clock and no chance of their own', () => {
  const text = 'Date.now();\nMath.random();\nsetTimeout(f, 1);\nprocess.exit();\nMath.max(1, 2);';
  assert.equal(machineEffects(house({ 'machines/a.ts': text, 'actors/a.ts': text })), [
    'machines/a.ts:1 uses Date',
    'machines/a.ts:2 uses Math.random',
    'machines/a.ts:3 uses setTimeout',
    'machines/a.ts:4 uses process',
  ]);
  assert.equal(machineEffects(house({ 'machines/a.ts': 'f({ process: 1 }, a.process);' })), []);
});

rules('every product file is reached', () => {
  const files = {
    'supervisor/main.ts': `import './a.ts';`,
    'supervisor/a.ts': `new URL('../engine/worker.js', import.meta.url);`,
    'engine/worker.ts': `await import('./volume.ts');`,
    'engine/volume.ts': '',
    'engine/forgotten.ts': `import './volume.ts';`,
    'test/unit/a.test.ts': `import '../../engine/forgotten.ts';`,
  };
  assert.equal(
    unreachedFiles(house(files)).map((text) => text.split(' ')[0]),
    ['engine/forgotten.ts'],
  );
});

rules('every export of a product file is imported by another', () => {
  const files = {
    'supervisor/index.ts': 'export const api = 1;',
    'engine/a.ts':
      'export const used = 1;\nexport const dead = used;\n' +
      'export type T = 1;\nexport type U = 2;\nexport const x = (): U => 2;',
    'engine/b.ts': `import { used, x } from './a.ts';\nexport const tested = used;`,
    'engine/c.ts': 'export const whole = 1;',
    'test/unit/a.test.ts': `import { tested } from '../../engine/b.ts';
      import * as c from '../../engine/c.ts';\nexport const free = 1;`,
  };
  assert.equal(deadExports(house(files)), [
    'engine/a.ts exports dead, which no other file imports',
    'engine/a.ts exports T, which no other file imports',
  ]);
});

rules('types are never loosened', () => {
  const loose = ['an', 'y'].join('');
  const bad = [
    `let a: ${loose};`,
    `f(a as ${loose})`,
    `const a: ${loose}[] = []`,
    `Map<string, ${loose}>`,
  ];
  bad.push(`type A = ${loose};`, `let a: string | ${loose};`, `function f(a: ${loose}, b: 1) {}`);
  for (const text of bad) {
    assert.equal(
      looseTypes(house({ 'engine/a.ts': text })),
      ['engine/a.ts:1 has the type any'],
      text,
    );
  }
  const good = ['Promise.any([a])', '// any colour', `'any'`, 'const many = 1;', 'f({ any: 1 })'];
  for (const text of good) assert.equal(looseTypes(house({ 'engine/a.ts': text })), [], text);
  for (const word of ['ignore', 'nocheck', 'expect-error']) {
    const comment = `f();\n// @ts-${word}`;
    assert.equal(looseTypes(house({ 'engine/a.ts': comment })), [
      'engine/a.ts:2 turns the type checker off',
    ]);
  }
});

rules('files and lines have a length', () => {
  const line = (columns: number): string => `// ${'é'.repeat(columns - 3)}\n`;
  assert.equal(longFiles(house({ 'conf/a.ts': line(100).repeat(400) })), []);
  assert.equal(longFiles(house({ 'conf/a.ts': `${line(100)}${line(101)}` })), [
    'conf/a.ts:2 is longer than 100 columns',
  ]);
  assert.equal(longFiles(house({ 'conf/a.ts': `// https://example.org/${'x'.repeat(90)}` })), []);
  assert.equal(longFiles(house({ 'conf/a.ts': '\n'.repeat(400).concat('a') })), [
    'conf/a.ts has 401 lines, over 400',
  ]);
});

rules('functions of the product have a length', () => {
  const lines = (count: number): string => 'f();\n'.repeat(count);
  const shapes: [head: string, name: string, end: string][] = [
    ['function f() {', 'f', '}'],
    ['export async function* f<T extends { a: 1 }>(a: T): AsyncGenerator<{ b: 2 }> {', 'f', '}'],
    ['export default function () {', 'default', '}'],
    ['class A { f(a = { b: 1 }): { c: 3 } | (() => void) {', 'f', '} }'],
    ['class A { static #f() {', '#f', '} }'],
    ['class A { get f(): string {', 'f', '} }'],
    ['const a = { f() {', 'f', '} };'],
    ['const f = (a: string): a is "b" => {', 'f', '};'],
    ['const f: (a: number) => void = async (a) => {', 'f', '};'],
    ['const a = { f: (): Map<string, { b: 1 }> => {', 'f', '} };'],
    ['const f = () => ({ a: [', 'f', '] });'],
    ['a(b, (c) => {', 'a function', '});'],
  ];
  for (const [head, name, end] of shapes) {
    // With the two lines of its braces.
    const whole = (count: number): string => `${head}\n${inside(head, count - 2)}${end}\n`;
    assert.equal(longFunctions(house({ 'engine/a.ts': whole(70) })), [], head);
    const long = [`engine/a.ts:1 ${name} has 71 lines, over 70`];
    assert.equal(longFunctions(house({ 'engine/a.ts': whole(71) })), long, head);
    assert.equal(longFunctions(house({ 'test/a.ts': whole(71) })), [], 'in a test');
  }
  const data = [
    `class A {\n${'a = 1;\n'.repeat(80)}}`,
    `setup({\n${'a: 1,\n'.repeat(80)}})`,
    `if (a) {\n${lines(80)}}`,
    `for await (const a of b) {\n${lines(80)}}`,
    `interface A {\n${'a(): { b: 1 };\n'.repeat(80)}}`,
    `switch (a(b)) {\n${'case 1:\n'.repeat(80)}}`,
  ];
  for (const text of data) {
    assert.equal(longFunctions(house({ 'engine/a.ts': text })), [], text.slice(0, 20));
  }

  function inside(head: string, count: number): string {
    return head.endsWith('[') ? '1,\n'.repeat(count) : lines(count);
  }
});

rules('every suite is run, and all of it', () => {
  const of = (text: string): string[] => unrunSuites(house({ 'test/a.test.ts': text }));
  assert.equal(of(`const a = suite('a'); a('x', f); a.run();`), []);
  assert.equal(of(`const a = suite('a'); const b = suite('b'); b.run();`), [
    'test/a.test.ts: the suite a is never run',
  ]);
  assert.equal(of(`const a = suite('a'); a.run(); a('late', f);`), [
    'test/a.test.ts does not end with .run()',
  ]);
  assert.equal(of(`const a = suite('a'); a.only('x', f); a.run();`), [
    'test/a.test.ts runs only some of its tests',
  ]);
});

rules.run();
