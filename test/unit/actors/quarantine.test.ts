/** Requests of which engines die: given up at the second death, written down, never tried again. */

import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Call, Source } from '../../../actors/engines/call.ts';
import { Quarantine } from '../../../actors/engines/quarantine.ts';
import { MSGPACK_FLAG } from '../../../engine/port/layout.ts';
import { eventually } from '../../support/raw.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const SOURCE = { client: 3 } as Source;

function stage(directory?: string) {
  const clock = { ms: 0, now_ms: () => clock.ms };
  const lines: object[] = [];
  const log = { error: (about: object) => void lines.push(about) };
  const quarantine = new Quarantine({ clock, log, directory: () => directory } as never);
  const call = (params = '{}', name = 'goxel.undo', project = 'tower') =>
    ({
      ...{ method: 1, params: Buffer.from(params), since_ms: 0, spec: { name } },
      project: { name: project },
    }) as unknown as Call;
  const kill = (one: Call) => quarantine.judge(one, SOURCE, 'killed');
  return { quarantine, clock, lines, call, kill };
}

const test = suite('quarantine');

test('a request is run again after one death, and given up after two', () => {
  const { call, kill, lines } = stage();
  const one = call();
  assert.is(kill(one), undefined);
  assert.equal(lines, []);
  const error = kill(one);
  assert.is(error?.code, 'GOX_REQUEST_QUARANTINED');
  assert.equal(error?.details, { method: 'goxel.undo', deaths: 2 });
  assert.is(lines.length, 1);
  assert.is(kill(call()), undefined, 'another one of the same bytes has died of nothing yet');
});

test('the same for the same project is refused for some time, and nothing else is', () => {
  const { call, clock, kill, quarantine } = stage();
  const one = call('{"x":1}');
  const refusal = (other: Call) => quarantine.refusal(other as never, other.project.name)?.code;
  assert.is(refusal(one), undefined);
  for (let deaths = 0; deaths < 2; deaths += 1) kill(one);
  assert.is(refusal(call('{"x":1}')), 'GOX_REQUEST_QUARANTINED');
  assert.is(refusal(call('{"x":2}')), undefined);
  assert.is(refusal(call('{"x":1}', 'goxel.redo')), undefined);
  assert.is(refusal(call('{"x":1}', 'goxel.undo', 'castle')), undefined);
  clock.ms = 599_999;
  assert.is(refusal(one), 'GOX_REQUEST_QUARANTINED');
  clock.ms = 600_000;
  assert.is(refusal(one), undefined);
  assert.is(quarantine.size, 0);
});

test('so many are remembered, the newest', () => {
  const { call, kill, quarantine } = stage();
  for (let number = 0; number < 300; number += 1) {
    const one = call(`{"x":${number}}`);
    for (let deaths = 0; deaths < 2; deaths += 1) kill(one);
  }
  assert.is(quarantine.size, 256);
  assert.is(quarantine.refusal(call('{"x":0}') as never, 'tower'), undefined);
  assert.ok(quarantine.refusal(call('{"x":299}') as never, 'tower'));
});

test('it is written down as it came, for the owner alone; so many files are kept', async () => {
  const directory = join(mkdtempSync(join(temporaryDirectory(), 'q-')), 'quarantine');
  const { call, kill } = stage(directory);
  const paths: string[] = [];
  for (let number = 0; number < 40; number += 1) {
    const one = call(number === 0 ? 'binary' : `{"x":${number}}`);
    if (number === 0) Object.assign(one, { method: (1 | MSGPACK_FLAG) >>> 0 });
    kill(one);
    const given_up = kill(one);
    assert.ok(given_up !== undefined);
    const { path } = given_up.details as { path: string };
    paths.push(path);
    await eventually('it was written', () => {
      try {
        return readFileSync(path, 'utf8').endsWith('\n');
      } catch {
        return false;
      }
    });
    if (number > 1) continue;
    const written = JSON.parse(readFileSync(path, 'utf8'));
    assert.is(written.method, 'goxel.undo');
    assert.is(written.project, 'tower');
    assert.is(written.client, 3);
    assert.equal(
      written.deaths.map(({ reason }: { reason: string }) => reason),
      ['killed', 'killed'],
    );
    assert.is(written.params, number === 0 ? Buffer.from('binary').toString('base64') : '{"x":1}');
    assert.is(statSync(path).mode & 0o777, 0o600);
    assert.is(statSync(directory).mode & 0o777, 0o700);
  }
  await eventually('the eldest are gone', () => readdirSync(directory).length === 32);
  assert.ok(readdirSync(directory).includes(paths.at(-1)!.split('/').at(-1)!));
});

test.run();
