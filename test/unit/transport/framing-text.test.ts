import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Framer } from '../../../transport/framing.ts';
import { framed, LIMITS, plainEvent } from './support.ts';

const bytes = (text: string) => [Buffer.from(text, 'latin1')];
/** Frames as their texts, errors as their codes. */
function outline(text: string, limits = LIMITS): unknown[] {
  return framed(bytes(text), limits).map((event) => {
    const { frame, error } = event as { frame?: string; error?: string };
    return frame ?? error;
  });
}

const accepted = suite('text framing: what is accepted');

accepted('takes one message a line, with LF, CRLF, blank lines and NUL bytes between', () => {
  assert.equal(outline('\r\n\0 {"a":1}\n\n\t{"b":2}\r\n\0\0[3]\n'), ['{"a":1}', '{"b":2}', '[3]']);
});

accepted('takes a byte order mark before a connection and before each message', () => {
  const mark = '\xef\xbb\xbf';
  assert.equal(outline(`${mark}{"a":1}\n${mark}{"b":2}${mark}\n[3]`), [
    '{"a":1}',
    '{"b":2}',
    '[3]',
  ]);
  assert.equal(
    framed(['\xef', '\xbb', '\xbf{"a"', ':1}'].flatMap(bytes)),
    framed(bytes('{"a":1}')),
  );
  const header = (text: string) => `Content-Length: ${text.length}\r\n\r\n${text}`;
  assert.equal(outline(`${mark}${header('{"a":1}')}`), ['{"a":1}']);
});

accepted('needs no newline at all', () => {
  assert.equal(outline('{"a":1}{"b":2}[[1],[2]]{}'), ['{"a":1}', '{"b":2}', '[[1],[2]]', '{}']);
});

accepted('takes messages printed over many lines', () => {
  const pretty = JSON.stringify({ a: [1, -2.5e3, { b: null }], c: 'ü\n"{', d: true }, null, 2);
  assert.equal(outline(`${pretty}\n${pretty}`), [pretty, pretty]);
});

accepted('looks at brackets and quotes in strings as text', () => {
  const text = '{"a":"}]\\"[{\\\\"}';
  assert.equal(outline(`${text}${text}`), [text, text]);
});

accepted('points into the chunk instead of copying', () => {
  const chunk = Buffer.from(' {"a":1}\n');
  const [event] = new Framer({ limits: LIMITS }).push(chunk);
  assert.is(event?.kind === 'frame' && event.bytes.buffer, chunk.buffer);
});

accepted('keeps a frame intact that crossed chunks, whatever comes later', () => {
  const framer = new Framer({ limits: LIMITS });
  framer.push(Buffer.from('{"a":'));
  const [first] = framer.push(Buffer.from('1}{"b":'));
  framer.push(Buffer.from('2}{"c":3'));
  assert.equal(first && plainEvent(first), { frame: '{"a":1}', encoding: 'json' });
});

accepted.run();

const broken = suite('text framing: what is broken');

broken('hands a line without brackets on when it ends', () => {
  assert.equal(outline('hello\n1\r\n}{"a":1}\n{"b":2}'), ['hello', '1\r', '}{"a":1}', '{"b":2}']);
});

broken('answers a mismatched bracket at once and goes on after the line', () => {
  assert.equal(outline('{"a":[1}'), ['GOX_PARSE']);
  assert.equal(outline('{"a":[1} ]]] {"b":2}\n{"c":3}'), ['GOX_PARSE', '{"c":3}']);
});

broken('answers a line that ends inside a string', () => {
  assert.equal(outline('{"a":"b\n{"c":3}\n'), ['GOX_PARSE', '{"c":3}']);
  assert.equal(outline('{"a":"b\\\n{"c":3}\n'), ['GOX_PARSE', '{"c":3}']);
});

broken('answers lines that no continuation can make JSON', () => {
  for (const line of ['{"a" "b"', '{a', '[1 2', '{"a":01,', '[tru', '{"a":1,,', '["\\x",', '[-']) {
    assert.equal(outline(`${line}\n{"c":3}\n`), ['GOX_PARSE', '{"c":3}'], line);
  }
});

broken('answers a lost brace without losing the request after it', () => {
  assert.equal(outline('{"method":"ping"\n{"c":3}\n'), ['GOX_PARSE', '{"c":3}']);
  assert.equal(outline('{"a":[1\n  [2]\n'), ['GOX_PARSE', '[2]']);
});

broken('waits for the rest of a line that may go on, and says so', () => {
  const framer = new Framer({ limits: LIMITS });
  assert.is(framer.pending(), 0);
  assert.equal(framer.push(Buffer.from('{"method":"ping"\n')), []);
  assert.is(framer.pending(), 17);
  const end = framer.end();
  assert.is(end?.error.code, 'GOX_PARSE');
  assert.is(framer.push(Buffer.from('}')).length, 1);
  assert.is(framer.pending(), 0);
  assert.is(framer.end(), undefined);
});

