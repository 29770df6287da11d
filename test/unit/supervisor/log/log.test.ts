/** The log as a whole: its opening, and what is changed about it while it runs. */

import { mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config } from '../../../../conf/schema.ts';
import { CliError } from '../../../../supervisor/cli/exit-codes.ts';
import { Log } from '../../../../supervisor/log/log.ts';
import { temporaryDirectory } from '../../../support/tmp.ts';

type Logging = Config['logging'];

function logging(changes: Partial<Logging> = {}): Logging {
  return {
    ...{ level: 'info', max_size_mb: 0, max_files: 0, format: 'auto', syslog: false },
    ...{ file: join(temporaryDirectory(), 'log'), syslog_path: '/nowhere', ...changes },
  };
}

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly lost?: number;
  readonly n?: number;
}

function linesIn(path: string): Line[] {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Line);
}

const messagesIn = (path: string) => linesIn(path).map(({ msg }) => msg);

function opened(config: Logging): Log {
  const log = new Log();
  log.open(config);
  return log;
}

const logs = suite('log');

logs('keeps lines from before it is opened, of which those of its level are written', () => {
  const [info, debug, silent] = (['info', 'debug', 'silent'] as const).map((level) => {
    const config = logging({ level });
    const log = new Log();
    log.logger.debug('fine');
    log.logger.info('early');
    assert.equal(log.figures(), []);
    log.open(config);
    log.logger.info('late');
    return messagesIn(config.file);
  });
  assert.equal(info, ['early', 'late']);
  assert.equal(debug, ['fine', 'early', 'late']);
  assert.equal(silent, []);
});

logs('keeps a thousand of them, and says how many there were beyond', () => {
  const config = logging();
  const log = new Log();
  for (let n = 0; n < 1500; n += 1) log.logger.info('early');
  log.open(config);
  const lines = linesIn(config.file);
  assert.is(lines.length, 1001);
  assert.is(lines.at(-1)?.lost, 500);
});

logs('goes on in another file, whole', () => {
  const [old, next] = [logging(), logging({ level: 'warn' })];
  const log = opened(old);
  log.logger.info('old');
  log.change(old, next);
  log.logger.info('nowhere');
  log.logger.warn('next');
  assert.equal(messagesIn(old.file), ['old']);
  assert.equal(messagesIn(next.file), ['next']);
  assert.is(log.figures()[0]?.to, next.file);
});

logs('where the next file cannot be opened keeps the old, and all about it', () => {
  const old = logging();
  const log = opened(old);
  const next = logging({ level: 'error', file: temporaryDirectory(), format: 'text' });
  assert.throws(
    () => log.change(old, next),
    (error: unknown) => error instanceof CliError && error.exit_code === 78,
  );
  log.logger.info('still');
  assert.equal(messagesIn(old.file), ['still']);
});

logs('opens the same file again, by a change as by SIGHUP', () => {
  const config = logging();
  const log = opened(config);
  log.logger.info('1');
  renameSync(config.file, `${config.file}.old`);
  log.change(config, config);
  log.logger.info('2');
  assert.equal(messagesIn(config.file), ['2']);
  renameSync(config.file, `${config.file}.older`);
  log.reopen();
  assert.match(messagesIn(config.file)[0] ?? '', 'SIGHUP');
  renameSync(config.file, `${config.file}.oldest`);
  mkdirSync(config.file);
  log.reopen();
  assert.match(messagesIn(`${config.file}.oldest`).at(-1) ?? '', 'the old one is kept');
});

logs('changes format and rotation', () => {
  const config = logging();
  const log = opened(config);
  const next = { ...config, format: 'text', max_size_mb: 1, max_files: 2 } as const;
  log.change(config, next);
  log.logger.info({ a: 1 }, 'text');
  assert.match(readFileSync(config.file, 'utf8'), /INFO {2}text {2}a=1\n$/);
  for (let n = 0; n < 40; n += 1) log.logger.info('x'.repeat(100_000));
  assert.ok(statSync(`${config.file}.1`).size <= 1_000_000);
  assert.equal(log.paths, [config.file, `${config.file}.0`, `${config.file}.1`]);
});

logs('millions of bytes through rotation: every line once, and in order', () => {
  const config = logging({ max_size_mb: 1, max_files: 100 });
  const log = opened(config);
  for (let n = 0; n < 50_000; n += 1) log.logger.info({ n, of: 'x'.repeat(n % 100) }, 'one');
  const paths = [...log.paths].reverse();
  assert.ok(paths.length > 5);
  for (const path of paths) assert.ok(statSync(path).size <= 1_000_000, path);
  let next = 0;
  for (const line of paths.flatMap(linesIn)) assert.is(line.n, next++);
  assert.is(next, 50_000);
});

logs('a level that was changed by hand stays, until the configuration has another', () => {
  const config = logging();
  const log = opened(config);
  assert.is(log.debug(), 'debug');
  log.change(config, { ...config, max_files: 1 });
  assert.is(log.logger.level, 'debug');
  const next = { ...config, level: 'warn' } as const;
  log.change(config, next);
  assert.is(log.logger.level, 'warn');
  assert.is(log.debug(), 'debug');
  assert.is(log.debug(), 'warn');
  assert.is(log.debug(false), 'warn');
  assert.is(log.debug(true), 'debug');
  assert.is(log.debug(true), 'debug');
});

logs('where debug is what the configuration has, off is info', () => {
  const config = logging({ level: 'trace' });
  const log = opened(config);
  assert.is(log.debug(), 'info');
  assert.is(log.debug(), 'trace');
  assert.is(log.debug(false), 'info');
});

logs('syslog can be turned on and off; that nobody is there is told by its figures', () => {
  const config = logging();
  const log = opened(config);
  const next = { ...config, syslog: true };
  log.change(config, next);
  log.logger.info('1');
  const [, syslog] = log.figures();
  assert.is(syslog?.id, 'syslog');
  assert.is(syslog?.to, '/nowhere');
  assert.match(syslog?.trouble ?? '', 'ENOENT');
  log.change(next, config);
  assert.is(log.figures().length, 1);
  assert.equal(messagesIn(config.file), ['1']);
});

logs('counts what a full disk does not take', () => {
  const config = logging({ file: '/dev/full' });
  const log = opened(config);
  for (let n = 0; n < 20_000; n += 1) log.logger.info('x'.repeat(100));
  const [figures] = log.figures();
  assert.ok((figures?.lost ?? 0) > 0);
});

logs.run();
