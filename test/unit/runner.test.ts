import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { commandLineOf } from '../support/processes.ts';
import { parseSeed } from '../support/seed.ts';
import { temporaryDirectory } from '../support/tmp.ts';
import { parseTotals } from '../support/totals.ts';

const RUNNER = fileURLToPath(new URL('../run.js', import.meta.url));
const UVU = pathToFileURL(createRequire(import.meta.url).resolve('uvu')).href.replace(
  'index.js',
  'index.mjs',
);
const HEAD = `import { suite } from ${JSON.stringify(UVU)};\nconst t = suite('t');\n`;

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly last: string;
}

/** Runs the runner over files of these texts, in a TMPDIR that must be empty afterwards. */
function run(files: Readonly<Record<string, string>>, ...args: string[]): Run {
  const directory = temporaryDirectory();
  const root = join(directory, 'r');
  const tmp = join(directory, 't');
  mkdirSync(tmp);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), HEAD + text);
  }
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [RUNNER, '--root', root, '--timeout', '20', ...args],
    { encoding: 'utf8', env: { ...process.env, TMPDIR: tmp } },
  );
  assert.is(stderr, '');
  assert.equal(readdirSync(tmp), [], 'the runner clears up after itself');
  return { code: status, stdout, last: stdout.trimEnd().split('\n').at(-1) ?? '' };
}

function fails(text: string, expected: RegExp, last: string, ...args: string[]): void {
  const result = run({ 'unit/a.test.mjs': text }, ...args);
  assert.match(result.stdout, expected);
  assert.is(result.last, last);
  assert.is(result.code, 1);
}

const judging = suite('runner: judges a file');

judging('passes tests that pass', () => {
  const result = run({ 'unit/a.test.mjs': "t('a', () => {}); t('b', () => {}); t.run();" });
  assert.is(result.last, '2 passed, 0 failed');
  assert.is(result.code, 0);
});

judging('counts skipped tests apart', () => {
  const result = run({ 'unit/a.test.mjs': "t('a', () => {}); t.skip('b', () => {}); t.run();" });
  assert.is(result.last, '1 passed, 0 failed, 1 skipped');
  assert.is(result.code, 0);
});

judging('fails a test that fails and shows its output', () => {
  const text = "t('a', () => { throw new Error('planted') }); t('b', () => {}); t.run();";
  fails(text, /\| .*planted/, '1 passed, 1 failed');
});

judging('fails a before hook that throws, which uvu lets pass', () => {
  const text =
    "t.before(() => { throw new Error('x') }); t('a', () => {}); t('b', () => {}); t.run();";
  fails(text, /2 of 2 tests failed or did not run/, '0 passed, 2 failed');
});

judging('fails a test whose error uvu cannot show, and says so', () => {
  const text =
    "t('a', () => { throw Object.assign(new Error('x'), { details: { bytes: 1 } }) });" +
    "t('b', () => {}); t.run();";
  fails(
    text,
    /2 of 2 tests failed.*\n.*uvu shows no error of a hook, and none with `details`/,
    '0 passed, 2 failed',
  );
});

judging('fails a file whose suite is never run, which uvu lets pass', () => {
  fails("t('a', () => {});", /printed no totals/, '0 passed, 1 failed');
});

judging('fails a file without a single test', () => {
  fails('t.run();', /ran no test/, '0 passed, 1 failed');
});

judging('fails a file that exits before its suites ran', () => {
  fails('process.exit(0);', /printed no totals/, '0 passed, 1 failed');
});

judging('fails a file that passes its tests and then crashes', () => {
  const text = "t('a', () => { process.once('exit', () => { process.exitCode = 3; }); }); t.run();";
  fails(text, /exited with 3/, '1 passed, 1 failed');
});

judging('fails a file that dies of a signal', () => {
  const text = "t('a', () => { process.kill(process.pid, 'SIGKILL'); }); t.run();";
  fails(text, /died of SIGKILL/, '0 passed, 1 failed');
});

judging('kills a file that hangs, with its children', () => {
  const text = `
    import { spawn } from 'node:child_process';
    t('a', () => {
      spawn('sleep', ['1000'], { stdio: 'inherit' });
      return new Promise(() => setInterval(() => {}, 1000));
    });
    t.run();`;
  fails(text, /took longer than 2000 ms and was killed/, '0 passed, 1 failed', '--timeout', '2');
});

judging('fails a file that leaves something open when its tests have ended', () => {
  const text = "t('a', () => { setInterval(() => {}, 1000); }); t.run();";
  fails(text, /took longer than 4000 ms and was killed/, '1 passed, 1 failed', '--timeout', '4');
});

const STUCK = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)';

judging('runs a file again that did not end by itself, as Node does by chance', () => {
  const text = `
    import { existsSync, writeFileSync } from 'node:fs';
    const before = new URL('before', import.meta.url);
    t('a', () => {
      process.once('exit', () => {
        if (existsSync(before)) return;
        writeFileSync(before, '');
        ${STUCK};
      });
    });
    t.run();`;
  const result = run({ 'unit/a.test.mjs': text }, '--timeout', '16');
  assert.match(result.stdout, /again unit\/a\.test\.mjs: did not end by itself/);
  assert.is(result.last, '1 passed, 0 failed');
  assert.is(result.code, 0);
});

