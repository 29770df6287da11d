/** A job that makes managed renders: it waits for their place, and nothing of it is forgotten. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Parts } from '../../../actors/jobs/job-parts.ts';
import { type Asked, Work, type WorkDeps } from '../../../actors/jobs/work.ts';
import { GoxError } from '../../../conf/errors.ts';
import type { JobTicket, PartAnswer } from '../../../engine/port/layout.ts';
import type { ManagedRender, RendersPlace } from '../../../engine/port/renders.ts';
import type { JobEvent } from '../../../machines/job.ts';

const PLACE: RendersPlace = { directory: '/r', real: '/r', ttl_ms: 1000, bytes_max: 100 };
const RENDER: ManagedRender = {
  ...{ path: '/r/a.png', size: 4, format: 'png', dimensions: { width: 1, height: 1 } },
  ...{ checksum: 'sha256:', created_at: 1, expires_at: 2 },
};
const ANSWER: PartAnswer = { status: 0, bytes: new ArrayBuffer(2), renders: [RENDER] };
const WHY = new GoxError('GOX_RENDERS_FULL', 'full');

function stage(full?: GoxError) {
  const submitted: JobTicket[] = [];
  const kept: unknown[] = [];
  const dropped: unknown[] = [];
  const answers: string[] = [];
  let place: { give: (place: RendersPlace) => void; refuse: (why: Error) => void };
  const deps = {
    parts: {
      submit: (_number: number, ticket: JobTicket) => {
        submitted.push(ticket);
        return {} as Parts;
      },
      stop: () => {},
    },
    renders: {
      place: () =>
        new Promise<RendersPlace>((give, refuse) => {
          place = { give, refuse };
        }),
      add: (...added: unknown[]) => {
        kept.push(added);
        return full;
      },
      drop: (renders: unknown) => void dropped.push(renders),
    },
    ended: () => {},
  };
  const asked = {
    ticket: { kind: 'render', title: '', input: {}, stages: [1], method: 0, managed: true },
    call: {},
    source: {
      answer: () => void answers.push('answer'),
      fail: (_: unknown, { code }: GoxError) => void answers.push(code),
      flush: () => {},
    },
    connection: 7,
  };
  const work = new Work(1, asked as unknown as Asked, deps as unknown as WorkDeps);
  const said: JobEvent[] = [];
  work.begin((event) => void said.push(event));
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return {
    ...{ work, submitted, kept, dropped, answers, said },
    placed: async () => {
      place.give(PLACE);
      await settled();
    },
    refused: async (why: Error) => {
      place.refuse(why);
      await settled();
    },
  };
}

const test = suite('jobs that make managed renders');

test('its parts begin when there is a place, and know it', async () => {
  const { submitted, placed } = stage();
  assert.is(submitted.length, 0);
  await placed();
  assert.equal(submitted[0]?.place, PLACE);
});

test('it fails by what is wrong with the place', async () => {
  for (const [why, code] of [
    [WHY, WHY.code],
    [new Error('a defect'), 'GOX_INTERNAL'],
  ] as const) {
    const { said, submitted, refused } = stage();
    await refused(why);
    assert.equal(
      said.map((event) => [event.type, 'why' in event && event.why.code]),
      [['parts.failed', code]],
    );
    assert.is(submitted.length, 0);
  }
});

test('one that was stopped meanwhile begins no part, and says that it has stopped', async () => {
  for (const end of ['placed', 'refused'] as const) {
    const one = stage();
    one.work.obey({ type: 'work.stop', why: WHY });
    assert.equal(one.said, [{ type: 'parts.stopped' }]);
    await one[end](WHY);
    assert.equal([one.submitted.length, one.said.length], [0, 1]);
    assert.equal(one.answers, [WHY.code]);
  }
});

test('its renders are known before its client hears of them', async () => {
  const { work, kept, said, answers, placed } = stage();
  await placed();
  work.answered(ANSWER);
  assert.equal([kept, answers], [[[[RENDER], '7']], []]);
  assert.equal(said, [{ type: 'parts.answered', failed: false }]);
  work.obey({ type: 'work.answer' });
  assert.equal(answers, ['answer']);
});

test('where there is no room it fails, and nobody is told of them', async () => {
  const { work, said, answers, placed } = stage(WHY);
  await placed();
  work.answered(ANSWER);
  assert.equal(said, [{ type: 'parts.failed', why: WHY }]);
  work.obey({ type: 'work.stop', why: WHY });
  assert.equal(answers, [WHY.code]);
});

test('those that are there after all, when it was given up, are removed', async () => {
  const { work, kept, dropped, placed } = stage();
  await placed();
  work.unheard({ status: 0, bytes: new ArrayBuffer(2) });
  assert.equal(dropped, []);
  work.unheard(ANSWER);
  assert.equal([kept, dropped], [[], [[RENDER]]]);
});

test.run();
