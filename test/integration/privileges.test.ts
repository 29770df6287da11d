/** Giving up root: as root the daemon is started, as another user it goes on. Needs root. */

import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startDaemon } from '../support/daemon.ts';
import { openDirectory, openMain } from '../support/open-program.ts';
import { RawConnection } from '../support/raw.ts';
import { runToEnd } from '../support/run.ts';

/** A user that no machine has, and the group that all have for nobody. */
const UID = 54_321;
const GID = 54_322;
const ROOT = process.getuid?.() === 0;

function status(pid: number, field: string): string {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  return new RegExp(`^${field}:[ \\t]*(.*)$`, 'm').exec(text)?.[1]?.trim() ?? 'none';
}

function owner(path: string): string {
  const { uid, gid } = statSync(path);
  return `${uid}:${gid}`;
}

const privileges = suite('privileges');

const asRoot = ROOT ? privileges : privileges.skip;

asRoot('root is given up for good, and what was made is the user’s', async () => {
  const directory = openDirectory();
  const paths = {
    pid_file: join(directory, 'run', 'd.pid'),
    'logging.file': join(directory, 'log', 'd.log'),
  };
  const socket = join(directory, 'socket', 'd.sock');
  const kept = join(directory, 'state', 'kept');
  const settings = { ...paths, 'journal.directory': kept, user: UID, group: GID };
  const daemon = await startDaemon({ main: openMain(), settings, socket });
  const client = await RawConnection.open(socket);
  assert.ok((await client.call('goxel.add_voxel', [0, 0, 0, '#ffffff'])).result !== undefined);
  client.destroy();
  assert.is(status(daemon.pid, 'Uid').replaceAll('\t', ' '), `${UID} ${UID} ${UID} ${UID}`);
  assert.is(status(daemon.pid, 'Gid').replaceAll('\t', ' '), `${GID} ${GID} ${GID} ${GID}`);
  assert.is(status(daemon.pid, 'Groups'), '');
  for (const field of ['CapPrm', 'CapEff']) assert.match(status(daemon.pid, field), /^0+$/);
  const project = join(kept, 'projects', 'default');
  assert.is(statSync(join(project, '..')).mode & 0o777, 0o700, 'for the user alone');
  for (const path of [...Object.values(paths), socket, project]) {
    assert.is(owner(path), `${UID}:${GID}`, path);
    assert.is(owner(join(path, '..')), `${UID}:${GID}`, `the directory of ${path}`);
  }
  // Threads too: they start after it.
  const log = readFileSync(paths['logging.file'], 'utf8');
  assert.match(log, 'gave up root');
  assert.ok(log.indexOf('gave up root') < log.indexOf('listening'));
  assert.is((await daemon.stop()).code, 0);
  assert.not(existsSync(paths.pid_file));
  assert.not(existsSync(socket));
});

asRoot('a PID file that the user may not remove is left empty', async () => {
  const directory = openDirectory();
  const pid_file = join(directory, 'd.pid');
  mkdirSync(join(directory, 's'));
  chmodSync(join(directory, 's'), 0o777);
  const settings = { pid_file, user: UID, 'journal.ephemeral': true };
  const socket = join(directory, 's', 'd.sock');
  const daemon = await startDaemon({ main: openMain(), settings, socket });
  assert.is(owner(pid_file), `${UID}:${UID}`);
  assert.is((await daemon.stop()).code, 0);
  assert.is(readFileSync(pid_file, 'utf8'), '');
});

asRoot('who there is not, and who may not, is a sentence and an exit code', async () => {
  const socket = join(openDirectory(), 's');
  const unknown = await runToEnd(['--socket', socket], { settings: { user: 'no-such-user' } });
  assert.is(unknown.code, 78);
  assert.match(unknown.stderr, 'user: there is no user no-such-user');
  const group = await runToEnd(['--socket', socket], { settings: { group: 'no-such-group' } });
  assert.is(group.code, 78);
  assert.match(group.stderr, 'group: there is no group no-such-group');
});

asRoot('another user than root is only itself', async () => {
  const directory = openDirectory();
  const open = join(directory, 'open');
  mkdirSync(open);
  chmodSync(open, 0o777);
  const options = { main: openMain(), uid: UID, gid: GID, cwd: '/' };
  const socket = join(open, 's');
  const other = await runToEnd(['--socket', socket], { ...options, settings: { user: 'root' } });
  assert.is(other.code, 77);
  assert.match(other.stderr, 'user, group: only root may become another: root is somebody else');
  const file = join(directory, 'd.pid');
  const closed = await runToEnd(['--socket', socket], { ...options, settings: { pid_file: file } });
  assert.is(closed.code, 77);
  assert.match(closed.stderr, `pid_file: cannot make ${file}: this user may not`);
});

asRoot(
  'root follows no link that the user put there, neither to a file nor to a directory',
  async () => {
    const directory = openDirectory();
    const socket = join(directory, 'socket', 'd.sock');
    const [secret, own] = [join(directory, 'of root'), join(directory, 'own')];
    for (const one of [secret, own]) mkdirSync(one);
    chownSync(own, UID, GID);
    const victim = join(secret, 'rc');
    writeFileSync(victim, 'mine\n');
    const links = [
      { name: 'd.log', to: victim, settings: { 'logging.file': join(own, 'd.log') }, code: 78 },
      { name: 'dir', to: secret, settings: { 'logging.file': join(own, 'dir', 'x') }, code: 78 },
      { name: 'run', to: secret, settings: { pid_file: join(own, 'run', 'x', 'd.pid') }, code: 73 },
    ];
    for (const { name, to, settings, code } of links) {
      const link = join(own, name);
      symlinkSync(to, link);
      lchownSync(link, UID, GID);
      const options = { main: openMain(), settings: { ...settings, user: UID, group: GID } };
      const ended = await runToEnd(['--socket', socket], options);
      assert.is(ended.code, code, ended.stderr);
      assert.match(ended.stderr, `${link} is a link of user ${UID}, which root does not follow`);
    }
    assert.is(readFileSync(victim, 'utf8'), 'mine\n');
    assert.equal(readdirSync(secret), ['rc']);
  },
);

asRoot('of a link of root what it leads to is handed over, and the link stays', async () => {
  const directory = openDirectory();
  const [log, real] = [join(directory, 'd.log'), join(directory, 'real.log')];
  symlinkSync(real, log);
  const socket = join(directory, 'socket', 'd.sock');
  const settings = { 'logging.file': log, user: UID, group: GID, 'journal.ephemeral': true };
  const daemon = await startDaemon({ main: openMain(), settings, socket });
  assert.is((await daemon.stop()).code, 0);
  assert.is(owner(real), `${UID}:${GID}`);
  assert.is(lstatSync(log).uid, 0);
});

privileges('who asks for the user that it is has nothing to give up', async () => {
  const daemon = await startDaemon({ settings: { user: process.getuid?.() ?? 0 } });
  assert.is((await daemon.stop()).code, 0);
});

privileges.run();
