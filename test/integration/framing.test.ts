/**
 * The framings, each told by the first bytes of its connection, and replies framed alike. However a
 * script of requests is cut and merged on its way, the same replies come back.
 */

import * as fc from 'fast-check';
import { Packr } from 'msgpackr';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startDaemon } from '../support/daemon.ts';
import { RawConnection, type RawReply, request } from '../support/raw.ts';
import { SEED } from '../support/seed.ts';

const daemon = await startDaemon();
const packr = new Packr({ useRecords: false });

const PING_COUNT = 100;

function header(text: string): Buffer {
  return Buffer.from(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}

/** A GOXE frame; a payload that is no text is marked as MessagePack. */
function goxe(payload: string | Uint8Array): Buffer {
  const body = Buffer.from(payload);
  const head = Buffer.alloc(16);
  head.write('GOXE', 'latin1');
  head.writeUInt32BE(1, 4);
  head.writeUInt32BE(body.length, 8);
  head.writeUInt32BE(typeof payload === 'string' ? 0 : 1, 12);
  return Buffer.concat([head, body]);
}

/** The frames of some bytes, decoded; maps have more than one spelling in MessagePack. */
function payloads(bytes: Buffer): { flags: number; value: unknown }[] {
  const found = [];
  for (let at = 0; at < bytes.length; ) {
    assert.is(bytes.toString('latin1', at, at + 4), 'GOXE');
    assert.is(bytes.readUInt32BE(at + 4), 1);
    const end = at + 16 + bytes.readUInt32BE(at + 8);
    const flags = bytes.readUInt32BE(at + 12);
    const payload = bytes.subarray(at + 16, end);
    const value: unknown = flags === 1 ? packr.unpack(payload) : JSON.parse(payload.toString());
    found.push({ flags, value });
    at = end;
  }
  return found;
}

/** Sends bytes, ends our side, and gives all that comes back. */
async function exchange(bytes: string | Uint8Array): Promise<Buffer> {
  const connection = await RawConnection.open(daemon.socket);
  connection.write(bytes);
  connection.end();
  return connection.rest();
}

const echo = (id: unknown, params: unknown) => ({ jsonrpc: '2.0', method: 'echo', params, id });
const echoed = (id: unknown, params: unknown) => ({ jsonrpc: '2.0', id, result: params });

const ONE = JSON.stringify(echo(1, { a: '}{"' }));
const TWO = JSON.stringify(echo('two', [1, [2]]));
const ONE_REPLY = '{"jsonrpc":"2.0","id":1,"result":{"a":"}{\\""}}';
const TWO_REPLY = '{"jsonrpc":"2.0","id":"two","result":[1,[2]]}';
const LINES = `${ONE_REPLY}\n${TWO_REPLY}\n`;

const told = suite('framings told by the first bytes');

const TEXTS: readonly (readonly [string, string])[] = [
  ['on lines', `${ONE}\n${TWO}\n`],
  ['on lines with carriage returns, and empty ones', `\r\n\n${ONE}\r\n\r\n${TWO}\r\n`],
  ['with nothing between them nor after them', `${ONE}${TWO}`],
  ['with NUL bytes after them', `${ONE}\0${TWO}\0`],
  [
    'over many lines',
    [echo(1, { a: '}{"' }), echo('two', [1, [2]])]
      .map((one) => `${JSON.stringify(one, undefined, '\t')}\n`)
      .join(''),
  ],
];

for (const [title, bytes] of TEXTS) {
  told(`JSON ${title}`, async () => {
    assert.is((await exchange(bytes)).toString(), LINES);
  });
}

for (const name of ['Content-Length', 'content-length', 'CONTENT-LENGTH']) {
  told(`headers, ${name}`, async () => {
    const bytes = Buffer.concat([header(ONE), header(TWO)]);
    const sent = bytes.toString().replaceAll('Content-Length', name);
    const expected = Buffer.concat([header(ONE_REPLY), header(TWO_REPLY)]);
    assert.is((await exchange(sent)).toString(), expected.toString());
  });
}

told('headers with Content-Type before the length', async () => {
  const type = 'Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n';
  const bytes = `${type}${header(ONE)}`;
  assert.is((await exchange(bytes)).toString(), header(ONE_REPLY).toString());
});

told('GOXE with JSON', async () => {
  const bytes = Buffer.concat([goxe(ONE), goxe(TWO)]);
  const expected = Buffer.concat([goxe(ONE_REPLY), goxe(TWO_REPLY)]);
  assert.equal(await exchange(bytes), expected);
});

told('GOXE with MessagePack, answered from both sides of the daemon', async () => {
  const voxel = { method: 'goxel.get_voxel', params: { x: 1, y: 2, z: 3 } };
  const bytes = Buffer.concat([
    goxe(packr.pack(echo(1, { a: [1.5, 'é', null] }))),
    goxe(packr.pack([{ jsonrpc: '2.0', id: 2, ...voxel }])),
  ]);
  const absent = { x: 1, y: 2, z: 3, exists: false, color: [0, 0, 0, 0] };
  assert.equal(payloads(await exchange(bytes)), [
    { flags: 1, value: echoed(1, { a: [1.5, 'é', null] }) },
    { flags: 1, value: [echoed(2, absent)] },
  ]);
});

told('GOXE that mixes JSON and MessagePack, each answered in kind', async () => {
  const bytes = Buffer.concat([goxe(ONE), goxe(packr.pack(echo(2, [3]))), goxe(TWO)]);
  assert.equal(payloads(await exchange(bytes)), [
    { flags: 0, value: echoed(1, { a: '}{"' }) },
    { flags: 1, value: echoed(2, [3]) },
    { flags: 0, value: echoed('two', [1, [2]]) },
  ]);
});

told('errors are framed alike', async () => {
  const json = (await exchange('{"id":1}\n')).toString();
  const error = json.trimEnd();
  assert.match(error, /^\{"jsonrpc":"2.0","id":1,"error":\{"code":-32600,/);
  assert.is((await exchange(header('{"id":1}'))).toString(), header(error).toString());
  assert.equal(await exchange(goxe('{"id":1}')), goxe(error));
  const [binary] = payloads(await exchange(goxe(packr.pack({ id: 1 }))));
  assert.equal(binary, { flags: 1, value: JSON.parse(error) });
});

told.run();

const writes = suite('replies in one write');

/** `chunks` are reads, so a write in two parts would show in some of a hundred. */
writes('a reply and its newline come together', async () => {
  const connection = await RawConnection.open(daemon.socket);
  for (let id = 0; id < PING_COUNT; id += 1) {
    const method = id % 2 === 0 ? 'echo' : 'goxel.get_voxel';
    connection.write(request(method, [1, 2, 3], id));
    const line = await connection.line();
    assert.match(line, `"id":${id},"result"`);
    assert.is(connection.received.length, 0);
  }
  connection.destroy();
});

for (const method of ['echo', 'goxel.get_voxel']) {
  writes(`replies of ${method} to one read are flushed at once`, async () => {
    const connection = await RawConnection.open(daemon.socket);
    // The first request starts the session; the others find it there.
    await connection.call(method, [1, 2, 3]);
    const ids = Array.from({ length: PING_COUNT }, (_, id) => id);
    // Both have a few milliseconds at a time, which a busy machine may take.
    const wanted = method === 'echo' ? 2 : PING_COUNT;
    let came = 0;
    for (let more = 5; more > 0 && came < wanted; more -= 1) {
      connection.write(ids.map((id) => request(method, [1, 2, 3], id)).join(''));
      // What one read of ours brought: the kernel keeps it apart from what came later.
      const first = `${await connection.bytes(1)}${connection.received}`;
      came = first.split('\n').length - 1;
      const rest = await connection.lines(PING_COUNT);
      rest[0] = `${first[0]}${rest[0]}`;
      assert.equal(
        rest.map((line) => (JSON.parse(line) as RawReply).id),
        ids,
      );
    }
    assert.ok(came >= wanted, `${came} of ${wanted} replies came in one read`);
    connection.destroy();
  });
}

writes.run();

const ends = suite('the end of the input');

ends('a client that half-closes gets every reply, of engines too', async () => {
  const lines = Array.from({ length: 300 }, (_, id) =>
    request(id % 3 === 0 ? 'ping' : 'goxel.get_voxel', [1, 2, 3], id),
  );
  const replies = (await exchange(lines.join(''))).toString().trimEnd().split('\n');
  const ids = replies.map((line) => (JSON.parse(line) as RawReply).id as number);
  assert.equal(
    ids.sort((a, b) => a - b),
    lines.map((_, id) => id),
  );
});

ends('a request that is cut off by it is answered with an error', async () => {
  const replies = (await exchange(`${ONE}\n{"jsonrpc":"2.0","method":"pi`)).toString().split('\n');
  assert.is(replies[0], ONE_REPLY);
  assert.match(replies[1] ?? '', '"id":null,"error":{"code":-32700,"message":"Parse error');
  assert.is(replies.length, 3);
});

ends('nothing sent, nothing answered', async () => {
  assert.is((await exchange('')).length, 0);
  assert.is((await exchange('\n\n')).length, 0);
});

ends.run();

const cuts = suite('cuts');

/** A message, and the ids of its replies. */
const message = fc.oneof(
  fc.record({
    kind: fc.constantFrom('echo', 'goxel.get_voxel', 'nothing'),
    value: fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.integer(),
      fc.constantFrom('\n', '}{', '\\"'),
    ),
  }),
  fc.record({ kind: fc.constant('batch'), value: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ kind: fc.constant('notification'), value: fc.constant(0) }),
);
type Message = typeof message extends fc.Arbitrary<infer T> ? T : never;

function textOf({ kind, value }: Message, id: number): string {
  const one = (method: string, own: unknown) => ({
    jsonrpc: '2.0',
    method,
    params: [value],
    id: own,
  });
  if (kind === 'notification') return JSON.stringify({ jsonrpc: '2.0', method: 'echo' });
  if (kind !== 'batch') return JSON.stringify(one(kind, id));
  const elements = Array.from({ length: Number(value) }, (_, i) => one('echo', `${id}.${i}`));
  return JSON.stringify(elements);
}

const FRAMINGS: Readonly<Record<string, (text: string) => Uint8Array>> = {
  lines: (text) => Buffer.from(`${text}\n`),
  concatenated: (text) => Buffer.from(text),
  header,
  goxe,
};

/** Sends the bytes cut at the places, each part in a turn of its own. */
async function exchangeCut(bytes: Uint8Array, places: readonly number[]): Promise<Buffer> {
  const connection = await RawConnection.open(daemon.socket);
  const edges = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort(
    (a, b) => a - b,
  );
  let start = 0;
  for (const end of [...edges, bytes.length]) {
    // The kernel has the part; the daemon may or may not read it before the next one comes.
    await connection.written(bytes.subarray(start, end));
    start = end;
  }
  connection.end();
  return connection.rest();
}

/** The replies as sorted texts: those of engines may come later than those of the daemon. */
function replySet(bytes: Buffer, framing: string): string[] {
  const text = bytes.toString('latin1');
  if (framing === 'header') return text.split(/Content-Length: \d+\r\n\r\n/).sort();
  if (framing === 'goxe') return text.split(/GOXE[\0-\xff]{12}(?=[{[])/).sort();
  return text.split('\n').sort();
}

for (const [framing, frame] of Object.entries(FRAMINGS)) {
  cuts(`${framing}: however a script is cut, the same replies come`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(message, { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        async (script, places) => {
          const bytes = Buffer.concat(script.map((one, id) => frame(textOf(one, id))));
          const whole = replySet(await exchange(bytes), framing);
          assert.is(whole.length - 1, script.filter(({ kind }) => kind !== 'notification').length);
          assert.equal(replySet(await exchangeCut(bytes, places), framing), whole);
        },
      ),
      { seed: SEED, numRuns: 60 },
    );
  });
}

cuts('a script byte by byte', async () => {
  const bytes = Buffer.from(`${ONE}${TWO}`);
  assert.is((await exchangeCut(bytes, [...bytes.keys()])).toString(), LINES);
});

cuts('the daemon stops in order', async () => {
  assert.equal(await daemon.stop(), { code: 0, signal: null });
});

cuts.run();
