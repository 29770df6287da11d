/** A daemon is replaced by another process, and its clients notice nothing, whatever happens. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli } from '../support/cli.ts';
import { freePort } from '../support/free-port.ts';
import { eventually, RawConnection, request } from '../support/raw.ts';
import { SEED } from '../support/seed.ts';
import { temporaryDirectory } from '../support/tmp.ts';
import {
  edited,
  FINE,
  isThere,
  type Place,
  upgrade,
  VOXEL,
  withPlace,
} from '../support/upgraded.ts';
import { campaign } from '../upgrade/campaign.ts';

const upgrades = suite('upgrade');

upgrades('clients that come, go and stay lose nothing in three of them', async () => {
  const { faults, lost, exit_code, pids, ...counts } = await campaign({ upgrades: 3, seed: SEED });
  process.stdout.write(`${JSON.stringify(counts)}\n`);
  assert.equal(faults.slice(0, 10), []);
  assert.is(lost, 0);
  assert.is(exit_code, 0);
  assert.is(new Set(pids).size, 4, pids.join());
  assert.ok(counts.requests > 100, `${counts.requests} requests`);
});

/** Each puts something wrong in place, and gives what the command must say and end with. */
const BROKEN: Readonly<Record<string, (place: Place) => { code: number; says: RegExp }>> = {
  'a configuration that is wrong': ({ config }) => {
    writeFileSync(config, 'logging: { level: loudest }\n');
    return { code: 78, says: /logging\.level/ };
  },
  'a program that ends': ({ program }) => {
    program.put('console.error("a library is missing"); process.exit(3);');
    return { code: 75, says: /it ended with code 3[\s\S]*a library is missing/ };
  },
  'a program that cannot be read': ({ program }) => {
    program.put('this is no program');
    return { code: 75, says: /SyntaxError/ };
  },
  'one that hands over in another way': ({ program }) => {
    program.restore(
      'const e = JSON.parse(process.env._GOXEL_UPGRADE); e.protocol = 99;' +
        'process.env._GOXEL_UPGRADE = JSON.stringify(e);',
    );
    return { code: 76, says: /another way/ };
  },
};

upgrades('one that does not come up changes nothing', async () => {
  await withPlace(async (place) => {
    const { daemon, program, config, pid } = place;
    const before = await RawConnection.open(daemon.socket);
    await before.call('echo', ['hello']);
    for (const [name, spoil] of Object.entries(BROKEN)) {
      const { code, says } = spoil(place);
      const asked = await upgrade(place);
      assert.is(asked.code, code, `${name}: ${asked.stderr}`);
      assert.match(asked.stderr, says, name);
      assert.is(pid(), daemon.pid, name);
      assert.is((await before.call('echo', [name])).error, undefined, name);
      const fresh = await RawConnection.open(daemon.socket);
      assert.is((await fresh.call('ping', [])).error, undefined, name);
      fresh.destroy();
      program.restore();
      writeFileSync(config, FINE);
    }
    const last = await upgrade(place);
    assert.is(last.code, 0, last.stderr);
    assert.is.not(pid(), daemon.pid);
    assert.is((await before.call('echo', ['still'])).error, undefined);
    before.destroy();
    assert.is((await daemon.exited()).code, 0);
  });
});

upgrades('one that hangs is given up', async () => {
  await withPlace(
    async (place) => {
      place.program.put('setInterval(() => {}, 1000);');
      const { code, stderr } = await upgrade(place);
      assert.is(code, 75);
      assert.match(stderr, /not ready in time/);
      assert.is(place.pid(), place.daemon.pid);
    },
    { env: { GOXEL_START_TIMEOUT: '2' } },
  );
});

upgrades('one at a time; one that is killed is none', async () => {
  await withPlace(async (place) => {
    const { daemon, program, pid } = place;
    program.put("console.error('pid ' + process.pid); setInterval(() => {}, 1000);");
    const first = upgrade(place);
    await eventually('it was started', () => /^pid \d+$/m.test(daemon.stderr()));
    const second = await upgrade(place);
    assert.is(second.code, 75);
    assert.match(second.stderr, /another upgrade is under way/);
    process.kill(Number(/^pid (\d+)$/m.exec(daemon.stderr())?.[1]), 'SIGKILL');
    const { code, stderr } = await first;
    assert.is(code, 75);
    assert.match(stderr, /killed by SIGKILL/);
    program.restore();
    const reload = await cli('reload', '--exec', '--socket', daemon.socket);
    assert.is(reload.code, 0, reload.stderr);
    assert.is.not(pid(), daemon.pid);
  });
});

upgrades('when the old process dies meanwhile the new one goes on', async () => {
  await withPlace(async (place) => {
    const { daemon, program, pid } = place;
    program.restore(
      "process.stderr.write('it begins\\n'); await new Promise((r) => setTimeout(r, 500));",
    );
    const asked = upgrade(place);
    await eventually('it was started', () => daemon.stderr().includes('it begins'));
    await daemon.kill();
    assert.is.not((await asked).code, 0);
    await eventually('the other one has all', () => pid() !== daemon.pid);
    const client = await RawConnection.openEventually(daemon.socket);
    const { result } = await client.call('status', []);
    assert.is((result as { pid: number }).pid, pid());
    client.destroy();
  });
});

