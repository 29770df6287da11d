/** Configuration files that are no good are refused, with what is wrong and where. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkConfig, loadConfig } from '../../../conf/load.ts';
import { CONFIG_BYTES_MAX } from '../../../conf/read-text.ts';
import { Random } from '../../fuzz/random.ts';
import { DAEMON_YAML } from '../../support/daemon-yaml.ts';
import { SEED } from '../../support/seed.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const directory = temporaryDirectory();

/** The problems of a file with these bytes, without its directory. */
async function problems(content: string | Buffer): Promise<string[]> {
  const file = join(directory, 'c.yaml');
  writeFileSync(file, content);
  const found = await checkConfig({ file });
  return found.problems.map((text) => text.replaceAll(file, 'c.yaml'));
}

const files = suite('configuration: files');

files('that are no text are refused', async () => {
  assert.match((await problems(Buffer.from('ff', 'hex')))[0] ?? '', /^c\.yaml:1: is not written/);
  const bad = Buffer.concat([Buffer.from('a: 1\n\n'), Buffer.from([0xc3, 0x28])]);
  assert.equal(await problems(bad), ['c.yaml:3: is not written in UTF-8']);
  const utf16 = Buffer.from('\ufefflimits: {}', 'utf16le');
  assert.equal(await problems(utf16), ['c.yaml: is written in UTF-16; save it in UTF-8']);
  assert.equal(await problems('limits:\n  a\u0000'), [
    'c.yaml:2:4: U+0000 is no character of a text: is it the right file?',
  ]);
  const program = readFileSync(process.execPath).subarray(0, 4096);
  assert.match((await problems(program))[0] ?? '', /^c\.yaml:\d+: is not written in UTF-8$|U\+00/);
});

files('that are no files are refused', async () => {
  const folder = join(directory, 'folder');
  mkdirSync(folder);
  const pipe = join(directory, 'pipe');
  execFileSync('mkfifo', [pipe]);
  for (const [file, what] of [
    [folder, 'is a directory'],
    [pipe, 'is a pipe'],
    [join(directory, 'none'), 'cannot be read: ENOENT'],
    ['/dev/zero', 'has more than'],
  ] as const) {
    const found = await checkConfig({ file });
    assert.is(found.problems.length, 1);
    assert.ok(found.problems[0]?.startsWith(`${file}: ${what}`), found.problems[0]);
  }
  assert.equal((await checkConfig({ file: '/dev/null' })).problems, []);
});

files('that are too large are refused', async () => {
  assert.match((await problems('#'.repeat(CONFIG_BYTES_MAX + 1)))[0] ?? '', /has more than 262144/);
  assert.equal(await problems('#'.repeat(CONFIG_BYTES_MAX)), []);
});

files('may begin with a byte order mark, and have lines that end as on Windows', async () => {
  assert.equal(await problems('\ufefflimits:\r\n  depth_max: 5\r\n'), []);
  assert.equal(await problems('\ufefflimit: {}\r\nworkers:\r\n  cnt: 5\r\n'), [
    'c.yaml:1:1: unknown key limit; did you mean limits?',
    'c.yaml:3:3: unknown key workers.cnt; did you mean workers.count?',
  ]);
});

files('say what is wrong with their YAML', async () => {
  assert.equal(await problems('limits:\n\tdepth_max: 5\n'), [
    'c.yaml:2:1: a tab indents this line; YAML takes spaces only',
  ]);
  assert.equal(await problems('limits: {}\n---\nworkers: {}\n'), [
    'c.yaml:2:1: another document begins here (---); a configuration is one',
  ]);
  assert.match((await problems('a: !!js/function x\n'))[0] ?? '', /^c\.yaml:1:4: Unresolved tag/);
  assert.match((await problems('a: ]\n'.repeat(1000))).at(-1) ?? '', /and \d+ more such problems/);
});