judging('fails a file that never ends by itself', () => {
  const text = `t('a', () => { process.once('exit', () => ${STUCK}); }); t.run();`;
  fails(text, /FAIL .*\n.*did not end by itself/, '1 passed, 1 failed', '--timeout', '16');
});

judging('fails a file that leaves a process, also one of another group, and kills it', () => {
  const text = `
    import { spawn } from 'node:child_process';
    t('a', () => {
      const child = spawn('sleep', ['1000'], { stdio: 'inherit', detached: true });
      child.unref();
      console.log('left', child.pid);
    });
    t.run();`;
  const result = run({ 'unit/a.test.mjs': text });
  assert.match(result.stdout, /left a process running: sleep 1000/);
  assert.is(result.last, '1 passed, 1 failed');
  const pid = Number(/left (\d+)/.exec(result.stdout)?.[1]);
  assert.ok(pid > 0);
  // Killed, it may stay a zombie where nobody reaps orphans.
  assert.is(commandLineOf(pid), '');
});

judging('fails a file that leaves a file in its temporary directory', () => {
  const text = `
    import { writeFileSync } from 'node:fs';
    import { tmpdir } from 'node:os';
    t('a', () => writeFileSync(tmpdir() + '/forgotten', ''));
    t.run();`;
  fails(text, /left forgotten in its temporary directory/, '1 passed, 1 failed');
});

judging.run();

const running = suite('runner: runs the files asked for');

const PASS = "t('a', () => {}); t.run();";

running('selects by parts of the path', () => {
  const files = { 'unit/a.test.mjs': PASS, 'unit/b.test.mjs': PASS, 'fuzz/c.test.mjs': PASS };
  assert.is(run(files).last, '3 passed, 0 failed');
  assert.is(run(files, 'fuzz').last, '1 passed, 0 failed');
  assert.is(run(files, 'unit/b', 'fuzz').last, '2 passed, 0 failed');
});

running('fails when nothing is selected', () => {
  const result = run({ 'unit/a.test.mjs': PASS }, 'unti');
  assert.is(result.last, '0 passed, 1 failed');
  assert.is(result.code, 1);
});

running('hands the seed to every file', () => {
  const text =
    "t('a', () => { if (process.env.GOXEL_SEED !== '77') throw new Error('seed') }); t.run();";
  const files = { 'unit/a.test.mjs': text, 'unit/b.test.mjs': text };
  assert.is(run(files, '--seed', '77').last, '2 passed, 0 failed');
});

running('runs files of interop one after the other', () => {
  // Each file fails when it finds the mark of another that is running.
  const text = `
    import { mkdirSync, rmSync } from 'node:fs';
    import { dirname } from 'node:path';
    t('a', async () => {
      const mark = dirname(process.argv[1]) + '/mark';
      mkdirSync(mark);
      await new Promise((resolve) => setTimeout(resolve, 300));
      rmSync(mark, { recursive: true });
    });
    t.run();`;
  const files = (kind: string): Record<string, string> => ({
    [`${kind}/a.test.mjs`]: text,
    [`${kind}/b.test.mjs`]: text,
  });
  assert.is(run(files('interop')).last, '2 passed, 0 failed');
});

running('runs files of other kinds side by side', () => {
  // Each file waits until the other is running.
  const text = (own: string, other: string) => `
    import { existsSync, writeFileSync } from 'node:fs';
    import { dirname, join } from 'node:path';
    t('a', async () => {
      const mark = (name) => join(dirname(process.argv[1]), name);
      writeFileSync(mark('${own}'), '');
      while (!existsSync(mark('${other}'))) await new Promise((go) => setTimeout(go, 10));
    });
    t.run();`;
  const files = { 'unit/a.test.mjs': text('a', 'b'), 'unit/b.test.mjs': text('b', 'a') };
  assert.is(run(files).last, '2 passed, 0 failed');
});

running.run();

const reading = suite('runner: reads totals and seeds');

reading('takes the last totals, colours or not', () => {
  const totals = (n: number): string => `\n  Total:     ${n}\n  Passed:    ${n}\n  Skipped:   0\n`;
  assert.equal(parseTotals(totals(1) + totals(2)), { total: 2, passed: 2, skipped: 0 });
  const coloured =
    '\n  Total:     3\u001b[32m\n  Passed:    2\u001b[39m\n  Skipped:   \u001b[33m1\u001b[39m\n';
  assert.equal(parseTotals(coloured), { total: 3, passed: 2, skipped: 1 });
  assert.is(parseTotals('  Total:     3\n'), undefined);
});

reading('refuses a seed that is no integer in range', () => {
  assert.is(parseSeed('0'), 0);
  assert.is(parseSeed('2147483647'), 2_147_483_647);
  for (const text of ['', 'x', '1.5', '-1', '2147483648', '99999999999']) {
    assert.throws(() => parseSeed(text), /GOXEL_SEED must be/, text);
  }
});

reading.run();
