import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { JsonPrefix } from '../../../transport/prefix.ts';
import { SEED } from '../../support/seed.ts';

/** Each run has others. */
const options = { seed: SEED, numRuns: 1000 };

/** Whether the checker lets these lines pass. */
function passes(...lines: string[]): boolean {
  const prefix = new JsonPrefix();
  return lines.every((line) => prefix.read(Buffer.from(line), 0, Buffer.byteLength(line)));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether brackets outside strings match, close only at the end, and no string crosses a line. */
function isOneValue(text: string): boolean {
  const open: string[] = [];
  const bare = text.replaceAll(/"(?:[^"\\\n]|\\[^\n])*"/g, (string) => '_'.repeat(string.length));
  for (const [at, letter] of [...bare].entries()) {
    if (letter === '"') return false;
    if (letter === '[' || letter === '{') open.push(letter === '[' ? ']' : '}');
    if ((letter === ']' || letter === '}') && open.pop() !== letter) return false;
    if (open.length === 0 && at < bare.length - 1) return false;
  }
  return open.length === 0;
}

const checker = suite('JSON, line by line');

checker('every beginning of a text that is JSON passes', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.constantFrom(1, 2, '\t'), (value, indent) => {
      assert.ok(passes(...JSON.stringify(value, null, indent).split('\n')));
    }),
    options,
  );
});

checker('a whole text passes if and only if JSON.parse takes it', () => {
  const token = fc.oneof(
    fc.constantFrom('[', ']', '{', '}', ',', ':', '"a"', '"\\u00e9"', '"\\n"', '""', ' ', '\n'),
    fc.constantFrom(
      '1',
      '-1',
      '0',
      '01',
      '1.5',
      '1.',
      '.5',
      '1e5',
      '1E+5',
      '2e-1',
      '1e',
      '-',
      '+1',
    ),
    fc.constantFrom(
      'true',
      'false',
      'null',
      'nul',
      'truex',
      '"\\x"',
      '"\\u12g4"',
      '"\\u12',
      '"',
      '\t',
    ),
  );
  const valid = fc.array(fc.jsonValue()).map((value) => JSON.stringify(value, null, 1));
  const changed = fc.tuple(valid, fc.nat(), token).map(([text, place, piece]) => {
    const at = place % (text.length + 1);
    return `${text.slice(0, at)}${piece}${text.slice(at + 1)}`;
  });
  const tokens = fc.array(token, { maxLength: 8 }).map((list) => `[${list.join('')}]`);
  fc.assert(
    fc.property(fc.oneof(tokens, changed), (text) => {
      // The checker is asked only about balanced brackets, and only about one value.
      if (!isOneValue(text)) return;
      assert.is(passes(...text.split('\n')), isJson(text), text);
    }),
    { seed: SEED, numRuns: 10_000 },
  );
});

checker('knows whether a bracket may come next', () => {
  const prefix = new JsonPrefix();
  for (const [line, expected] of [
    ['[', true],
    ['{', false],
    ['"a"', false],
    [':', true],
    ['1', false],
    ['}', false],
    [',', true],
  ] as const) {
    assert.ok(prefix.read(Buffer.from(line), 0, 1 + line.length - 1));
    assert.is(prefix.expects_value, expected, line);
  }
});

checker.run();
