/** Small answers cross in one buffer, and come out as they were. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { AnswerWithJobs, BatchAnswer, Records } from '../../../engine/port/layout.ts';
import { packAnswer, unpackAnswer } from '../../../engine/port/small-answers.ts';
import { SEED } from '../../support/seed.ts';
import { randomNumbers } from '../../support/volumes.ts';

const answers = suite('small answers');

const random = randomNumbers(SEED);
const upTo = (end: number) => Math.floor(random() * end);

function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, () => upTo(256));
}

/** Its first word is a count, as that of every answer. */
function plain(length: number): ArrayBuffer {
  const bytes = randomBytes(length);
  new Uint32Array(bytes.buffer, 0, 1)[0] = upTo(512);
  return bytes.buffer;
}

function withRecords(answer: ArrayBuffer, records: readonly Records[]): AnswerWithJobs {
  return { answer, records, jobs: [], clipboard: undefined };
}

function randomRecord(length: number): Records {
  return { project: upTo(2 ** 32), sequence: upTo(2 ** 53), bytes: randomBytes(length) };
}

function crossed(answer: BatchAnswer): { packed: BatchAnswer; come: BatchAnswer } {
  const packed = packAnswer(answer);
  return { packed, come: unpackAnswer(packed) };
}

answers('come out as they were', () => {
  for (let n = 0; n < 2000; n += 1) {
    const answer = plain(4 + upTo(1500));
    const records = Array.from({ length: upTo(6) }, () => randomRecord(upTo(300)));
    const whole = withRecords(answer, records);
    const { packed, come } = crossed(whole);
    assert.is(packed instanceof ArrayBuffer, records.length > 0);
    assert.equal(come, whole, `seed ${SEED}`);
    assert.is(crossed(answer).come, answer);
  }
});

answers('with more to them, or large ones, cross as they are', () => {
  const records = [randomRecord(50)];
  const bare = withRecords(plain(40), records);
  const more: AnswerWithJobs[] = [
    { ...bare, clipboard: {} },
    { ...bare, durabilities: [{ place: 0, sequence: 1, repeated: false }] },
    withRecords(plain(40), [randomRecord(8192)]),
    withRecords(plain(8192), records),
  ];
  for (const answer of more) assert.is(packAnswer(answer), answer);
});

answers('leave no more than a little in memory beside their records', () => {
  for (const bytes of [40, 600, 7000]) {
    const { packed, come } = crossed(withRecords(plain(bytes), [randomRecord(50)]));
    assert.ok(packed instanceof ArrayBuffer);
    const [record] = (come as AnswerWithJobs).records;
    assert.ok(record!.bytes.buffer.byteLength < 650, `${record!.bytes.buffer.byteLength}`);
  }
});

answers.run();
