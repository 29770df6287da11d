import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Framer } from '../../../transport/framing.ts';
import { composeStandalone } from '../../../transport/reply.ts';
import { LIMITS } from './support.ts';

const http = suite('HTTP on the socket');

for (const first of [
  'GET / HTTP/1.1',
  'POST /rpc HTTP/1.1',
  'OPTIONS * HTTP/1.1',
  'PRI * HTTP/2.0',
]) {
  http(`${first}: one fatal error, answered in HTTP`, () => {
    const framer = new Framer({ limits: LIMITS });
    const text = `${first}\r\nContent-Length: 2\r\n\r\n{}`;
    const events = [...text].flatMap((letter) => framer.push(Buffer.from(letter)));
    assert.is(events.length, 1);
    const [event] = events;
    if (event?.kind !== 'error') throw new Error('it was taken for a frame');
    assert.ok(event.fatal);
    assert.is(framer.pending(), 0);
    const answer = Buffer.from(composeStandalone(event.error, framer.framing)).toString();
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    assert.match(head, /^HTTP\/1\.1 400 Bad Request\r\n/);
    assert.match(head, `Content-Length: ${body.length}\r\n`);
    assert.match(body, /^This is goxel-supervisor/);
  });
}

http('words that only begin so are JSON texts, good or bad', () => {
  for (const text of ['GETTING\n', 'P\n', 'post / HTTP/1.1\n', 'GE\n']) {
    const framer = new Framer({ limits: LIMITS });
    const kinds = [...text].flatMap((letter) => framer.push(Buffer.from(letter)));
    assert.is(framer.framing, 'text');
    assert.ok(kinds.length <= 1, text);
  }
});

http.run();

const tls = suite('TLS on the socket');

tls('one fatal error as soon as it is known, however it is cut', () => {
  const hello = Buffer.concat([
    Buffer.from('16030100c8010000c40303', 'hex'),
    Buffer.alloc(200, 65),
  ]);
  for (const cut of [1, 2, 7, hello.length]) {
    const framer = new Framer({ limits: LIMITS });
    const events = [hello.subarray(0, cut), hello.subarray(cut), hello].flatMap((chunk) =>
      framer.push(chunk),
    );
    assert.is(events.length, 1, `cut at ${cut}`);
    const [event] = events;
    if (event?.kind !== 'error') throw new Error('it was taken for a frame');
    assert.ok(event.fatal);
    assert.match(event.error.message, 'this is TLS');
    assert.is(framer.framing, 'text');
    assert.is(framer.pending(), 0);
  }
});

tls('what only begins like it is text', () => {
  const framer = new Framer({ limits: LIMITS });
  assert.equal(framer.push(Buffer.from([0x16])), []);
  assert.is(framer.pending(), 1);
  const [event] = framer.push(Buffer.from('{}\n'));
  assert.is(event?.kind === 'error' && event.fatal, false);
});

tls.run();
