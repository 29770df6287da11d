import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Framer } from '../../../transport/framing.ts';
import { framed, goxe, LIMITS, withHeader } from './support.ts';

const json = (frame: string) => ({ frame, encoding: 'json' });
const small = { ...LIMITS, frame_bytes_max: 10 };

/** The code of the last event, and whether it was fatal. */
function verdict(chunk: Uint8Array, limits = LIMITS): unknown {
  const last = framed([chunk], limits).at(-1) as { error?: string; fatal?: boolean };
  return [last.error, last.fatal];
}

const choice = suite('framing: the choice');

choice('is made by the first bytes', () => {
  for (const [text, framing] of [
    ['{}', 'text'],
    ['hello', 'text'],
    ['\n\r\n\0 [1]', 'text'],
    ['Content-Length: 2\r\n\r\n{}', 'header'],
    ['content-type: x\r\n', 'header'],
    ['GOXE', 'goxe'],
    ['GOXY', 'text'],
    ['Conten\n', 'text'],
    ['goxe', 'text'],
  ] as const) {
    const framer = new Framer({ limits: LIMITS });
    framer.push(Buffer.from(text));
    assert.is(framer.framing, framing, text);
  }
});

choice('waits while the first bytes tell nothing, and says so', () => {
  const framer = new Framer({ limits: LIMITS });
  assert.equal(framer.push(Buffer.from('\nGOX')), []);
  assert.is(framer.pending(), 3);
  assert.is(framer.framing, 'text');
  framer.push(Buffer.from('E'));
  assert.is(framer.framing, 'goxe');
});

choice.run();

const header = suite('framing: Content-Length headers');

header('takes messages one behind the other, with any headers in any case', () => {
  const text =
    'CONTENT-TYPE: application/json; charset=utf-8\r\nX: y\r\ncontent-length:  2\r\n\r\n{}';
  const chunk = Buffer.concat([withHeader('{"ü":1}'), Buffer.from(text), withHeader('')]);
  assert.equal(framed([Buffer.from('Content-Type: x\r\n'), chunk]), [
    json(Buffer.from('{"ü":1}').toString('latin1')),
    json('{}'),
    json(''),
  ]);
});

header('takes lone line feeds, and empty lines between messages', () => {
  const text = 'Content-Length: 2\n\n{}\r\n\r\n\nContent-Length: 2\r\n\r\n[]';
  assert.equal(framed([Buffer.from(text)]), [json('{}'), json('[]')]);
});

header('ends at what is no header', () => {
  for (const text of [
    'Content-Length: x\r\n',
    'Content-Length: -1\r\n',
    'Content-Length: 1e3\r\n',
    'Content-Length: 9999999999999999\r\n',
    'Content-Length: 2\r\nContent-Length: 2\r\n',
    'Content-Type: x\r\n\r\n',
    'Content-Length: 2\r\nnonsense\r\n',
    'Content-Length: 2\r\n: x\r\n',
    `Content-Length: 2\r\nX: ${'y'.repeat(5000)}`,
    `Content-Length: 2\r\n${'X: y\r\n'.repeat(1000)}`,
  ]) {
    const chunk = Buffer.from(`${text}Content-Length: 2\r\n\r\n{}`);
    assert.equal(verdict(chunk), ['GOX_PARSE', true], text);
  }
});

header('skips exactly the bytes of a message that is too large', () => {
  const chunk = Buffer.concat([withHeader('{"a":12345}'), withHeader('{"b":1}')]);
  const [first, second, ...rest] = framed([chunk], small);
  assert.is((first as { error: string }).error, 'GOX_FRAME_TOO_LARGE');
  assert.equal([second, ...rest], [json('{"b":1}')]);
});

header('ends when there is more to skip than is worth reading', () => {
  const text = 'Content-Length: 100000000000\r\n\r\n{}';
  assert.equal(verdict(Buffer.from(text)), ['GOX_FRAME_TOO_LARGE', true]);
});

header('costs a client that announces much and sends little only what it sent', () => {
  const framer = new Framer({ limits: LIMITS });
  framer.push(Buffer.from('Content-Length: 16000000\r\n\r\n{'));
  assert.ok(framer.pending() > 0 && framer.pending() < 100);
});

header.run();

const binary = suite('framing: GOXE');

binary('takes JSON and MessagePack on one connection', () => {
  const chunk = Buffer.concat([goxe('{}'), goxe(Uint8Array.of(0x80)), goxe('')]);
  assert.equal(framed([chunk]), [json('{}'), { frame: '\x80', encoding: 'msgpack' }, json('')]);
});

binary('ends at an unknown version, flag or magic, and says which', () => {
  const wrong = goxe('{}');
  wrong.write('GOXY', 16 - 16);
  const cases = [
    [goxe('{}', 2), /version 2/],
    [goxe('{}', 1, 2), /flags 0x2/],
    [goxe('{}', 1, 0x8000_0000), /flags 0x80000000/],
    [wrong, /0x474f5859/],
  ] as const;
  for (const [frame, text] of cases) {
    const events = framed([Buffer.concat([goxe('[]'), frame, goxe('{}')])]);
    assert.is(events.length, 2);
    const { error, fatal, text: message } = events[1] as Record<string, unknown>;
    assert.equal([error, fatal], ['GOX_PARSE', true]);
    assert.match(String(message), text);
  }
});

binary('skips exactly the bytes of a frame that is too large', () => {
  const chunk = Buffer.concat([goxe('{"a":12345}'), goxe('{"b":1}')]);
  const [first, ...rest] = framed([chunk], small);
  assert.is((first as { error: string }).error, 'GOX_FRAME_TOO_LARGE');
  assert.equal(rest, [json('{"b":1}')]);
});

binary('ends when there is more to skip than is worth reading', () => {
  const huge = goxe('{}');
  huge.writeUInt32BE(0xffff_ffff, 8);
  assert.equal(verdict(huge), ['GOX_FRAME_TOO_LARGE', true]);
});

binary.run();
