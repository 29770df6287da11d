import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import { loadConfig } from '../../../conf/load.ts';
import { CliError, EXIT } from '../../../supervisor/cli/exit-codes.ts';
import { failureOf, type Sink, writeData } from '../../../supervisor/cli/output.ts';

function sink(error?: NodeJS.ErrnoException): Sink & { text: string } {
  return {
    text: '',
    write(text, done) {
      this.text += text;
      setImmediate(() => done(error));
      return true;
    },
  };
}

function errno(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`write ${code}`), { code });
}

const output = suite('command line: output');

output('resolves when the text is written', async () => {
  const to = sink();
  await writeData('{}\n', to);
  assert.is(to.text, '{}\n');
});

output('takes a reader that has gone as satisfied', async () => {
  await writeData('x', sink(errno('EPIPE')));
});

output('fails with EX_IOERR where the text cannot be written', async () => {
  const error = await writeData('x', sink(errno('ENOSPC'))).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.instance(error, CliError);
  assert.is((error as CliError).exit_code, EXIT.IOERR);
});

output('prints one sentence and advice for what is nobody’s defect', async () => {
  assert.equal(failureOf(new CliError(EXIT.UNAVAILABLE, 'no daemon listens on /tmp/s')), {
    text: 'goxel-supervisor: no daemon listens on /tmp/s\n',
    exit_code: 69,
  });
  const lost = failureOf(new GoxError('GOX_PROJECT_LOST', 'the project "a" was lost'));
  assert.match(
    lost.text,
    /^goxel-supervisor: the project "a" was lost \(GOX_PROJECT_LOST\)\nThe log /,
  );
  assert.is(lost.exit_code, EXIT.DATAERR);
  assert.is(failureOf(new GoxError('GOX_OVERLOADED', 'x')).exit_code, EXIT.TEMPFAIL);
  assert.is(failureOf(new GoxError('GOX_FILE', 'x')).exit_code, EXIT.NOINPUT);
  assert.is(failureOf(new GoxError('GOX_PATH_REFUSED', 'x')).exit_code, EXIT.NOPERM);
  assert.is(failureOf(new GoxError('GOX_INTERNAL', 'x')).exit_code, EXIT.SOFTWARE);
});

output('exits with EX_CONFIG for a configuration that cannot be used', async () => {
  const flags = [{ key: 'workers.count', text: '0', flag: '--workers' }];
  const error = await loadConfig({ flags }).catch((reason: unknown) => reason);
  const { text, exit_code } = failureOf(error);
  assert.is(exit_code, EXIT.CONFIG);
  assert.match(text, /--workers: workers\.count: expected an integer from 1 to 64, not 0\n$/);
});

output('keeps the stack of a defect', () => {
  const { text, exit_code } = failureOf(new TypeError('planted'));
  assert.is(exit_code, EXIT.SOFTWARE);
  assert.match(text, /a defect of this program: TypeError: planted\n +at /);
});

output.run();
