/**
 * Writes the file of an entry of the bundle, which loads its part of a file that `load.cjs` runs:
 * what is imported as a module; what threads start with, which exports nothing, as CommonJS.
 *
 *     node scripts/entry.js supervisor/daemon.cjs library=supervisor/index
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';

const [file, part] = process.argv.slice(2);
const [name, entry] = part.split('=');
const place = `dist/bundle/${entry}.js`;
const source = readFileSync(`dist/${entry}.js`, 'utf8');
const names = [...source.matchAll(/^export \{([^}]*)\}|^export (?:async )?\w+ (\w+)/gm)].flatMap(
  ([, list, one]) => (list === undefined ? [one] : list.split(',').map((each) => each.trim())),
);
mkdirSync(dirname(place), { recursive: true });
const load = relative(dirname(place), 'dist/bundle/load.cjs');
const from = load.startsWith('.') ? load : `./${load}`;
const part_loaded = `load('${file}').${name}()`;
writeFileSync(
  place,
  names.length === 0
    ? `const { load } = require('${from}');\n${part_loaded};\n`
    : `import { load } from '${from}';\nexport const { ${names.join(', ')} } = await ${part_loaded};\n`,
);