upgrades('half a request goes along, in each framing', async () => {
  // However long the upgrade takes, it has not stood still for too long.
  const settings = {
    'limits.stalled_text_timeout_ms': 60_000,
    'limits.partial_frame_timeout_ms': 60_000,
  };
  const halved = async (place: Place) => {
    const { daemon } = place;
    const text = request('echo', { word: 'whole' }, 7).trim();
    const halves: readonly (readonly [string, string])[] = [
      [text.slice(0, 20), `${text.slice(20)}\n`],
      [`Content-Length: ${text.length}\r\n\r\n${text.slice(0, 9)}`, text.slice(9)],
      ['Content-Le', `ngth: ${text.length}\r\n\r\n${text}`],
    ];
    const clients = await Promise.all(halves.map(() => RawConnection.open(daemon.socket)));
    for (const [n, client] of clients.entries()) await client.written(halves[n]![0]);
    const { code, stderr } = await upgrade(place);
    assert.is(code, 0, stderr);
    for (const [n, client] of clients.entries()) {
      client.write(halves[n]![1]);
      await eventually(`${halves[n]![0]} is answered`, () =>
        /"id":7.*whole|whole.*"id":7/s.test(client.received.toString()),
      );
      client.destroy();
    }
  };
  await withPlace(halved, { settings });
});

upgrades('a token is shown once, over TCP', async () => {
  const tokens = join(temporaryDirectory(), 'tokens');
  const token = 'abcdefghijklmnopqrstuvwxyz0123456789';
  writeFileSync(tokens, `standard ${token} editor\n`, { mode: 0o600 });
  const port = await freePort();
  const tcp = { 'sockets.tcp.enabled': true, 'sockets.tcp.port': port };
  const settings = { ...tcp, 'security.token_file': tokens };
  await withPlace(
    async (place) => {
      const known = await RawConnection.open(port);
      await known.call('system.authenticate', { token });
      const stranger = await RawConnection.open(port);
      const { code, stderr } = await upgrade(place);
      assert.is(code, 0, stderr);
      assert.is((await known.call('echo', ['known'])).error, undefined);
      assert.is((await known.call('shutdown', [])).error?.data.code, 'GOX_FORBIDDEN');
      assert.is((await stranger.call('ping', [])).error?.data.code, 'GOX_UNAUTHENTICATED');
      for (const one of [known, stranger]) one.destroy();
    },
    { settings },
  );
});

/** Has the new process do something at the moment in which it is ready, or runs. */
const at = (moment: 'ready' | 'running', does: string) =>
  `const send = process.send.bind(process);
process.send = (message, ...rest) => {
  if (message.type === '${moment}') ${does};
  return send(message, ...rest);
};`;

for (const moment of ['ready', 'running'] as const) {
  upgrades(`a new process that dies when it is ${moment} has taken nothing along`, async () => {
    await withPlace(async (place) => {
      const { daemon, program, pid } = place;
      const client = await edited(daemon.socket);
      program.restore(at(moment, 'process.exit(9)'));
      const { code, stderr } = await upgrade(place);
      assert.is(code, 75, stderr);
      assert.is(pid(), daemon.pid);
      assert.ok(await isThere(client));
      const fresh = await RawConnection.open(daemon.socket);
      assert.ok(await isThere(fresh));
      await fresh.call('goxel.add_voxel', { ...VOXEL, x: 7, color: '#3366CC' });
      program.restore();
      const again = await upgrade(place);
      assert.is(again.code, 0, again.stderr);
      for (const one of [client, fresh]) {
        assert.ok(await isThere(one));
        one.destroy();
      }
    });
  });
}

upgrades('when the old process dies at the last moment its connections stay', async () => {
  await withPlace(async (place) => {
    const { daemon, program, pid } = place;
    const client = await edited(daemon.socket);
    program.restore(at('running', "process.kill(process.ppid, 'SIGKILL')"));
    await upgrade(place);
    assert.is((await daemon.exited()).signal, 'SIGKILL');
    assert.ok(await isThere(client));
    assert.is.not(pid(), daemon.pid);
    client.destroy();
  });
});

upgrades('what is kept nowhere is not lost by it', async () => {
  await withPlace(
    async (place) => {
      const client = await edited(place.daemon.socket);
      const refused = await upgrade(place);
      assert.is(refused.code, 75);
      assert.match(refused.stderr, /kept nowhere/);
      await client.call('goxel.close_project', { project: 'tower' });
      const { code, stderr } = await upgrade(place);
      assert.is(code, 0, stderr);
      client.destroy();
    },
    { args: ['--ephemeral'] },
  );
});

upgrades.run();
