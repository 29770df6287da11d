/** Which requests under way are told, in which order, and of what stage. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ToldDeps, toldRequests } from '../../../actors/connection/told-requests.ts';
import { showPresent } from '../../../actors/engines/present.ts';
import type { CallsRef } from '../../../actors/engines/registry.ts';

const HOUSE = { name: 'house', engine: 1 };
const request = (id: string, since_ms: number, project?: object) => ({
  ...{ spec: { name: 'goxel.add_voxel' }, since_ms, project },
  reply: { id: Buffer.from(JSON.stringify(id)), encoding: 'json' },
});

function depsOf(held: readonly object[], job: object, runs: object): ToldDeps {
  const queue: CallsRef = { send() {} };
  showPresent(queue, () => ({ call: runs as never, age_ms: 1 }));
  return {
    calls: new Map([[1, queue]]),
    clock: { now_ms: () => 1000 },
    connections: new Map([[7, { replies: { open: 5 }, sessions: { held: () => held } }]]),
    jobs: { numberOf: (call: object) => (call === job ? 3 : undefined) },
  } as unknown as ToldDeps;
}

const test = suite('requests that are told');

test('are the oldest first, each with its stage', () => {
  const [job, runs, sent] = [
    request('j', 100, HOUSE),
    request('r', 200, HOUSE),
    request('s', 300, HOUSE),
  ];
  const waits = request('w'.repeat(1000), 250);
  const held = [
    ...[runs, sent, job].map((one) => ({ request: one, left: true, project: 'house' })),
    { request: waits, left: false, project: 'tower' },
  ];
  const { open, requests } = toldRequests(depsOf(held, job, runs), 200);
  assert.is(open, 5);
  assert.equal(
    requests.map(({ request: id, stage, age_ms, project }) => [id, stage, age_ms, project]),
    [
      ['j', 'job', 900, 'house'],
      ['r', 'running', 800, 'house'],
      ['w'.repeat(64), 'waiting', 750, 'tower'],
      ['s', 'sent', 700, 'house'],
    ],
  );
  assert.equal([requests[0]?.job, requests[0]?.engine, requests[2]?.engine], [3, 1, undefined]);
  assert.is(toldRequests(depsOf(held, job, runs), 2).requests.length, 2);
});

test.run();
