/**
 * The table of formats in `engine/FILES.md`, from the formats themselves and the table of what they
 * keep: `npm run generate`. A test compares the file with what this makes.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FORMATS } from '../../engine/formats/index.ts';
import { type Keeps, keepsOf } from '../../engine/formats/keeps.ts';

/** The file in the source tree, seen from dist/test/support/. */
const PAGE = fileURLToPath(new URL('../../../engine/FILES.md', import.meta.url));
const BEGIN = '<!-- formats: npm run generate -->\n';
const END = '<!-- /formats -->\n';

const TITLES: Readonly<Record<Exclude<keyof Keeps, 'colors'>, string>> = {
  layers: 'layers',
  names: 'names',
  visibility: 'hidden',
  materials: 'materials',
  opacity: 'alpha',
  place: 'place',
  inside: 'inside',
  cameras: 'cameras',
};
const ASPECTS = Object.keys(TITLES) as (keyof typeof TITLES)[];

function colorsOf({ colors }: Keeps): string {
  if (colors === true) return 'all';
  if (colors === false) return '';
  return colors === 'nearest' ? 'nearest' : String(colors);
}

function table(): string {
  const titles = ['', 'extensions', 'reads', 'writes', 'colours', ...ASPECTS.map((a) => TITLES[a])];
  const rows = FORMATS.map(({ name, extensions, read, write }) => {
    const isPicture = name === 'png' || name === 'jpeg';
    const writes = write !== undefined || isPicture;
    const keeps = keepsOf(name);
    const held =
      write === undefined
        ? ['', ...ASPECTS.map(() => '')]
        : [colorsOf(keeps), ...ASPECTS.map((aspect) => (keeps[aspect] ? 'yes' : ''))];
    const yes = (is: boolean) => (is ? (isPicture ? 'picture' : 'yes') : '');
    return [name, extensions.join(', '), yes(read !== undefined), yes(writes), ...held];
  });
  return [titles, titles.map(() => '---'), ...rows]
    .map((row) => `| ${row.join(' | ')} |\n`)
    .join('');
}

/** The page as it is, and as it should be. */
export function filesPage(): { readonly found: string; readonly wanted: string } {
  const found = readFileSync(PAGE, 'utf8');
  const [from, to] = [found.indexOf(BEGIN) + BEGIN.length, found.indexOf(END)];
  if (from < BEGIN.length || to < from) throw new Error(`${PAGE} has no place for the table`);
  return { found, wanted: found.slice(0, from) + table() + found.slice(to) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(PAGE, filesPage().wanted);
