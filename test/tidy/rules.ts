/** The rules of the house as functions: modules in, violations out, one sentence each. */

import { functionsOf } from '../support/functions.ts';
import { type Module, PRODUCT_ROOMS, resolveImport } from '../support/modules.ts';
import type { Token } from '../support/tokens.ts';

/**
 * The two doors into `engine/`, behind which there is no voxel code: what crosses to a worker's
 * thread, and the catalogue of methods with the checks by it.
 */
const ENGINE_DOORS = ['engine/port/', 'engine/catalogue/', 'engine/journal/'];
const ENGINE_ENTRIES = ['engine/worker.ts', 'engine/job-worker.ts', 'engine/solo.ts'];

/** What the files of each room may import, as beginnings of paths. Their own room is understood. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  supervisor: ['actors/', 'machines/', 'transport/', 'conf/', ...ENGINE_DOORS],
  actors: ['machines/', 'transport/', 'conf/', ...ENGINE_DOORS],
  machines: ['conf/'],
  transport: ['conf/', ...ENGINE_DOORS],
  engine: ['conf/'],
  conf: [],
  test: PRODUCT_ROOMS.map((room) => `${room}/`),
};

/**
 * The commands that convert files do it themselves, since nobody else is in their process: they go
 * into the engine by one more door.
 */
const CONVERTING = { from: 'supervisor/cli/convert/', door: 'engine/conversion/' };

/** Packages that a room must not import, and why. */
const MAY_NOT_IMPORT: Readonly<Record<string, readonly (readonly [RegExp, string])[]>> = {
  machines: [[/^node:/, 'a machine decides, an actor acts']],
  engine: [
    [/^xstate$/, 'the engine knows no actors'],
    [/^node:(net|tls|dgram|http|https|http2)$/, 'the engine knows no sockets'],
  ],
};

/** Published by itself, for any service. */
const INSPECTOR = 'supervisor/inspector/';

/** What is reached from here is the product; these files' exports are its public interface. */
const ENTRIES = [
  'supervisor/main.ts',
  'supervisor/index.ts',
  'supervisor/inspector/index.ts',
  'supervisor/inspector/page/main.tsx',
  'machines/supervision/index.ts',
  'transport/client.ts',
  ...ENGINE_ENTRIES,
];

const LINES_MAX = 400;
const COLUMNS_MAX = 100;
const FUNCTION_LINES_MAX = 70;

export function roomOf(path: string): string {
  return path.split('/')[0] ?? '';
}

function isProduct(module: Module): boolean {
  return PRODUCT_ROOMS.includes(roomOf(module.path));
}

/** Imports that run the wrong way, or are of what a room must not know. */
export function wrongImports(modules: readonly Module[]): string[] {
  const violations: string[] = [];
  for (const module of modules) {
    const room = roomOf(module.path);
    const doors = module.path.startsWith(CONVERTING.from) ? [CONVERTING.door] : [];
    const allowed = [`${room}/`, ...(MAY_IMPORT[room] ?? []), ...doors];
    for (const { from, names, line } of module.imports) {
      const place = `${module.path}:${line}`;
      const target = resolveImport(module, from);
      const inside = module.path.startsWith(INSPECTOR);
      if (inside && target !== undefined && !target.startsWith(INSPECTOR)) {
        violations.push(`${place} imports ${target}: the inspector knows nothing of the daemon`);
      }
      if (target === undefined) {
        const [, why] = MAY_NOT_IMPORT[room]?.find(([pattern]) => pattern.test(from)) ?? [];
        if (why !== undefined) violations.push(`${place} imports ${from}: ${why}`);
        continue;
      }
      // An actor starts the worker's entry; it does not import it.
      const starts = room === 'actors' && ENGINE_ENTRIES.includes(target) && names.length === 0;
      if (starts || !/\.tsx?$/.test(target)) continue;
      if (!allowed.some((start) => target.startsWith(start))) {
        violations.push(`${place} imports ${target}: ${room} may not`);
      }
    }
  }
  return violations;
}