files('refuse nesting and aliases without end', async () => {
  for (const text of ['['.repeat(200_000), 'a: '.repeat(80_000), '- '.repeat(100_000)]) {
    assert.match((await problems(text))[0] ?? '', /^c\.yaml:1:\d+: is nested more than 32 deep/);
  }
  const bomb = ['a: &a [x]', ...Array.from({ length: 20 }, (_, i) => bombLine(i))].join('\n');
  assert.match((await problems(bomb))[0] ?? '', /has 180 aliases/);
  const small = 'files: {roots: &r [/a, *r]}\n';
  assert.match((await problems(small))[0] ?? '', /expected a list .* not \["\/a",\{\}\]/);
});

files('refuse an alias of nothing: it would be a key that was left empty', async () => {
  const expected = 'c.yaml:2:15: nothing before it is named &token';
  assert.equal(await problems('security:\n  token_file: *token\n'), [expected]);
  const list = await problems('files: {roots: [/a, *b]}\nlimits: &b {depth_max: *c}\n');
  assert.equal(list, [
    'c.yaml:1:21: nothing before it is named &b',
    'c.yaml:2:24: nothing before it is named &c',
  ]);
  assert.equal(await problems('limits: {depth_max: &n 32, batch_length_max: *n}\n'), []);
});

function bombLine(index: number): string {
  const before = index === 0 ? 'a' : `b${index - 1}`;
  return `b${index}: &b${index} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`;
}

files('refuse a key that stands twice', async () => {
  assert.equal(await problems('limits: {depth_max: 5}\nlimits: {depth_max: 6}\n'), [
    'c.yaml:2:1: limits stands here twice, first at c.yaml:1:1',
  ]);
  assert.match(
    (await problems('limits: {depth_max: 5}\ndaemon: {limits: {depth_max: 6}}\n'))[0] ?? '',
    /^c\.yaml:2:30: limits\.depth_max has a value already: limits\.depth_max at c\.yaml:1:21$/,
  );
  assert.match(
    (await problems('limits: {connections_max: 5}\nperformance: {max_connections: 6}\n'))[0] ?? '',
    /^c\.yaml:2:32: performance\.max_connections has a value already: limits\.connections_max at/,
  );
});

files('point to where a misplaced key belongs', async () => {
  assert.equal(await problems('limits: {max_connections: 5}\npermissions: 0600\n'), [
    'c.yaml:1:10: unknown key limits.max_connections; did you mean performance.max_connections?',
    'c.yaml:2:1: unknown key permissions; did you mean sockets.unix.permissions?',
  ]);
  assert.equal(await problems('limits: {<<: {depth_max: 5}, ? [a] : 1}\n'), [
    'c.yaml:1:10: merge keys (<<) are not taken; write the keys',
    'c.yaml:1:32: unknown key limits.(no name)',
  ]);
});

files('show of a wrong value no more than is needed', async () => {
  const [problem = ''] = await problems(`limits: {depth_max: ${'x'.repeat(10_000)}}\n`);
  assert.ok(problem.length < 200, problem);
});

files('take numbers where text is wanted', async () => {
  const text = 'user: 1000\nsockets: {unix: {permissions: 0640}}\n';
  const { config } = await loadConfig({ file: 'c', text });
  assert.is(config.user, '1000');
  assert.is(config.sockets.unix.permissions, '0640');
});

files('of any content are refused or taken in time, never worse', async () => {
  const random = new Random(SEED);
  const shipped = readFileSync(DAEMON_YAML, 'utf8').split('\n').slice(24, 120);
  const scraps = [
    ...shipped,
    '\t',
    '- ',
    '? ',
    '&a',
    '*a',
    '!!x',
    '|',
    '>',
    '"',
    "'",
    '{',
    '[',
    ':',
  ];
  for (let round = 0; round < 150; round++) {
    const count = random.below(40);
    const lines = Array.from({ length: count }, () => {
      const line = scraps[random.below(scraps.length)] ?? '';
      const cut = random.below(line.length + 1);
      return random.below(3) === 0 ? line.slice(0, cut) + line.slice(cut + 1) : line;
    });
    const found = await checkConfig({ file: 'c', text: lines.join('\n') });
    assert.is(found.loaded === undefined, found.problems.length > 0, `round ${round}`);
    for (const problem of found.problems) assert.match(problem, /^(c:|default: )/);
  }
});

files.run();
