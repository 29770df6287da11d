/** The tree as text: branches and columns, colours, terminals of any width, names that bite. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hasColour, line, span, widthOf } from '../../../supervisor/paint.ts';
import type { TreeNode } from '../../../supervisor/tree.ts';
import { treeText } from '../../../supervisor/tree-text.ts';
import { ageText, bytesText } from '../../../supervisor/units.ts';

const node = (id: string, more: Partial<TreeNode> = {}): TreeNode => ({
  ...{ id, kind: 'machine', state: 'running', age_ms: 12_600, children: [] },
  ...more,
});

const TREE = node('daemon', {
  children: [
    node('engines', {
      children: [
        node('engine:0', { state: 'ready.busy', restarts: 2, figures: { answered: 5, title: '' } }),
        node('engine:1', { state: 'lost', age_ms: 7, restarts: 0, retiring: true, hidden: 3 }),
      ],
    }),
    node('health', { state: 'verdict.healthy' }),
  ],
});

const test = suite('tree as text');

test('has branches, then columns', () => {
  assert.is(
    treeText(TREE),
    [
      'daemon          running          age 12.6s',
      '├─ engines      running          age 12.6s',
      '│  ├─ engine:0  ready.busy       age 12.6s  restarts 2  answered 5  title -',
      '│  └─ engine:1  lost             age   7ms  restarts 0  retiring  and 3 more',
      '└─ health       verdict.healthy  age 12.6s',
      '',
    ].join('\n'),
  );
});

test('is cut where a terminal ends, with its colours ended', () => {
  for (const columns of [1, 8, 20, 40, 79]) {
    const lines = treeText(TREE, { colour: false, columns }).split('\n').slice(0, -1);
    for (const one of lines) assert.ok(widthOf(one) <= columns, `${columns}: ${one}`);
  }
  const [, , busy = '', lost = ''] = treeText(TREE, { colour: true, columns: 24 }).split('\n');
  assert.match(busy, '\x1b[36m  ready.b\x1b[0m…');
  assert.match(lost, '\x1b[31m  lost');
});

test('shows what would move the cursor, and does not do it', () => {
  const bad = '\x1b[2J\r\n\u009b1m\u202e\u2028日本語\u0301';
  const text = treeText(node('daemon', { figures: { name: bad } }));
  assert.match(text, 'name \\u001b[2J\\u000d\\u000a\\u009b1m\\u202e\\u2028日本語\u0301\n');
  assert.not.ok(/[\p{Cc}\p{Cf}]/u.test(text.slice(0, -1)));
});

test('counts the columns that characters take', () => {
  assert.is(widthOf('abc├─'), 5);
  assert.is(widthOf('日本'), 4);
  assert.is(widthOf('e\u0301'), 1);
  assert.is(line([span('日本語')], { colour: false, columns: 4 }), '日…');
});

test('is coloured by the custom of terminals', () => {
  const tty = { isTTY: true };
  assert.is(hasColour(tty, {}), true);
  assert.is(hasColour({}, {}), false);
  assert.is(hasColour(tty, { TERM: 'dumb' }), false);
  assert.is(hasColour(tty, { NO_COLOR: '1', FORCE_COLOR: '1' }), false);
  assert.is(hasColour(tty, { NO_COLOR: '' }), true);
  assert.is(hasColour({}, { FORCE_COLOR: '1' }), true);
  assert.is(hasColour(tty, { FORCE_COLOR: '0' }), false);
});

test('has units that people read', () => {
  const ages = [0, 999, 1000, 119_999, 150_000, 7_260_000, 180_000_000].map(ageText);
  assert.equal(ages, ['0ms', '999ms', '1.0s', '120.0s', '3min', '2h01', '2d02h']);
  const sizes = [0, 1023, 1024, 1024 ** 2 - 1, 5 * 1024 ** 3].map(bytesText);
  assert.equal(sizes, ['0 B', '1023 B', '1.0 KiB', '1.0 MiB', '5.0 GiB']);
});

test.run();