/**
 * Files behind the doors that the doors import. A door is loaded by threads that run no voxel code,
 * and read by who wants to know what crosses it.
 */
export function openDoors(modules: readonly Module[]): string[] {
  const isDoor = (path: string): boolean => ENGINE_DOORS.some((door) => path.startsWith(door));
  return modules
    .filter(({ path }) => isDoor(path))
    .flatMap((module) =>
      module.imports.flatMap(({ from, line }) => {
        const target = resolveImport(module, from);
        if (target === undefined || isDoor(target) || roomOf(target) === 'conf') return [];
        return [`${module.path}:${line} imports ${target}, which is behind the doors of engine/`];
      }),
    );
}

/**
 * Circles of imports, those of types among them: for each file the shortest one that it is in, the
 * shortest first.
 */
export function importCircles(modules: readonly Module[]): string[] {
  const targets = new Map<string, string[]>();
  for (const module of modules) {
    const paths = module.imports.map(({ from }) => resolveImport(module, from));
    targets.set(
      module.path,
      paths.filter((path) => path !== undefined),
    );
  }
  const circles = [...targets.keys()].flatMap((path) => {
    const circle = circleFrom(path, targets);
    return circle === undefined ? [] : [circle];
  });
  // Each of its files finds a circle; the first of them in the alphabet begins it.
  const texts = circles
    .sort((one, other) => one.length - other.length)
    .map((circle) => {
      const start = circle.indexOf([...circle].sort()[0] ?? '');
      const turned = [...circle.slice(start), ...circle.slice(0, start + 1)];
      return `a circle of imports: ${turned.join(' → ')}`;
    });
  return [...new Set(texts)];
}

/** The shortest way along imports from a file back to it. */
function circleFrom(
  start: string,
  targets: ReadonlyMap<string, readonly string[]>,
): string[] | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const path of queue) {
    for (const target of targets.get(path) ?? []) {
      if (target === start) {
        const circle = [path];
        while (circle[0] !== undefined && circle[0] !== start) {
          circle.unshift(cameFrom.get(circle[0]) ?? start);
        }
        return circle;
      }
      if (cameFrom.has(target)) continue;
      cameFrom.set(target, path);
      queue.push(target);
    }
  }
  return undefined;
}

/** Clocks and chance in machines, which would escape a simulated clock. */
export function machineEffects(modules: readonly Module[]): string[] {
  const forbidden = ['Date', 'performance', 'setTimeout', 'setInterval', 'setImmediate', 'process'];
  return modules
    .filter(({ path }) => roomOf(path) === 'machines')
    .flatMap(({ path, tokens }) =>
      tokens.flatMap((token, index) => {
        if (token.kind !== 'word' || tokens[index - 1]?.value === '.') return [];
        const random = token.value === 'Math' && tokens[index + 2]?.value === 'random';
        // A key of an object, or a property, may have such a name.
        const isKey = tokens[index + 1]?.value === ':';
        if (!random && (isKey || !forbidden.includes(token.value))) return [];
        return [`${path}:${token.line} uses ${random ? 'Math.random' : token.value}`];
      }),
    );
}

/** Product files that nothing reaches from the entries. */
export function unreachedFiles(modules: readonly Module[]): string[] {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const reached = new Set<string>();
  const queue = [...ENTRIES];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    const module = byPath.get(path);
    if (module === undefined || reached.has(path)) continue;
    reached.add(path);
    for (const { from } of module.imports) {
      const target = resolveImport(module, from);
      if (target !== undefined) queue.push(target);
    }
  }
  return modules
    .filter((module) => isProduct(module) && !reached.has(module.path))
    .map(({ path }) => `${path} is reached from none of ${ENTRIES.join(', ')}`);
}

/**
 * Exports of product files that no other file imports; imports by tests count. A type need not be
 * imported when its own file uses it: it gives callers a name for what they pass and get.
 */
