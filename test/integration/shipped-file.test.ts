/**
 * The shipped configuration file is one of a service: started by root on a machine that has the
 * user goxel and its home, the daemon goes on as that user and makes the rest. The machine is a
 * mount namespace with empty /tmp, /var and its own users, so that nothing is left behind.
 */

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bindProgram, noContainers } from '../support/container.ts';
import { DAEMON_MAIN } from '../support/daemon.ts';
import { DAEMON_YAML } from '../support/daemon-yaml.ts';
import { ROOT } from '../support/modules.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const TIMEOUT_MS = 60_000;
const PROGRAM = '/mnt/program';
const UID = '4242';

/** $1 has the users, $2 is the program, $3 Node, $4 its main module, $5 the configuration. */
const SCRIPT = `
mount -t tmpfs tmpfs /mnt
mkdir ${PROGRAM}
${bindProgram('$2', PROGRAM)}
mount --bind "$1/passwd" /etc/passwd
mount --bind "$1/group" /etc/group
for directory in /var/log /var/lib "$(readlink -f /var/run)" /tmp; do
  mount -t tmpfs tmpfs "$directory"
done
chmod 1777 /tmp
eval "$6"
"$3" "$4" run --config "$5" > /var/lib/out 2>&1 &
pid=$!
for i in $(seq 150); do
  [ -S /tmp/goxel.sock ] && break
  kill -0 $pid 2> /dev/null || break
  sleep 0.2
done
"$3" "$4" call ping --config "$5" > /dev/null && echo answers
"$3" "$4" call ping --socket /tmp/goxel.sock 2> /dev/null || echo "refused with $?"
grep -s ^Uid /proc/$pid/status
echo "works in $(readlink /proc/$pid/cwd)"
stat -c '%n %a %U' /tmp/goxel.sock /var/log/goxel/daemon.log
echo "number $([ "$(cat /var/run/goxel/goxel.pid)" -eq $pid ] && echo fits)"
kill -TERM $pid
wait $pid
echo "ended with $?"
ls /tmp /var/run/goxel
cat /var/lib/out
`;

/** What is printed where the daemon starts after these commands. */
function serve(users: string, preparation: string): string {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'passwd'), `root:x:0:0::/root:/bin/sh\n${users}`);
  writeFileSync(join(directory, 'group'), `root:x:0:\ngoxel:x:${UID}:\n`);
  const inside = (path: string): string => join(PROGRAM, relative(ROOT, path));
  const args = [directory, ROOT, process.execPath, inside(DAEMON_MAIN), inside(DAEMON_YAML)];
  const namespace = ['--mount', 'sh', '-c', SCRIPT, 'sh', ...args, preparation];
  const { stdout, stderr } = spawnSync('unshare', namespace, {
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
    env: { PATH: process.env.PATH, HOME: '/root' },
  });
  return stdout + stderr;
}

const test = suite('the shipped configuration');
const reason = noContainers();
const where = reason === undefined ? test : test.skip;

const USER = `goxel:x:${UID}:${UID}::/var/lib/goxel:/usr/sbin/nologin\n`;

where('is that of a service which root starts', () => {
  const printed = serve(USER, `mkdir /var/lib/goxel && chown ${UID}:${UID} /var/lib/goxel`);
  for (const line of [
    'answers',
    'refused with 77',
    `Uid:\t${UID}\t${UID}\t${UID}\t${UID}`,
    'works in /var/lib/goxel',
    '/tmp/goxel.sock 666 goxel',
    'number fits',
    'ended with 0',
  ]) {
    assert.ok(printed.split('\n').includes(line), `${line}:\n${printed}`);
  }
  assert.match(printed, /\/var\/log\/goxel\/daemon\.log \d+ goxel/);
});

where('says what is missing without its user', () => {
  const printed = serve('', '');
  assert.match(printed, 'ended with 78');
  assert.match(printed, /there is no user goxel.*useradd/);
});

test.run();
