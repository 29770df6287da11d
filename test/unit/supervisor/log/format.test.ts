/** How log lines look: JSON, text, with the prefixes of the journal. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatFor, type Place } from '../../../../supervisor/log/format.ts';
import { textLine } from '../../../../supervisor/log/text.ts';

const TIME = Date.UTC(2026, 10, 28, 12, 30, 1, 250);

function line(fields: object, level = 30): string {
  return `${JSON.stringify({ level, time: TIME, pid: 7, hostname: 'h', ...fields })}\n`;
}

const PLAIN = { time: 'none', level: true, colour: false } as const;

const text = (fields: object, level?: number) => textLine(line(fields, level), PLAIN);

const texts = suite('log text');

texts('level, message and fields, on one line', () => {
  const fields = { actor: 'engines/engine:0', restarts: 1, reason: 'it died', msg: 'lost' };
  assert.is(text(fields, 40), 'WARN  lost  actor=engines/engine:0 restarts=1 reason="it died"\n');
  assert.is(text({ msg: 'as is' }), 'INFO  as is\n');
  assert.is(text({ a: null, b: [1, 'x'], c: { d: '' } }), 'INFO    a=null b=[1,"x"] c={"d":""}\n');
});

texts('the time of the day by the clock here, or the date with it', () => {
  const two = (n: number) => String(n).padStart(2, '0');
  const now = new Date(TIME);
  const clock = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(':');
  const plain = { ...PLAIN, level: false };
  assert.is(textLine(line({ msg: 'm' }), { ...plain, time: 'time' }), `${clock}.250 m\n`);
  assert.is(
    textLine(line({ msg: 'm' }), { ...plain, time: 'date and time' }),
    '2026-11-28T12:30:01.250Z m\n',
  );
});

texts('stacks and lists of texts follow, indented', () => {
  const err = { type: 'Error', message: 'no', stack: 'Error: no\n    at f' };
  assert.is(text({ err, msg: 'm' }, 50), 'ERROR m  err="no"\n    Error: no\n        at f\n');
  assert.is(text({ tree: ['a', '└─ b'], msg: 'm' }), 'INFO  m\n    a\n    └─ b\n');
});

texts('what a client sent cannot move the cursor, or make a line that is none', () => {
  const evil = 'x\u001b[2J\r\n12:00 FATAL y\u009b1m';
  const made = text({ method: evil, err: { stack: evil }, msg: evil });
  for (const one of ['\u001b', '\r', '\u009b']) assert.not.match(made, one);
  assert.match(made, '\\u009b');
  assert.is(made.split('\n').length, 4);
  assert.ok(
    made
      .split('\n')
      .slice(1, -1)
      .every((one) => one.startsWith('    ')),
  );
});

texts.run();

const formats = suite('log format');

const LINE = line({ msg: 'm' }, 40);
const of = (wanted: 'auto' | 'json' | 'text', place: Place, env = {}) =>
  formatFor(wanted, place, env)?.(LINE) ?? 'as it is';

formats('auto is text on terminals and in the journal, else the lines as they are', () => {
  assert.match(of('auto', 'terminal'), /WARN/);
  assert.is(of('auto', 'journal'), '<4>m\n');
  assert.is(of('auto', 'other'), 'as it is');
});

formats('as it is wished, wherever it goes', () => {
  assert.is(of('json', 'terminal'), 'as it is');
  assert.is(of('json', 'journal'), `<4>${LINE}`);
  assert.is(of('text', 'other'), '2026-11-28T12:30:01.250Z WARN  m\n');
});

formats('colours on terminals, unless NO_COLOR or a terminal without any says no', () => {
  assert.match(of('auto', 'terminal'), '\u001b[33mWARN');
  assert.match(of('auto', 'terminal', { NO_COLOR: '' }), '\u001b[33mWARN');
  assert.not.match(of('auto', 'terminal', { NO_COLOR: '1' }), '\u001b');
  assert.not.match(of('auto', 'terminal', { TERM: 'dumb' }), '\u001b');
  assert.not.match(of('text', 'other'), '\u001b');
});

formats('each line of a stack has the prefix of its level in the journal', () => {
  const err = { message: 'no', stack: 'Error: no\n    at f' };
  const made = formatFor('auto', 'journal', {})?.(line({ err, msg: 'm' }, 60));
  assert.is(made, '<2>m  err="no"\n<2>    Error: no\n<2>        at f\n');
});

formats.run();
