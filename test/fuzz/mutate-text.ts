/** Damage to texts of lines: their words, their numbers, and the lines themselves. */

import type { Random } from './random.ts';

/** Words that have broken readers before. */
const WORDS = [
  ...['', '0', '-0', '1', '-1', '2', '255', '256', '65536', '2147483647', '2147483648'],
  ...['-2147483648', '-2147483649', '4294967295', '4294967296', '9007199254740993', '1e9', '1e10'],
  ...['99999999999999999999', '1e38', '1e39', '1e308', '1e309', '-1e309', '1e-320', '0.5', '.5'],
  ...['5.', '.', '-', '--1', '+1', '1e', 'e1', '0x10', '1_000', '1,5', 'nan', 'NaN', '-nan'],
  ...['inf', '-Infinity', 'constructor', '__proto__', 'toString', 'é', '\0', '\u2028', '\ufeff'],
  ...['#', '/', '//', '1/', '1//', '/1', '1/1/1/1', '-1/-1/-1', '\\', '"', "'", 'x'.repeat(5000)],
  '9'.repeat(400),
  `0.${'0'.repeat(400)}1`,
];

/** Byte order marks, kinds of newlines, and blanks. */
const SEPARATORS = ['\n', '\r\n', '\r', '\t', ' ', '  ', '\\\n', '\f', '\v', '\u00a0', ''];
const REPEATS_MAX = 2000;
const REPEATED_CHARS_MAX = 40_000;

type Mutation = (lines: string[], random: Random, other: readonly string[]) => void;

const MUTATIONS: readonly Mutation[] = [
  (lines, random) => changeWord(lines, random, () => random.pick(WORDS)),
  (lines, random) => changeWord(lines, random, () => random.pick(WORDS)),
  (lines, random) => changeWord(lines, random, (word) => nearNumber(word, random)),
  (lines, random) => changeWord(lines, random, (word) => nearNumber(word, random)),
  (lines, random) => changeWord(lines, random, (word) => `${word} ${random.pick(WORDS)}`),
  (lines, random) => {
    lines.splice(random.below(lines.length), 1 + random.small(8));
  },
  (lines, random) => {
    const line = lines[random.below(lines.length)]!;
    lines.splice(random.below(lines.length), 0, line);
  },
  (lines, random) => {
    const line = random.pick(lines);
    const count = Math.min(REPEATS_MAX, REPEATED_CHARS_MAX / (line.length + 1));
    const repeated = Array.from({ length: 1 + random.small(count) }, () => line);
    lines.splice(random.below(lines.length), 0, ...repeated);
  },
  (lines, random) => {
    const [a, b] = [random.below(lines.length), random.below(lines.length)];
    [lines[a], lines[b]] = [lines[b]!, lines[a]!];
  },
  (lines, random, other) => {
    lines.splice(random.below(lines.length), random.below(2), random.pick(other));
  },
  (lines, random) => {
    const at = random.below(lines.length);
    lines.splice(at, 2, lines.slice(at, at + 2).join(random.pick(SEPARATORS)));
  },
  (lines, random) => {
    const at = random.below(lines.length);
    lines[at] = lines[at]!.replaceAll(' ', random.pick(SEPARATORS));
  },
];

/** Whether the bytes can be changed as text without harm to them. */
export function isText(bytes: Uint8Array): boolean {
  for (let at = 0; at < Math.min(bytes.length, 1024); at++) {
    const byte = bytes[at]!;
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return false;
    if (byte === 0x7f) return false;
  }
  return bytes.length > 0;
}

/** A damaged copy; `other` is a text to take lines from. */
export function mutateText(bytes: Uint8Array, random: Random, other: Uint8Array): Buffer {
  const lines = linesOf(bytes);
  const others = linesOf(other);
  for (let left = 1 + random.small(6); left > 0 && lines.length > 0; left--) {
    random.pick(MUTATIONS)(lines, random, others);
  }
  const newline = random.chance(0.95) ? '\n' : random.pick(SEPARATORS);
  return Buffer.from(lines.join(newline), 'latin1');
}

function linesOf(bytes: Uint8Array): string[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return text.toString('latin1').split('\n');
}

function changeWord(lines: string[], random: Random, change: (word: string) => string): void {
  // Headers come first, and say how many of what follow.
  const at = random.chance(0.3) ? random.small(lines.length) : random.below(lines.length);
  const words = lines[at]!.split(/([\s/]+)/);
  const word = random.below(words.length);
  words[word] = change(words[word]!);
  lines[at] = words.join('');
}

function nearNumber(word: string, random: Random): string {
  const value = Number(word);
  if (word === '' || Number.isNaN(value)) return random.pick(WORDS);
  const factor = random.pick([1, 1, 1, -1, 10, 1000, 0.001, 1e6]);
  return String(value * factor + random.below(5) - 2);
}
