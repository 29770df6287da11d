import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Import, parseModule, resolveImport } from '../support/modules.ts';
import { tokenize } from '../support/tokens.ts';

const BACKTICK = '`';

const cutting = suite('tokens');

function values(text: string): string[] {
  return tokenize(text).map(({ value }) => value);
}

cutting('drops comments and keeps strings whole', () => {
  assert.equal(values(`a /* ' */ 'b // c' // "\n"d\\"e"`), ['a', 'b // c', 'd\\"e']);
});

cutting('tells a regular expression from a division', () => {
  assert.equal(values(`x = /['"/]\\/[/]/g; y`), ['x', '=', `/['"/]\\/[/]/g`, ';', 'y']);
  assert.equal(values(`a / b / 'c'`), ['a', '/', 'b', '/', 'c']);
  assert.equal(values(`(a) / 2 + b[0] / 'c'`).at(-1), 'c');
  assert.equal(values(`a[0]! / b / 'c'`).at(-1), 'c');
  assert.equal(values(`!/'/`), ['!', "/'/"]);
  assert.equal(values(`return /'/`), ['return', "/'/"]);
});

cutting('goes in and out of templates', () => {
  const text = [
    'f(',
    BACKTICK,
    `it's $5 \${ g({ a: 'b' }, `,
    BACKTICK,
    "'",
    BACKTICK,
    ') } "',
    BACKTICK,
    ')',
  ];
  assert.equal(
    tokenize(text.join(''))
      .filter(({ kind }) => kind !== 'text')
      .map(({ value }) => value),
    ['f', '(', 'g', '(', '{', 'a', ':', 'b', '}', ',', ')', ')'],
  );
});

cutting('counts lines', () => {
  assert.equal(
    tokenize(`a\n/* \n */ b '\\\n' c`).map(({ line }) => line),
    [1, 3, 3, 4],
  );
});

cutting('throws rather than read half a file', () => {
  assert.throws(() => tokenize(`a\nb 'c\n'`), /line 2: a string without an end/);
  assert.throws(() => tokenize(BACKTICK), /a template without an end/);
  assert.throws(() => tokenize(`${BACKTICK}\${ a `), /a template without an end/);
});

cutting.run();

const reading = suite('modules');

function imports(text: string): Omit<Import, 'line'>[] {
  return parseModule('engine/a.ts', text).imports.map(({ line, ...rest }) => rest);
}

reading('finds every form of import', () => {
  const forms: [string, string[], boolean][] = [
    [`import './x.ts';`, [], false],
    [`import x from './x.ts';`, ['*'], false],
    [`import * as x from './x.ts';`, ['*'], false],
    [`import { a, b as c } from './x.ts';`, ['a', 'b'], false],
    [`import type { A } from './x.ts';`, ['A'], false],
    [`import { type A, b, type as t } from './x.ts';`, ['A', 'b', 'type'], false],
    [`import x, { a } from './x.ts';`, ['default', 'a'], false],
    [`import {\n  a,\n  b,\n} from './x.ts';`, ['a', 'b'], false],
    [`export { a, b as c } from './x.ts';`, ['a', 'b'], true],
    [`export type { A } from './x.ts';`, ['A'], true],
    [`export * from './x.ts';`, ['*'], true],
    [`const x = await import('./x.ts');`, ['*'], false],
    [`type T = import('./x.ts').T;`, ['*'], false],
    [`new Worker(new URL('./x.ts', import.meta.url));`, [], false],
  ];
  for (const [text, names, again] of forms) {
    assert.equal(imports(text), [{ from: './x.ts', names, again }], text);
    assert.equal(imports(`f();\n${text}\ng('h')`), [{ from: './x.ts', names, again }], text);
  }
});

reading('takes nothing else for an import', () => {
  const texts = [
    `// import './x.ts'`,
    `const text = "import './x.ts'";`,
    `${BACKTICK}import './x.ts'${BACKTICK}`,
    `Array.from('./x.ts');`,
    `new URL('./x.ts', base);`,
    `const from = './x.ts';`,
    `f({ from: './x.ts' });`,
  ];
  for (const text of texts) assert.equal(imports(text), [], text);
});

reading('finds every form of export', () => {
  const text = `
    export const a = 1, z = 2;
    export let b;
    export function c() { const notExported = 1; }
    export async function d() {}
    export function* e() {}
    export class F {}
    export abstract class G {}
    export interface H {}
    export type I = string;
    export { j, k as l };
    export type { M };
    export { n } from './x.ts';
    export default 1;
    // export const comment = 1;
  `;
  const expected = ['a', 'b', 'c', 'd', 'e', 'F', 'G', 'H', 'I', 'j', 'l', 'M', 'n', 'default'];
  assert.equal(parseModule('engine/a.ts', text).exports, expected);
});

reading('resolves relative imports from the root', () => {
  const module = parseModule('engine/formats/gox.ts', '');
  assert.is(resolveImport(module, '../port/layout.ts'), 'engine/port/layout.ts');
  assert.is(resolveImport(module, './vox.js'), 'engine/formats/vox.ts');
  assert.is(resolveImport(module, '../../conf/errors.ts'), 'conf/errors.ts');
  assert.is(resolveImport(module, 'xstate'), undefined);
  assert.is(resolveImport(module, 'node:fs'), undefined);
});

reading.run();
