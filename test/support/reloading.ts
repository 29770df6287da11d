/** A daemon with a configuration file that tests change while it runs. */

import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Change } from '../../conf/changes.ts';
import { type Daemon, type DaemonOptions, startDaemon } from './daemon.ts';
import { eventually, RawConnection, type RawReply } from './raw.ts';
import { temporaryDirectory } from './tmp.ts';

type Settings = Readonly<Record<string, unknown>>;

export interface Reloaded {
  readonly applied: readonly Change[];
  readonly restart_needed: readonly Change[];
  readonly unchanged: boolean;
}

export interface ReloadingDaemon {
  readonly daemon: Daemon;
  readonly directory: string;
  readonly file: string;
  readonly client: RawConnection;
  /** Puts other settings into the file, by their keys, in one step. */
  write(settings: Settings): void;
  /** The same with a text. */
  writeText(text: string): void;
  /** Asks for a reload; its result, or throws the error. */
  reload(settings?: Settings): Promise<Reloaded>;
  /** The problems of a reload that must be refused. */
  refusal(): Promise<readonly string[]>;
  /** Sends SIGHUP and waits for what the log says of it. */
  hup(): Promise<Record<string, unknown>>;
  /** Lines of the log with this message. */
  told(msg: RegExp): Record<string, unknown>[];
}

/** Runs `use` on a daemon that must stop in order afterwards. */
export async function withReloading(
  first: Settings,
  use: (one: ReloadingDaemon) => Promise<void>,
  options: DaemonOptions = {},
): Promise<void> {
  const directory = temporaryDirectory();
  const file = join(directory, 'daemon.yaml');
  const socket = options.socket ?? join(directory, 'd.sock');
  const writeText = (text: string) => {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  };
  const write = (settings: Settings) =>
    writeText(yamlOf({ 'sockets.unix.path': socket, ...settings }));
  write(first);
  const daemon = await startDaemon({
    ...{ ...options, socket, socket_in_file: true, args: ['--config', file] },
  });
  const client = await RawConnection.open(socket);
  const told = (msg: RegExp) =>
    daemon
      .stdout()
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => msg.test(String(line.msg)));
  const reload = async (settings?: Settings): Promise<Reloaded> => {
    if (settings !== undefined) write(settings);
    return resultOf(await client.call('supervisor.reload')) as Reloaded;
  };
  const refusal = async () => {
    const { error } = await client.call('supervisor.reload');
    if (error?.data?.code !== 'GOX_CONFIG') throw new Error(`it is no refusal: ${error?.message}`);
    return (error.data.details as unknown as { problems: readonly string[] }).problems;
  };
  const hup = async () => {
    const lines = () => told(/^the configuration was /);
    const before = lines().length;
    process.kill(daemon.pid, 'SIGHUP');
    await eventually('the log told of the reload', () => lines().length > before);
    return lines().at(-1) ?? {};
  };
  try {
    await use({ daemon, directory, file, client, write, writeText, reload, refusal, hup, told });
    client.destroy();
  } catch (error) {
    await daemon.kill();
    process.stderr.write(`the daemon printed:\n${daemon.stdout()}${daemon.stderr()}`);
    throw error;
  }
  const { code, signal } = await daemon.stop();
  if (code !== 0) throw new Error(`the daemon ended with ${code ?? signal}\n${daemon.stdout()}`);
}

export function resultOf({ error, result }: RawReply): unknown {
  if (error !== undefined) throw new Error(JSON.stringify(error));
  return result;
}

/** `{'limits.depth_max': 32}` as a file. */
export function yamlOf(settings: Settings): string {
  const root: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(settings)) {
    const names = key.split('.');
    const last = names.pop() ?? '';
    let section = root;
    for (const name of names) {
      section[name] ??= {};
      section = section[name] as Record<string, unknown>;
    }
    section[last] = value;
  }
  return stringify(root);
}

/** Nested 20 deep. */
const DEEP = `${'['.repeat(20)}${']'.repeat(20)}`;

/** Whether a request so deep is taken. */
export async function takesDepth({ client }: ReloadingDaemon): Promise<boolean> {
  const reply = await client.ask(`{"jsonrpc":"2.0","id":1,"method":"echo","params":${DEEP}}\n`);
  return !reply.includes('GOX_TOO_DEEP') && reply.includes('"result"');
}

export function keysOf(changes: readonly { readonly key: string }[]): string[] {
  return changes.map(({ key }) => key);
}

interface Status {
  readonly engines: readonly { readonly id: string; readonly state: string }[];
}

/** The engines with their states, as `status` tells of them. */
export async function enginesOf({ client }: ReloadingDaemon): Promise<string> {
  const { engines } = resultOf(await client.call('status')) as Status;
  return engines.map(({ id, state }) => `${id} ${state}`).join(', ');
}
