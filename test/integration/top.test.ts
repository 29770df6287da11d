/** `top` in a real terminal, and where there is none. */

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli } from '../support/cli.ts';
import { DAEMON_MAIN, withDaemon } from '../support/daemon.ts';
import { eventually, RawConnection, request } from '../support/raw.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const run = promisify(execFile);

const LOOK_MS = 100;

const LONG_RENDER = { width: 256, height: 256, trace: { samples: 10_000 } };

/** A terminal of its own, in which a shell runs. */
class Terminal {
  readonly #socket = join(temporaryDirectory(), 'tmux');

  tmux(...args: string[]): Promise<{ stdout: string }> {
    return run('tmux', ['-f', '/dev/null', '-S', this.#socket, ...args]);
  }

  async open(): Promise<void> {
    const shell = 'env PS1=ready ENV= sh';
    await this.tmux('-u', 'new-session', '-d', '-x', '120', '-y', '30', shell);
  }

  async type(...keys: string[]): Promise<void> {
    await this.tmux('send-keys', ...keys);
  }

  /** Waits until all of these are seen, and none of those that begin with !. */
  async sees(...texts: string[]): Promise<string> {
    let screen = '';
    const seen = (text: string) =>
      text.startsWith('!') ? !screen.includes(text.slice(1)) : screen.includes(text);
    await eventually(`the terminal shows ${texts.join(' and ')}`, async () => {
      // Each look is a process.
      await sleep(LOOK_MS);
      screen = (await this.tmux('capture-pane', '-p')).stdout;
      return texts.every(seen);
    }).catch((error: Error) => {
      throw new Error(`${error.message}, but\n${screen}`);
    });
    return screen;
  }
}

const test = suite('top');

test('prints once where there is no terminal; in one it lives, and leaves it as it was', () =>
  withDaemon({}, async ({ socket, pid }) => {
    const client = await RawConnection.open(socket);
    await client.call('goxel.add_voxel', [1, 2, 3, '#3366CC']);
    await printsOnce(socket);
    client.write(request('goxel.render_scene', LONG_RENDER, 7));
    const terminal = new Terminal();
    await terminal.open();
    try {
      const top = `'${process.execPath}' '${DAEMON_MAIN}' top --interval 0.2 --socket ${socket}`;
      await terminal.type(`${top}; echo "code $?"`, 'Enter');
      await terminal.sees(
        `process ${pid}`,
        'engine:0',
        'goxel.render_scene',
        'job 1: render',
        '!$?',
      );
      await terminal.type('3');
      await terminal.sees('goxel.render_scene', '!engine:0');
      await terminal.type('?');
      await terminal.sees('any key goes back');
      await terminal.type('x', '0');
      await terminal.tmux('resize-window', '-x', '60', '-y', '12');
      const small = await terminal.sees('engine:0', 'q quit', '…');
      assert.is(small.trimEnd().split('\n').length, 12);
      await terminal.type('q');
      await terminal.sees('code 0', '$?', '!engine:0');
      const { stdout } = await terminal.tmux(
        ...['display-message', '-p', '#{alternate_on} #{cursor_flag} #{wrap_flag}'],
      );
      assert.is(stdout.trim(), '0 1 1');
      await terminal.type('exec true', 'Enter');
    } finally {
      await terminal.tmux('kill-server').catch(() => {});
      client.destroy();
    }
  }));

test('says that the daemon is gone, finds the next one, and ends with what is true', async () => {
  const socket = join(temporaryDirectory(), 'd.sock');
  const terminal = new Terminal();
  try {
    await withDaemon({ socket }, async ({ pid }) => {
      await terminal.open();
      const top = `'${process.execPath}' '${DAEMON_MAIN}' top --interval 0.2 --socket ${socket}`;
      await terminal.type(`${top}; echo "code $?"`, 'Enter');
      await terminal.sees(`process ${pid}`);
    });
    await terminal.sees('no daemon answers on', 'engine:0', 'trying again');
    await withDaemon({ socket }, async ({ pid }) => {
      await terminal.sees(`process ${pid}`, '!no daemon answers');
    });
    await terminal.sees('no daemon answers on');
    await terminal.type('q');
    await terminal.sees('code 69', '!engine:0');
  } finally {
    await terminal.tmux('kill-server').catch(() => {});
  }
});

async function printsOnce(socket: string): Promise<void> {
  const [text, json] = await Promise.all([
    cli('top', '--socket', socket),
    cli('top', '--json', '--socket', socket),
  ]);
  assert.is(text.code, 0, text.stderr);
  assert.match(text.stdout, /^goxel-supervisor \d.* running {2}healthy/);
  assert.match(text.stdout, /\n {2}engine:1 {2}ready\.resting/);
  assert.not.match(text.stdout, '\x1b');
  const view = JSON.parse(json.stdout) as { threads: object[]; rates: { cpu: number } };
  assert.ok(view.threads.length >= 2);
  assert.type(view.rates.cpu, 'number');
}

test.run();
