/** What a report leaves out, what of the log is kept for it, and parts that fail by themselves. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RecentLines } from '../../../supervisor/log/recent.ts';
import { daemonReport, type ReportDeps } from '../../../supervisor/report/daemon-report.ts';
import { MASKED, masked } from '../../../supervisor/report/masking.ts';
import { printOf } from '../../../transport/token-prints.ts';
import { configWith } from '../../support/probe.ts';

const SECRET = 'kXo0Yw5mZ8pQ3rT6vB9nL2sD';
const tokens = ['another-one-of-so-long', SECRET, `${SECRET}2`].map(printOf);

const test = suite('report');

test('masks tokens that are known, whatever they stand in', () => {
  const texts = [
    ...[SECRET, `--set a=${SECRET}`, `"${SECRET}"`, `x=${SECRET},y`, `a:b:${SECRET}`],
    ...[
      `admin\t${SECRET}\toperator`,
      `/a/${SECRET}/b`,
      `{"t":"${SECRET}"}`,
      `https://host/?q=${SECRET}`,
      `no method ${SECRET}.`,
      `https://${SECRET}@host`,
      `${'y/'.repeat(600)}a${SECRET}_`,
    ],
  ];
  for (const known of [{ words: [SECRET] }, { tokens }]) {
    const text = JSON.stringify(masked({ texts, [SECRET]: { deep: [SECRET] } }, known));
    assert.not.match(text, SECRET);
    assert.is(text.split(MASKED).length - 1, texts.length + 2, text);
  }
});

test('masks what its name or its look says is secret, and keeps where secrets are', () => {
  const given = {
    ...{ password: 'p', api_key: 'k', GOXEL_TOKEN: 't', 'security.token': 's' },
    'security.token_file': '/etc/goxel/tokens',
    ...{ url: 'https://user:hunter2@host/', header: 'Authorization: Bearer abcdefgh' },
    ...{ key: 'render', token_attempts: 3, empty_secret: '' },
  };
  const text = JSON.stringify(masked(given, {}));
  for (const bad of ['"p"', '"k"', '"t"', '"s"', 'hunter2', 'abcdefgh']) {
    assert.not.match(text, bad);
  }
  assert.match(text, '"security.token_file":"/etc/goxel/tokens"');
  assert.match(text, '"token_attempts":3');
  assert.match(text, 'user:');
});

test('keeps the last lines of the log, by their number and their length', () => {
  const recent = new RecentLines();
  for (let i = 0; i < 2000; i += 1) recent.add(`${i}\n`);
  assert.is(recent.all.length, 500);
  assert.equal([recent.all[0], recent.all.at(-1)], ['1500', '1999']);
  for (let i = 0; i < 100; i += 1) recent.add(`${String(i).padEnd(100_000, '.')}\n`);
  const { length } = recent.all.join('');
  assert.ok(length <= 256 * 1024 && length > 200 * 1024, `${length}`);
  assert.match(recent.all.at(-1)!, /^99\.+ … and 91809 characters more$/);
});

test('has all other parts when one of them fails or is too large', async () => {
  const config = await configWith(() => {});
  const ask: ReportDeps['ask'] = (method) => {
    if (method === 'supervisor.deaths') throw new Error('no deaths today');
    if (method === 'goxel.list_jobs') return 'x'.repeat(2 * 1024 * 1024);
    return { method, token: SECRET };
  };
  const lines = () => [JSON.stringify({ level: 40, time: 0, msg: 'm', token: SECRET }), '{"cut'];
  const origins = () => new Map([['workers.count', '--workers']]);
  const report = daemonReport({
    ...{ config, ask, tokens: { all: [] }, source: { lines, origins } },
  }) as Record<string, unknown>;
  assert.equal(report.deaths, { unavailable: 'no deaths today' });
  assert.match(JSON.stringify(report.jobs), /^{"unavailable":"it has \d+ characters, more than/);
  assert.equal(report.status, { method: 'status', token: MASKED });
  assert.equal(report.log, [`1970-01-01T00:00:00.000Z WARN  m  token=${MASKED}`, '{"cut']);
  const keys = report.configuration as Record<string, object>;
  assert.equal(keys['workers.count'], { value: config.workers.count, origin: '--workers' });
  const without = daemonReport({ config, ask, tokens: { all: [] }, source: undefined });
  assert.match(JSON.stringify(without.log), 'unavailable');
});

test.run();
