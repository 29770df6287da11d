/** The configuration of a running daemon looks like any other, and changes in one step. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { LiveConfig } from '../../../conf/live.ts';
import { configWith } from '../../support/probe.ts';

const test = suite('live configuration');

test('has every section, of the configuration that was put there last', async () => {
  const first = await configWith(() => {});
  const next = await configWith(({ limits, logging }) => {
    limits.depth_max = 7;
    logging.level = 'debug';
  });
  const live = new LiveConfig(first);
  const sections = Object.keys(first) as (keyof typeof first)[];
  for (const section of sections) assert.is(live[section], first[section], section);
  live.replace(next);
  for (const section of sections) assert.is(live[section], next[section], section);
  assert.equal(JSON.parse(JSON.stringify(live)), next);
});

test('follows another one that it was made of', async () => {
  const inner = new LiveConfig(await configWith(() => {}));
  const outer = new LiveConfig(inner);
  inner.replace(await configWith(({ limits }) => void Object.assign(limits, { depth_max: 7 })));
  assert.is(outer.limits.depth_max, 7);
});

test.run();
