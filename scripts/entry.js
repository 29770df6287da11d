/**
 * Writes the file of an entry of the bundle, which loads its part of a file that `load.js` runs.
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
const load = relative(dirname(place), 'dist/bundle/load.js');
const exports = names.length === 0 ? '' : `export const { ${names.join(', ')} } = `;
writeFileSync(
  place,
  `import { load } from '${load.startsWith('.') ? load : `./${load}`}';\n${exports}await load('${file}').${name}();\n`,
);