export function deadExports(modules: readonly Module[]): string[] {
  const used = new Set<string>();
  for (const module of modules) {
    for (const { from, names } of module.imports) {
      const target = resolveImport(module, from);
      for (const name of names) used.add(`${target}#${name}`);
    }
  }
  return modules
    .filter((module) => isProduct(module) && !ENTRIES.includes(module.path))
    .filter(({ path }) => !used.has(`${path}#*`))
    .flatMap(({ path, exports, tokens }) =>
      exports
        .filter((name) => !used.has(`${path}#${name}`) && !isUsedType(tokens, name))
        .map((name) => `${path} exports ${name}, which no other file imports`),
    );
}

function isUsedType(tokens: readonly Token[], name: string): boolean {
  const at = tokens.flatMap(({ value }, index) => (value === name ? [index] : []));
  const isType = at.some((index) => /^(type|interface)$/.test(tokens[index - 1]?.value ?? ''));
  return isType && at.length > 1;
}

/** The type that turns checking off, and comments that do. */
export function looseTypes(modules: readonly Module[]): string[] {
  const comment = /@ts-(ignore|nocheck|expect-error)/;
  return modules.flatMap(({ path, text, tokens }) => [
    ...tokens.flatMap(({ kind, value, line }, index) => {
      const isName =
        tokens[index - 1]?.value === '.' || /^[(:=,]$/.test(tokens[index + 1]?.value ?? '');
      const isType = /^([:<|&,=]|as)$/.test(tokens[index - 1]?.value ?? '');
      if (kind !== 'word' || value !== 'any' || (isName && !isType)) return [];
      return [`${path}:${line} has the type any`];
    }),
    ...text.split('\n').flatMap((content, index) => {
      // A comment only: the pattern above is no breach.
      return comment.test(content) && /\/[/*].*@ts-|^\s*\*/.test(content)
        ? [`${path}:${index + 1} turns the type checker off`]
        : [];
    }),
  ]);
}

/** Files and lines that are too long; a line with a URL cannot be shorter. */
export function longFiles(modules: readonly Module[]): string[] {
  return modules.flatMap(({ path, text }) => {
    const lines = text.trimEnd().split('\n');
    const long = lines.flatMap((content, index) => {
      const over = [...content].length > COLUMNS_MAX && !/https?:\/\//.test(content);
      return over ? [`${path}:${index + 1} is longer than ${COLUMNS_MAX} columns`] : [];
    });
    if (lines.length > LINES_MAX) long.push(`${path} has ${lines.length} lines, over ${LINES_MAX}`);
    return long;
  });
}

/** Functions of the product that are too long to be read at once. */
export function longFunctions(modules: readonly Module[]): string[] {
  return modules.filter(isProduct).flatMap(({ path, tokens }) =>
    functionsOf(tokens).flatMap(({ name, line, lines }) => {
      const what = name === '' ? 'a function' : name;
      if (lines <= FUNCTION_LINES_MAX) return [];
      return [`${path}:${line} ${what} has ${lines} lines, over ${FUNCTION_LINES_MAX}`];
    }),
  );
}

/** Test files with a suite that is never run, which uvu passes over in silence, or run in part. */
export function unrunSuites(modules: readonly Module[]): string[] {
  return modules
    .filter(({ path }) => path.endsWith('.test.ts'))
    .flatMap(({ path, tokens }) => {
      const values = tokens.map(({ value }) => value);
      const followedBy = (index: number, ...rest: string[]): boolean =>
        rest.every((value, offset) => values[index + 1 + offset] === value);
      const suites = values.filter((_, index) => followedBy(index, '=', 'suite', '('));
      const run = new Set(values.filter((_, index) => followedBy(index, '.', 'run', '(', ')')));
      const violations = suites
        .filter((name) => !run.has(name))
        .map((name) => `${path}: the suite ${name} is never run`);
      if (values.slice(-5).join('') !== '.run();')
        violations.push(`${path} does not end with .run()`);
      if (values.some((value, index) => value === '.' && followedBy(index, 'only', '('))) {
        violations.push(`${path} runs only some of its tests`);
      }
      return violations;
    });
}
