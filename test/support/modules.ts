/** The modules of the source tree: what each imports and exports. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Token, tokenize } from './tokens.ts';

/** The root of the source tree, seen from dist/test/support/. */
export const ROOT: string = fileURLToPath(new URL('../../../', import.meta.url));

export const PRODUCT_ROOMS = ['actors', 'conf', 'engine', 'machines', 'supervisor', 'transport'];
export const ROOMS: readonly string[] = [...PRODUCT_ROOMS, 'test'];

export interface Import {
  /** As written. */
  readonly from: string;
  /** The exported names it takes; '*' for all of them. */
  readonly names: readonly string[];
  /** Whether it exports the names again. */
  readonly again: boolean;
  readonly line: number;
}

export interface Module {
  /** From the root: `engine/volume/volume.ts`. */
  readonly path: string;
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly imports: readonly Import[];
  readonly exports: readonly string[];
}

/** Every TypeScript file of the rooms, in the order of their paths. */
export function readModules(): Module[] {
  return ROOMS.flatMap((room) =>
    readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name) && !name.startsWith('fixtures/'))
      .map((name) => `${room}/${name}`)
      .sort(),
  ).map((path) => parseModule(path, readFileSync(join(ROOT, path), 'utf8')));
}

export function parseModule(path: string, text: string): Module {
  const tokens = tokenize(text);
  return { path, text, tokens, imports: importsOf(tokens), exports: exportsOf(tokens) };
}

/** The path from the root that a relative import of a module means; undefined for packages. */
export function resolveImport(module: Module, from: string): string | undefined {
  if (!from.startsWith('.')) return undefined;
  // A worker is named by the file that runs, its compiled form.
  return normalize(join(module.path, '..', from)).replace(/\.js$/, '.ts');
}

function importsOf(tokens: readonly Token[]): Import[] {
  const imports: Import[] = [];
  const word = (index: number): string | undefined => {
    const token = tokens[index];
    return token?.kind === 'word' || token?.kind === 'mark' ? token.value : undefined;
  };
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'string') continue;
    const found = { from: token.value, line: token.line };
    const before = word(index - 1);
    if (before === 'from') {
      const start = clauseStart(tokens, index - 1);
      if (start === undefined) continue;
      const again = word(start) === 'export';
      imports.push({ ...found, names: clauseNames(tokens.slice(start + 1, index - 1)), again });
    } else if (before === 'import') {
      imports.push({ ...found, names: [], again: false });
    } else if (before === '(' && word(index - 2) === 'import') {
      imports.push({ ...found, names: ['*'], again: false });
    } else if (before === '(' && word(index - 2) === 'URL' && word(index - 3) === 'new') {
      // `new URL('./worker.js', import.meta.url)`: how a worker's file is named.
      if (word(index + 1) === ',' && word(index + 2) === 'import') {
        imports.push({ ...found, names: [], again: false });
      }
    }
  }
  return imports;
}

/** The `import` or `export` that a `from` belongs to, or undefined when it is another word. */
function clauseStart(tokens: readonly Token[], from: number): number | undefined {
  for (let index = from - 1; index >= 0; index--) {
    const token = tokens[index];
    if (token === undefined || token.kind === 'string' || token.kind === 'text') return undefined;
    if (token.value === 'import' || token.value === 'export') return index;
    if (token.kind === 'mark' && !'{},*'.includes(token.value)) return undefined;
  }
  return undefined;
}

/** The names of `{ a, type b as c }`; `*` and a default import stand for all. */
function clauseNames(clause: readonly Token[]): string[] {
  const open = clause.findIndex((token) => token.value === '{');
  if (open < 0) return ['*'];
  const listed = listedNames(clause.slice(open + 1, -1)).map(([name]) => name);
  const beforeList = clause.slice(0, open).filter((token) => token.value !== 'type');
  return beforeList.length > 0 ? ['default', ...listed] : listed;
}

/** Pairs of the name there and the name here, of the inside of braces. */
function listedNames(inside: readonly Token[]): [string, string][] {
  const names: [string, string][] = [];
  let entry: string[] = [];
  for (const token of [...inside, { value: ',' }]) {
    if (token.value !== ',') {
      entry.push(token.value);
      continue;
    }
    // `type` before another name is the modifier; alone it is a name.
    const words =
      entry[0] === 'type' && entry.length > 1 && entry[1] !== 'as' ? entry.slice(1) : entry;
    const [name] = words;
    if (name !== undefined) names.push([name, words.at(-1) ?? name]);
    entry = [];
  }
  return names;
}

const DECLARATORS = new Set([
  'const',
  'let',
  'function',
  'class',
  'interface',
  'type',
  'namespace',
]);
const MODIFIERS = new Set(['async', 'abstract', 'declare', '*']);

function exportsOf(tokens: readonly Token[]): string[] {
  const names: string[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'word' || token.value !== 'export') continue;
    let next = index + 1;
    while (MODIFIERS.has(tokens[next]?.value ?? '') && tokens[next + 1]?.value !== 'from') next++;
    const what = tokens[next]?.value ?? '';
    if (what === 'default') names.push('default');
    const isList = what === '{' || (what === 'type' && tokens[next + 1]?.value === '{');
    if (isList) {
      const open = what === '{' ? next : next + 1;
      const close = tokens.findIndex((other, at) => at > open && other.value === '}');
      names.push(...listedNames(tokens.slice(open + 1, close)).map(([, name]) => name));
    } else if (DECLARATORS.has(what)) {
      const star = tokens[next + 1]?.value === '*' ? 2 : 1;
      names.push(tokens[next + star]?.value ?? '');
    }
  }
  return names;
}