broken('says that it waits for the end of a line that is skipped', () => {
  const framer = new Framer({ limits: LIMITS });
  framer.push(Buffer.from('[}'));
  assert.ok(framer.pending() > 0);
  framer.push(Buffer.from('\n'));
  assert.is(framer.pending(), 0);
});

broken.run();

const limited = suite('text framing: limits');
const small = { ...LIMITS, frame_bytes_max: 10, depth_max: 3 };

limited('takes a frame of exactly the limit', () => {
  assert.equal(outline('{"a":1234}{"b":1}', small), ['{"a":1234}', '{"b":1}']);
});

limited('answers a larger frame once, and goes on behind its end', () => {
  assert.equal(outline('{"a":12345}{"b":1}', small), ['GOX_FRAME_TOO_LARGE', '{"b":1}']);
  assert.equal(outline('{"a":\n[1,\n2,"\\"]"\n]}{"b":1}', small), [
    'GOX_FRAME_TOO_LARGE',
    '{"b":1}',
  ]);
});

limited('goes on behind the line when a frame too large is broken too', () => {
  assert.equal(outline('{"a":12345]}\n{"b":1}', small), ['GOX_FRAME_TOO_LARGE', '{"b":1}']);
  assert.equal(outline('{"a":"12345\n{"b":1}', small), ['GOX_FRAME_TOO_LARGE', '{"b":1}']);
  assert.equal(outline('01234567890123\n{"b":1}', small), ['GOX_FRAME_TOO_LARGE', '{"b":1}']);
});

limited('answers brackets too deep and goes on after the line', () => {
  assert.equal(outline('[[[]]]\n', small), ['[[[]]]']);
  assert.equal(outline('[[[[]]]]\n{"b":1}', small), ['GOX_TOO_DEEP', '{"b":1}']);
  assert.equal(outline(`${'['.repeat(100_000)}\n{"b":1}`), ['GOX_TOO_DEEP', '{"b":1}']);
});

limited('holds no more than the limit of a frame that never ends', () => {
  const framer = new Framer({ limits: { ...LIMITS, frame_bytes_max: 5000 } });
  const events = [framer.push(Buffer.from('{"a":"'))];
  for (let i = 0; i < 100; i++) events.push(framer.push(Buffer.alloc(1000, 'x')));
  assert.is(events.flat().length, 1);
  assert.ok(framer.pending() <= 5000);
});

limited('looks at each byte of a large frame once, however many chunks it comes in', () => {
  // Scanning from the start for each chunk would read 16 GiB here, and take a minute.
  const framer = new Framer({ limits: LIMITS });
  const piece = Buffer.alloc(8192, '1,');
  let frames = framer.push(Buffer.from('[')).length;
  for (let i = 0; i < 2047; i++) frames += framer.push(piece).length;
  assert.is(frames, 0);
  const [event] = framer.push(Buffer.from('1]'));
  assert.is(event?.kind === 'frame' && event.bytes.length, 2047 * 8192 + 3);
});

limited('a limit that is lowered inside a message ends that one, and no other', () => {
  const config = { limits: { ...LIMITS, frame_bytes_max: 5000 } };
  const framer = new Framer(config);
  assert.equal(framer.push(Buffer.from(`["${'x'.repeat(3000)}`)), []);
  config.limits = { ...LIMITS, frame_bytes_max: 2001 };
  const events = framer.push(Buffer.from('"]["after"]\n')).map(plainEvent);
  assert.is((events[0] as { error: string }).error, 'GOX_FRAME_TOO_LARGE');
  assert.equal(events.slice(1), [{ frame: '["after"]', encoding: 'json' }]);
});

limited('the depth of a message is that of when it began', () => {
  const config = { limits: { ...LIMITS, depth_max: 3 } };
  const framer = new Framer(config);
  const outcomes = (text: string) =>
    framer
      .push(Buffer.from(text))
      .map((event) => (event.kind === 'error' ? event.error.code : 'ok'));
  assert.equal(outcomes('[[[[]]]]\n[[['), ['GOX_TOO_DEEP']);
  config.limits = { ...LIMITS, depth_max: 100 };
  assert.equal(outcomes('[]]]]\n'), ['GOX_TOO_DEEP']);
  assert.equal(outcomes(`${'['.repeat(100)}${']'.repeat(100)}\n[[`), ['ok']);
  config.limits = { ...LIMITS, depth_max: 1 };
  assert.equal(outcomes('[[]]]]\n[[]]\n'), ['ok', 'GOX_TOO_DEEP']);
});

limited.run();
