/**
 * Writes the file of an entry of the bundle, which loads its part of a file that `load.cjs` runs.
 *
 *     node scripts/entry.js supervisor/daemon.cjs library=supervisor/index
 *
 * An index is what others import, a module called `index.mjs`. All else is CommonJS: what is called
 * by its exports, as functions, and what threads begin with, which has none.
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';

const [file, part] = process.argv.slice(2);
const [name, entry] = part.split('=');
const isIndex = entry.endsWith('/index');
const place = `dist/bundle/${entry}.${isIndex ? 'mjs' : 'js'}`;
const source = readFileSync(`dist/${entry}.js`, 'utf8');
const names = [...source.matchAll(/^export \{([^}]*)\}|^export (?:async )?\w+ (\w+)/gm)].flatMap(
  ([, list, one]) => (list === undefined ? [one] : list.split(',').map((each) => each.trim())),
);
mkdirSync(dirname(place), { recursive: true });
const load = relative(dirname(place), 'dist/bundle/load.cjs');
const from = load.startsWith('.') ? load : `./${load}`;
const loaded = `load('${file}').${name}()`;
const calls = names.map(
  (one) => `exports.${one} = (...given) => part.then(({ ${one} }) => ${one}(...given));\n`,
);
writeFileSync(
  place,
  isIndex
    ? `import { load } from '${from}';\nexport const { ${names.join(', ')} } = await ${loaded};\n`
    : `const { load } = require('${from}');\nconst part = ${loaded};\n${calls.join('')}`,
);
