/** A request's own deadline, and cancelling it, from outside: waiting, running and as a job. */

import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ClientError, connect } from '../../transport/client.ts';
import { withDaemon } from '../support/daemon.ts';
import { patiently } from '../support/patiently.ts';
import { RawConnection, type RawReply, request } from '../support/raw.ts';

const ENDLESS = 'for (;;);';
/** The code of its error; a busy machine may not have begun one in time, which is another. */
async function codeOf(connection: RawConnection, method: string, params: object) {
  const { error } = await patiently(connection, method, params, ['GOX_ENGINE_BUSY']);
  return error?.data.code;
}

const deadlines = suite('deadlines from outside');

const timed = (timeout_ms: number, params: object = {}) => ({ ...params, _meta: { timeout_ms } });

/** The next reply: its id, and its error. */
async function next(connection: RawConnection) {
  const { id, error } = JSON.parse(await connection.line()) as RawReply;
  return { id, code: error?.data.code, message: error?.message ?? '' };
}

deadlines('one that runs is stopped, and one that waits is refused before that', () =>
  withDaemon({}, async ({ socket }) => {
    const connection = await RawConnection.open(socket);
    await connection.call('goxel.add_voxel', [0, 0, 0]);
    connection.write(request('goxel.execute_script', timed(3000, { script: ENDLESS }), 1));
    await sleep(300);
    connection.write(request('goxel.get_voxel', timed(200, { x: 0, y: 0, z: 0 }), 2));
    connection.write(request('goxel.get_voxel', [0, 0, 0], 3));
    const [first, second, third] = [
      await next(connection),
      await next(connection),
      await next(connection),
    ];
    assert.equal([first.id, first.code], [2, 'GOX_ENGINE_BUSY']);
    assert.equal([second.id, second.code], [1, 'GOX_REQUEST_TIMEOUT']);
    assert.equal([third.id, third.code], [3, undefined]);
    for (const { message } of [first, second]) assert.match(message, '_meta.timeout_ms');
    connection.destroy();
  }),
);

deadlines('its own may be longer than that for all', () =>
  withDaemon({ settings: { 'performance.request_timeout_ms': 500 } }, async ({ socket }) => {
    const connection = await RawConnection.open(socket);
    const params = { script: ENDLESS, timeout_ms: 2000 };
    const code = await codeOf(connection, 'goxel.execute_script', params);
    assert.is(code, 'GOX_REQUEST_TIMEOUT');
    connection.write(request('goxel.execute_script', timed(30_000, params), 2));
    assert.equal((await next(connection)).code, 'GOX_SCRIPT_TIMEOUT');
    connection.destroy();
  }),
);

deadlines('a job ends by it', () =>
  withDaemon({}, async ({ socket }) => {
    const connection = await RawConnection.open(socket);
    await connection.call('goxel.add_voxel', [0, 0, 0]);
    const trace = { width: 1000, height: 1000, trace: { samples: 4000 } };
    const code = await codeOf(connection, 'goxel.render_scene', timed(1000, trace));
    assert.is(code, 'GOX_REQUEST_TIMEOUT');
    connection.destroy();
  }),
);

for (const encoding of ['json', 'msgpack'] as const) {
  deadlines(`${encoding}: one that runs and one that waits can be cancelled`, () =>
    withDaemon({}, async ({ socket }) => {
      const client = await connect({ path: socket }, { encoding });
      await client.call('goxel.add_voxel', [0, 0, 0]);
      const [runs, waits] = [new AbortController(), new AbortController()];
      const codeOf = (error: unknown) => (error instanceof ClientError ? error.code : error);
      const answers = Promise.all([
        client.call('goxel.execute_script', [ENDLESS], { signal: runs.signal }).catch(codeOf),
        client.call('goxel.get_voxel', [0, 0, 0], { signal: waits.signal }).catch(codeOf),
      ]);
      await sleep(300);
      waits.abort();
      runs.abort();
      await answers;
      // The engine is free again long before the script would have ended by itself.
      const start_ms = performance.now();
      await client.call('goxel.get_voxel', [0, 0, 0]);
      assert.ok(performance.now() - start_ms < 8000);
      client.close();
    }),
  );
}

deadlines('null and what is not there cancel nothing, and say so', () =>
  withDaemon({}, async ({ socket }) => {
    const connection = await RawConnection.open(socket);
    await connection.call('goxel.add_voxel', [0, 0, 0]);
    connection.write(request('goxel.execute_script', { script: ENDLESS }, null));
    await sleep(200);
    for (const id of [null, 'null', 0, 7]) {
      const { result } = await connection.call('$/cancelRequest', { id });
      assert.equal(result, { success: true, cancelled: false });
    }
    connection.destroy();
  }),
);

deadlines.run();
