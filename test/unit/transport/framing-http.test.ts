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
