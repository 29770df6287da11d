/** Syslog beside the log: what it gets, and what happens when it is not there. */

import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli } from '../support/cli.ts';
import { withDaemon } from '../support/daemon.ts';
import { linesOf } from '../support/log-lines.ts';
import { eventually } from '../support/raw.ts';
import { datagramReceiver } from '../support/receiver.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const syslog = suite('syslog of the daemon');

syslog('syslog gets what the file gets, as messages of RFC 5424', async () => {
  const directory = temporaryDirectory();
  const [file, path] = [join(directory, 'log'), join(directory, 'syslog')];
  const receiver = await datagramReceiver(path);
  const settings = { 'logging.file': file, 'logging.syslog': true, 'logging.syslog_path': path };
  let pid = 0;
  await withDaemon({ settings }, async (daemon) => {
    pid = daemon.pid;
    await eventually('it said so', () => receiver.messages().some((one) => /listening/.test(one)));
  });
  const lines = linesOf(file);
  await eventually('all came', () => receiver.messages().length === lines.length);
  for (const [i, { msg }] of lines.entries()) {
    const message = receiver.messages()[i] ?? '';
    const head = `<30>1 ${new Date(lines[i]!.time).toISOString()} `;
    assert.ok(message.startsWith(head), message);
    assert.match(message, ` goxel-supervisor ${pid} - - ${msg}`);
  }
  await receiver.end();
});

syslog('syslog that is not there is no reason not to serve; it is degraded', () => {
  const path = join(temporaryDirectory(), 'nobody');
  const settings = {
    ...{ 'logging.syslog': true, 'logging.syslog_path': path, 'health.check_interval_ms': 100 },
  };
  return withDaemon({ settings }, async ({ socket }) => {
    const health = async () => (await cli('health', '--socket', socket)).stdout;
    // A busy machine may be another reason for a while.
    await eventually('it is degraded by that', async () =>
      /^degraded since .*\n {2}degraded {2}syslog {2}for .*ENOENT/.test(await health()),
    );
    const receiver = await datagramReceiver(path);
    await eventually('it is well', async () => /^healthy/.test(await health()));
    await eventually('it came', () => receiver.messages().join('\n').includes('listening'));
    await receiver.end();
  });
});

syslog('without koffi there is no syslog, which is said once', () => {
  const env = { GOXEL_NATIVE: 'off' };
  return withDaemon({ settings: { 'logging.syslog': true }, env }, async ({ stdout }) => {
    await eventually('it listens', () => stdout().includes('"msg":"listening"'));
    assert.is(stdout().split('koffi').length, 2);
    assert.match(stdout(), '"level":40');
  });
});

syslog.run();
