/** Clients that come when the daemon has no descriptors left: they are told, and it recovers. */

import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Daemon, withDaemon } from '../support/daemon.ts';
import { eventually, RawConnection, request } from '../support/raw.ts';
import { withTool } from '../support/tools.ts';

const descriptors = suite('descriptors');
const test = withTool(descriptors, 'prlimit');

/** More than the daemon keeps for itself. */
const CLIENTS = 40;
/** Descriptors that are left, most of which the daemon keeps for itself. */
const LEFT = 28;
const MAX = 1024;
/** It looks at its limit once a second. */
const NOTICED_MS = 1200;
const SETTINGS = { 'workers.count': 1, 'performance.max_connections': 200 };

/** The number that the next descriptor gets. */
function lowestFree({ pid }: Daemon): number {
  const open = new Set(readdirSync(`/proc/${pid}/fd`));
  let number = 0;
  while (open.has(String(number))) number += 1;
  return number;
}

/** How many it may have open from now on. */
function allow({ pid }: Daemon, files: number): void {
  execFileSync('prlimit', ['--pid', String(pid), `--nofile=${files}:`]);
}

/** Waits until its engine has started, which opens and closes files. */
async function isReady(client: RawConnection | undefined): Promise<void> {
  const reply = await client?.ask(request('goxel.add_voxel', [0, 0, 0, '#ff0000'], 1));
  assert.match(reply ?? '', '"success":true');
}

/** What so many clients are answered that come one after the other; nothing for who was cut. */
async function answers(daemon: Daemon, clients: RawConnection[], count: number) {
  const replies: string[] = [];
  for (let client = 0; client < count; client++) {
    const connection = await RawConnection.open(daemon.socket);
    clients.push(connection);
    replies.push(await connection.ask(request('ping', {}, 1)).catch(() => ''));
  }
  return replies;
}

async function isServed(daemon: Daemon): Promise<boolean> {
  const clients: RawConnection[] = [];
  const [reply = ''] = await answers(daemon, clients, 1);
  clients[0]?.destroy();
  return reply.includes('pong');
}

test('who comes when few are left is told so, and the log says what to raise', () =>
  withDaemon({ settings: SETTINGS }, async (daemon) => {
    const clients: RawConnection[] = [];
    // They fill the gaps, so that all numbers above theirs are free.
    for (const reply of await answers(daemon, clients, CLIENTS)) assert.match(reply, 'pong');
    await isReady(clients[0]);
    allow(daemon, lowestFree(daemon) + LEFT);
    await sleep(NOTICED_MS);
    const replies = await answers(daemon, clients, CLIENTS);
    const served = replies.filter((reply) => reply.includes('pong')).length;
    const told = replies.filter((reply) => reply.includes('GOX_TOO_MANY_CONNECTIONS'));
    assert.ok(served > 2 && served < LEFT, `${served} were served`);
    assert.ok(told.length > 2, `${told.length} were told`);
    assert.match(told[0] ?? '', /The daemon may have \d+ files and sockets open/);
    assert.match(daemon.stdout(), 'too few file descriptors are left for another client');
    // What stands goes on.
    const edit = request('goxel.add_voxel', [0, 0, 0, '#ff0000'], 2);
    assert.match((await clients[0]?.ask(edit)) ?? '', '"success":true');
    for (const client of clients.splice(1)) client.destroy();
    await eventually('there is a place again', () => isServed(daemon));
    for (const client of clients) client.destroy();
  }));

test('without any the daemon lives, and serves again when there are some', () =>
  withDaemon({ settings: SETTINGS }, async (daemon) => {
    const stays = await RawConnection.open(daemon.socket);
    assert.match(await stays.ask(request('ping', {}, 1)), 'pong');
    await isReady(stays);
    allow(daemon, lowestFree(daemon));
    const clients: RawConnection[] = [];
    const replies = await answers(daemon, clients, 10);
    // Now and then the daemon itself has closed something.
    assert.ok(replies.filter((reply) => reply === '').length > 4, 'they are closed');
    assert.match(await stays.ask(request('ping', {}, 2)), 'pong');
    allow(daemon, MAX);
    await eventually('it serves again', () => isServed(daemon));
    assert.not.match(daemon.stdout(), /"level":(50|60)/);
    for (const client of [stays, ...clients]) client.destroy();
  }));

descriptors.run();
