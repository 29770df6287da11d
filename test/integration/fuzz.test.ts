/**
 * Random bytes and mutated requests on real sockets: the daemon lives, serves others meanwhile, and
 * keeps nothing of those that did it.
 */

import * as fc from 'fast-check';
import { Packr } from 'msgpackr';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { METHODS } from '../../engine/catalogue/methods.ts';
import { withDaemon } from '../support/daemon.ts';
import { openSocketsAndFiles } from '../support/processes.ts';
import { actors, eventually, RawConnection, request, treeOf } from '../support/raw.ts';
import { SEED } from '../support/seed.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const RUNS = 300;
const SETTINGS = {
  'limits.frame_bytes_max': 64 * 1024,
  'limits.voxel_bytes_max': 16 * 1024 * 1024,
};
const packr = new Packr({ useRecords: false });

/** Requests of every method but those that end the daemon or write files. */
const UNSAFE = [
  'shutdown',
  'supervisor.upgrade',
  'supervisor.heap',
  'rpc.discover',
  'list_methods',
];
const SAFE = METHODS.filter(
  ({ name, barrier }) => barrier === undefined && !UNSAFE.includes(name),
).map(({ name }) => name);

const NUMBERS = [0, -1, 0.5, 1e308, -1e308, 2 ** 31, 2 ** 53, -(2 ** 31), 255, 256];
const scalar = fc.oneof(
  fc.constantFrom<unknown>(...NUMBERS, null, true, '', '#12345', '__proto__', 'x'.repeat(300)),
  fc.string(),
  fc.integer(),
);
const KEYS = [
  'x',
  'y',
  'z',
  'color',
  'r',
  'a',
  'position',
  'voxels',
  'positions',
  'operations',
  'type',
  'min',
  'max',
  'limit',
  'offset',
  'layer_id',
  'layer_name',
  'name',
  'index',
  'project',
  'size',
  '__proto__',
  'constructor',
];
const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, scalar, fc.array(tie('value'), { maxLength: 5 }), tie('object')),
  object: fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 5 }),
})).value;

const envelope = fc.record(
  {
    jsonrpc: fc.constantFrom<unknown>('2.0', '2.0', '2.0', '1.0', 2),
    method: fc.oneof(fc.constantFrom(...SAFE), scalar),
    params: value,
    id: scalar,
  },
  { requiredKeys: ['jsonrpc', 'method'] },
);

function goxe(payload: Uint8Array, flags: number): Buffer {
  const head = Buffer.from('GOXE\0\0\0\x01\0\0\0\0\0\0\0\0', 'latin1');
  head.writeUInt32BE(payload.length, 8);
  head.writeUInt32BE(flags, 12);
  return Buffer.concat([head, payload]);
}

const message = fc.oneof(
  envelope.map((one) => Buffer.from(`${JSON.stringify(one)}\n`)),
  fc.array(envelope, { maxLength: 4 }).map((batch) => Buffer.from(JSON.stringify(batch))),
);
const framed = fc.oneof(
  fc.array(message, { minLength: 1, maxLength: 5 }).map((parts) => Buffer.concat(parts)),
  envelope.map((one) => goxe(Buffer.from(JSON.stringify(one)), 0)),
  envelope.map((one) => goxe(packr.pack(one), 1)),
  message.map((one) => Buffer.concat([Buffer.from(`Content-Length: ${one.length}\r\n\r\n`), one])),
);

/** Bytes that differ from sound ones in a few places, or are cut. */
const mutated = fc
  .tuple(
    framed,
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 4 }),
    fc.option(fc.nat(), { freq: 3 }),
  )
  .map(([bytes, changes, cut]) => {
    const copy = Buffer.from(bytes);
    for (const [place, byte] of changes) copy[place % copy.length] = byte;
    return cut === null ? copy : copy.subarray(0, cut % (copy.length + 1));
  });
const noise = fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes));
/** How the client leaves: it reads to the end, or it does not. */
const leaving = fc.constantFrom('end', 'end', 'destroy');

async function isAlone(observer: RawConnection): Promise<boolean> {
  return actors(await treeOf(observer), /^connection:/).length === 1;
}

const fuzz = suite('fuzz');

for (const [title, input] of [
  ['random bytes', noise],
  ['sound requests with any parameters', framed],
  ['mutated requests', mutated],
] as const) {
  fuzz(`${title}: the daemon lives and forgets them`, () =>
    // Paths of random letters are files of the daemon's directory.
    // Projects that are kept have files open.
    withDaemon(
      { args: ['--ephemeral'], settings: SETTINGS, cwd: temporaryDirectory() },
      async (daemon) => {
        const observer = await RawConnection.open(daemon.socket);
        await observer.call('ping');
        // The one that asked whether the daemon was there has gone.
        await eventually('the observer was alone', () => isAlone(observer));
        const before = openSocketsAndFiles(daemon.pid);
        await fc.assert(
          fc.asyncProperty(input, leaving, async (bytes, way) => {
            const connection = await RawConnection.open(daemon.socket);
            await connection.written(bytes);
            if (way === 'end') {
              connection.end();
              await connection.rest();
            }
            connection.destroy();
            assert.match(await observer.ask(request('ping', [], 1)), '"pong":true');
          }),
          { seed: SEED, numRuns: RUNS },
        );
        await eventually('the others were gone', () => isAlone(observer));
        // One of the requests may have turned it on, as asked.
        await observer.call('supervisor.inspect', { on: false });
        await eventually(
          'all sockets and files were closed',
          () => openSocketsAndFiles(daemon.pid) === before,
        );
        assert.not.match(daemon.stdout(), 'a defect', daemon.stdout());
        const { result } = await observer.call('status');
        assert.equal(
          (result as { engines: { restarts: number }[] }).engines.map(({ restarts }) => restarts),
          [0, 0],
        );
        observer.destroy();
      },
    ),
  );
}

fuzz.run();
