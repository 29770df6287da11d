/**
 * Bundles what a start waits for, for `bundle.sh`. What most conversions of one small file have no
 * use for, nor a daemon or a thread at its start, is loaded by its first call here: the formats,
 * what reads one where another part writes it, and what of Node takes long to load.
 *
 *     node scripts/bundle-lazy.js supervisor/converting.cjs command=supervisor/cli/converting
 *
 * Where such a part is imported there is another in its place, with functions that load it. What
 * it exports besides must be plain data; a class or a set that somebody imports of it ends the build.
 */

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { build } from 'esbuild';
import { FORMATS } from '../dist/engine/formats/index.js';

const MODULES = [
  'engine/conversion/describe',
  'engine/document/arrange',
  'engine/formats/gltf/import-gltf',
  'engine/formats/gox/gox-read',
  'engine/formats/gox/gox-write',
  'engine/formats/meshes/import-obj',
  'engine/formats/meshes/import-ply',
  'engine/formats/meshes/import-points',
  'engine/formats/meshes/import-stl',
  'engine/formats/meshes/obj-goxel',
  'engine/formats/palettes/palette-file',
  'engine/formats/vox/vox-read',
  'engine/formats/vox/vox-write',
  'engine/image/any-png',
  'engine/mesh/kinds',
  'engine/methods/color-text',
];
const BUILTINS = ['node:child_process', 'node:crypto', 'node:http', 'node:tls', 'node:zlib'];

/** What of a bundle waits for its first call; a command checks nothing by schemas as a rule. */
const BUNDLES = {
  'supervisor/converting.cjs': { modules: MODULES, formats: true, schemas: true, yaml: true },
  'supervisor/daemon.cjs': { modules: [], formats: false, schemas: false, yaml: false },
  'engine/threads.cjs': { modules: MODULES, formats: true, schemas: false, yaml: false },
};

const [file, ...parts] = process.argv.slice(2);
const waits = BUNDLES[file];
const LAZY_FILES = new Set(waits.modules.map((part) => resolve(`dist/${part}.js`)));
const entries = parts.map((part) => {
  const [name, entry] = part.split('=');
  return `export const ${name} = () => import('./dist/${entry}.js');\n`;
});

/** Functions that load what they are of, and data as it is; classes of Node's are functions too. */
async function standIn({ path }) {
  const exported = Object.entries(await import(path)).filter(([name]) => name !== 'default');
  const lines = exported.flatMap(([name, given]) => {
    if (typeof given !== 'function') {
      // Those of Node are numbers, of which an infinite one gets lost that nobody uses.
      const isData = isPlain(given) || name === 'constants';
      return isData ? `export const ${name} = ${JSON.stringify(given)};` : [];
    }
    if (String(given).startsWith('class')) {
      if (!path.startsWith('node:')) return [];
      return `export function ${name}(...given) { return new (load().${name})(...given); }`;
    }
    return `export const ${name} = (...given) => load().${name}(...given);`;
  });
  const load = `let part;\nconst load = () => (part ??= require(${JSON.stringify(path)}));`;
  return { contents: [load, ...lines].join('\n'), resolveDir: '/' };
}

/** Whether it is the same when it is written down and read. */
function isPlain(given) {
  try {
    return isDeepStrictEqual(JSON.parse(JSON.stringify(given)), structuredClone(given));
  } catch {
    return false;
  }
}

/** The table of formats, with others in their places. */
function lazyFormats({ path }) {
  const replaced = new Set();
  const source = readFileSync(path, 'utf8').replace(
    /^import \{ (.*) \} from '(\.\/.*)';$/gm,
    (line, list, from) => {
      const names = list.split(', ');
      const formats = names.map((name) => FORMATS.find((one) => nameOf(one) === name));
      if (formats.includes(undefined)) return line;
      for (const format of formats) replaced.add(format);
      const load = `load_${names[0]}`;
      const stands = formats.map(
        (format) => `const ${nameOf(format)} = ${formatText(format, load)};`,
      );
      return [
        `let part_${names[0]};`,
        `const ${load} = () => (part_${names[0]} ??= require('${from}'));`,
        ...stands,
      ].join('\n');
    },
  );
  if (replaced.size < FORMATS.length) throw new Error(`${path} imports formats in another way`);
  return { contents: source };
}

/** As the code calls a format. */
function nameOf({ name }) {
  return { '3mf': 'threemf', 'png slices': 'slices' }[name] ?? name;
}

function formatText(format, load) {
  const { name, extensions, ...parts } = format;
  const functions = Object.keys(parts).map(
    (part) => `${part}: (...given) => ${load}().${nameOf(format)}.${part}(...given)`,
  );
  const facts = [`name: ${JSON.stringify(name)}`, `extensions: ${JSON.stringify(extensions)}`];
  return `{ ${[...facts, ...functions].join(', ')} }`;
}

const lazy = {
  name: 'lazy',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /./ }, ({ path, resolveDir, namespace }) => {
      if (namespace === 'lazy') return undefined;
      if (BUILTINS.includes(path)) return { path, namespace: 'lazy' };
      const whole = path.startsWith('.') ? join(resolveDir, path) : '';
      return LAZY_FILES.has(whole) ? { path: whole, namespace: 'lazy' } : undefined;
    });
    onLoad({ filter: /./, namespace: 'lazy' }, standIn);
    if (waits.formats) onLoad({ filter: /\/dist\/engine\/formats\/index\.js$/ }, lazyFormats);
  },
};

await build({
  ...{ bundle: true, format: 'cjs', platform: 'node', target: 'node20', charset: 'ascii' },
  ...{ minifySyntax: true, minifyWhitespace: true, sourcemap: true, logLevel: 'warning' },
  stdin: { contents: entries.join(''), resolveDir: '.' },
  outfile: `dist/bundle/${file}`,
  supported: { 'dynamic-import': false },
  alias: {
    // Of these modules what nobody uses is left out, which cannot be of those for Node.
    rxjs: './node_modules/rxjs/dist/esm/index.js',
    ...(waits.schemas ? { 'typebox/schema': './scripts/lazy-typebox.js' } : {}),
  },
  external: ['./typebox.cjs', ...(waits.yaml ? ['yaml'] : [])],
  define: {
    'import.meta.url': '__url',
    'process.env.MSGPACKR_NATIVE_ACCELERATION_DISABLED': '"true"',
  },
  banner: {
    js:
      '(function(exports,require,module,__filename){' +
      'const __url="file://"+encodeURI(__filename).replace(/[?#]/g,encodeURIComponent);',
  },
  footer: { js: '})' },
  plugins: [lazy],
});
