/** What `top` shows of what a daemon answered, on terminals of any size, and what keys do. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Choice, FIRST_CHOICE, frame, scrollMax } from '../../../supervisor/cli/top/frame.ts';
import { chosen, keysIn } from '../../../supervisor/cli/top/keys.ts';
import { viewOf } from '../../../supervisor/cli/top/view.ts';
import { widthOf } from '../../../supervisor/paint.ts';
import { looked } from '../../support/looked.ts';

const shownOf = (connections = 2, requests?: string, trouble?: string) => ({
  view: viewOf(
    looked(2, connections, requests === undefined ? {} : { requests }),
    looked(1, connections),
  ),
  ...{ trouble, note: 'every 1 s' },
});
const textOf = (choice: Partial<Choice> = {}, columns = 120, rows = 40, shown = shownOf()) =>
  frame(shown, { ...FIRST_CHOICE, ...choice }, { columns, rows }, false).join('\n');

const test = suite('top');

test('makes rates of two looks, and none of one', () => {
  const { view } = shownOf();
  assert.equal(view.rates, {
    ...{ requests_per_s: 20, failed_per_s: 1, read_per_s: 0, written_per_s: 0, cpu: 0.5 },
  });
  assert.equal([view.threads[0]?.load, view.threads[0]?.answered_per_s], [0.25, 10]);
  assert.is(view.connections[1]?.requests_per_s, 10);
  assert.is(viewOf(looked(2), undefined).rates, undefined);
  const other = looked(1);
  const restarted = { ...other, statistics: { ...other.statistics, pid: 78 } };
  assert.is(viewOf(looked(2), restarted).rates, undefined, 'another process');
  const numbered = { ...other, statistics: { ...other.statistics, uptime_seconds: 1e6 } };
  assert.is(viewOf(looked(2), numbered).rates, undefined, 'another of the same number');
});

test('shows all sections, or all of one', () => {
  const all = textOf();
  for (const text of [/^goxel-supervisor 1\.2\.3 {2}running/, /cpu 50%/, /requests 20\.0\/s/]) {
    assert.match(all, text);
  }
  assert.match(all, /\n {2}engine:0 {2}ready\.idle {3}25%/);
  const one = textOf({ section: 'connections' });
  assert.match(one, 'connections 2  by requests/s');
  assert.not.match(one, 'engine:0');
  assert.match(textOf({}, 120, 40, shownOf(2, 'a token is needed')), '\n  a token is needed\n');
});

test('fills a terminal and never more, however small and however much there is', () => {
  for (const columns of [1, 20, 80, 300]) {
    for (const rows of [1, 3, 8, 24, 100]) {
      for (const section of ['all', 'connections'] as const) {
        const lines = textOf({ section }, columns, rows, shownOf(200)).split('\n');
        assert.is(lines.length, rows);
        for (const one of lines) assert.ok(widthOf(one) <= columns, one);
      }
    }
  }
  assert.match(textOf({}, 80, 40, shownOf(200)), /\n {2}and \d+ more: 2\n/);
});

test('says what is wrong and keeps what was there', () => {
  const text = textOf({}, 120, 40, shownOf(2, undefined, 'no daemon answers'));
  assert.match(text, 'no daemon answers');
  assert.match(text, 'engine:0');
  assert.match(text, 'trying again');
});

test('is moved by keys, to the ends and no further', () => {
  const shown = shownOf(200);
  let choice: Choice = FIRST_CHOICE;
  const strike = (text: string) => {
    for (const key of keysIn(text)) {
      choice = chosen(choice, key, 10, scrollMax(shown, choice, 24));
    }
    return choice;
  };
  assert.is(strike('\t').section, 'engines');
  assert.is(strike('\x1b[Z\x1b[Z').section, 'deaths');
  assert.is(strike('2').section, 'connections');
  assert.is(strike('\x1b[A').scroll, 0);
  assert.is(strike('\x1b[B\x1b[6~').scroll, 11);
  const end = strike('\x1b[F').scroll;
  assert.is(end, 202 - (24 - 4 - 1));
  assert.is(strike('\x1b[B').scroll, end);
  assert.match(frame(shown, choice, { columns: 80, rows: 24 }, false)[22]!, /^ +\d+ {2}unix/);
  assert.is(strike('s').sorts.connections, 1);
  assert.match(textOf(choice), 'by in flight');
  assert.is(strike('p').paused, true);
  assert.match(textOf(strike('?')), 'shift-tab');
  assert.is(strike('x').help, false);
  assert.equal(keysIn('q\x03\x1a\x1b[99~ä'), ['quit', 'interrupt', 'suspend', 'other', 'other']);
});

test.run();
