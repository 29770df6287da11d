/** Errors are counted by their code, whoever encoded them and how. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ERRORS } from '../../../conf/error-catalogue.ts';
import { type ErrorCode, GoxError } from '../../../conf/errors.ts';
import { messagePack } from '../../../engine/encode.ts';
import { Failures } from '../../../transport/failures.ts';
import type { Encoding } from '../../../transport/jsonrpc.ts';
import { errorBody } from '../../../transport/reply.ts';

const CODES = Object.keys(ERRORS) as ErrorCode[];
const ID = Buffer.from('1');

/** Codes whose number another one has too. */
const SHARED: Partial<Record<ErrorCode, ErrorCode>> = { GOX_FRAME_TIMEOUT: 'GOX_PARSE' };

const failures = suite('failures');

failures('are told by code in both encodings, from the main thread and from an engine', () => {
  for (const code of CODES) {
    const error = new GoxError(code, 'code: -32001, GOX_PARSE', { code: -1 });
    const bodies: readonly (readonly [Encoding, Uint8Array])[] = [
      ['json', errorBody(error, 'json')],
      ['msgpack', errorBody(error, 'msgpack')],
      ['msgpack', messagePack.pack(error.toObject())],
    ];
    const counted = new Failures();
    for (const [encoding, body] of bodies) {
      counted.count({ encoding, id: ID, failed: true, body });
    }
    assert.equal(counted.byCode(), { [SHARED[code] ?? code]: bodies.length }, code);
  }
});

failures('add up, and results are none', () => {
  const counted = new Failures();
  const body = errorBody(new GoxError('GOX_FILE', 'x'), 'json');
  for (let n = 0; n < 5; n++) counted.count({ encoding: 'json', id: ID, failed: n < 3, body });
  counted.count({ encoding: 'json', id: ID, failed: true, body: Buffer.from('{"code":') });
  counted.count({ encoding: 'msgpack', id: ID, failed: true, body: new Uint8Array(0) });
  assert.is(counted.total, 5);
  assert.equal(counted.byCode(), { GOX_FILE: 3, 0: 2 });
});

failures.run();
