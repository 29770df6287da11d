/** Messages of syslog: how they look, and what happens to them while nobody takes them. */

import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Sink } from '../../../../supervisor/log/sink.ts';
import { Syslog, syslogMessage } from '../../../../supervisor/log/syslog.ts';
import { eventually } from '../../../support/raw.ts';
import { datagramReceiver } from '../../../support/receiver.ts';
import { temporaryDirectory } from '../../../support/tmp.ts';

const TIME = Date.UTC(2026, 10, 28, 12, 30, 1, 250);

function line(fields: object, level = 30): string {
  return `${JSON.stringify({ level, time: TIME, pid: 7, hostname: 'host.a', ...fields })}\n`;
}

const HEAD = '1 2026-11-28T12:30:01.250Z host.a goxel-supervisor 7 - - ';

const messages = suite('syslog message');

messages('is of the facility daemon, with the severity of its level', () => {
  const priorities = [10, 20, 30, 40, 50, 60].map((level) => {
    return /^<(\d+)>/.exec(syslogMessage(line({ msg: 'm' }, level)))?.[1];
  });
  assert.equal(priorities, ['31', '31', '30', '28', '27', '26']);
});

messages('has the text, and the fields behind it', () => {
  assert.is(syslogMessage(line({ msg: 'listening' })), `<30>${HEAD}listening`);
  assert.is(
    syslogMessage(line({ actor: 'a', n: 1, msg: 'two\nlines' })),
    `<30>${HEAD}two lines {"actor":"a","n":1}`,
  );
});

messages('says that it is UTF-8 where it is more than ASCII', () => {
  assert.is(syslogMessage(line({ msg: 'é' })), `<30>${HEAD}\ufeffé`);
});

messages('is cut at 8 KB, between two characters', () => {
  for (let pad = 0; pad < 4; pad += 1) {
    const made = syslogMessage(line({ msg: `${'x'.repeat(pad)}${'€'.repeat(4000)}` }));
    const bytes = Buffer.byteLength(made);
    assert.ok(bytes <= 8192 && bytes > 8186, String(bytes));
    assert.match(made, /€…$/);
    assert.not.match(made, '\ufffd');
  }
});

messages('names no host that is none', () => {
  assert.match(syslogMessage(line({ hostname: 'ä b', msg: 'm' })), ' b goxel-supervisor ');
  assert.match(syslogMessage(line({ hostname: 'ä', msg: 'm' })), 'Z - goxel-supervisor ');
});

messages.run();

function sinkTo(path: string): Sink {
  const outlet = Syslog.open(path);
  assert.ok(outlet !== undefined, 'koffi is there for the tests');
  return new Sink(outlet, (lost) => `lost ${lost}`);
}

const sending = suite('syslog');

sending('holds messages until somebody takes them, and again after a restart', async () => {
  const path = join(temporaryDirectory(), 'log');
  const sink = sinkTo(path);
  sink.write('one');
  assert.match(sink.figures.trouble, 'ENOENT');
  const first = await datagramReceiver(path);
  await eventually('the first came', () => first.messages().length === 1);
  assert.is(sink.figures.trouble, '');
  await first.end();
  sink.write('two');
  sink.write('three');
  assert.not.equal(sink.figures.trouble, '');
  const second = await datagramReceiver(path);
  await eventually('the others came', () => second.messages().length === 2);
  assert.equal(second.messages(), ['two', 'three']);
  await second.end();
  sink.close();
});

sending('does not wait for a receiver that stands still; what it loses is told', async () => {
  const path = join(temporaryDirectory(), 'log');
  const { child, messages, end } = await datagramReceiver(path);
  const sink = sinkTo(path);
  child.kill('SIGSTOP');
  const began_ms = performance.now();
  for (let i = 0; i < 3000; i += 1) sink.write(`${i} ${'x'.repeat(1000)}`);
  // One that waits stands as still as its receiver, and has waited 3000 times.
  assert.ok(performance.now() - began_ms < 20_000);
  const { lost, trouble } = sink.figures;
  assert.ok(lost > 0);
  assert.is(trouble, 'its reader is too slow');
  child.kill('SIGCONT');
  await eventually('the loss was told', () => messages().at(-1) === `lost ${lost}`);
  assert.is(messages().length, 3000 - lost + 1);
  await end();
  sink.close();
});

sending('what a receiver takes only in part is cut', async () => {
  const path = join(temporaryDirectory(), 'log');
  const { messages, end } = await datagramReceiver(path);
  const sink = sinkTo(path);
  // Beyond what a socket's buffer holds.
  sink.write('x'.repeat(500_000));
  await eventually('it came', () => messages().length === 1);
  assert.is(Buffer.byteLength(messages()[0] ?? ''), 2048);
  await end();
  sink.close();
});

sending.run();
