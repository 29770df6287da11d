import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ROOT } from '../../support/modules.ts';

/** WCAG 2, level AA, for text of ordinary size. */
const CONTRAST_MIN = 4.5;

const css = readFileSync(join(ROOT, 'supervisor/inspector/page/styles/theme.css'), 'utf8');

function colors(theme: string): Map<string, string> {
  const block = css.slice(css.indexOf(`[data-theme="${theme}"]`));
  const rules = block.slice(0, block.indexOf('}'));
  return new Map(
    [...rules.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name = '', color = '']) => [
      name,
      color,
    ]),
  );
}

function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const TEXTS = ['text', 'quiet', 'faint', 'accent', 'string', 'number', 'literal'];
const GROUNDS = ['bg', 'panel', 'raised', 'hover'];
const PAIRS: readonly (readonly [text: string, ground: string])[] = [
  ...TEXTS.flatMap((text) => GROUNDS.map((ground) => [text, ground] as const)),
  ...['text', 'quiet', 'accent', 'string', 'number', 'literal'].map(
    (text) => [text, 'accent-soft'] as const,
  ),
  ...['good', 'wait', 'bad', 'then'].flatMap((tone) => [
    [tone, `${tone}-soft`] as const,
    [tone, 'panel'] as const,
    ['text', `${tone}-soft`] as const,
  ]),
  ['accent-text', 'accent'],
];

const test = suite('themes of the page');

for (const theme of ['dark', 'light']) {
  test(`can be read: ${theme}`, () => {
    const known = colors(theme);
    const poor = PAIRS.flatMap(([text, ground]) => {
      const ratio = contrast(known.get(text) ?? '#808080', known.get(ground) ?? '#808080');
      return ratio < CONTRAST_MIN ? [`${text} on ${ground}: ${ratio.toFixed(2)}`] : [];
    });
    assert.equal(poor, []);
  });
}

test.run();
