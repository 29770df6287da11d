/** What can be said of a daemon without asking it: from files, and from what the system tells. */

import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import type { LoadedConfig } from '../../../conf/load.ts';
import type { Config } from '../../../conf/schema.ts';
import { part, settings } from '../../report/daemon-report.ts';
import { start, versions } from '../../report/process.ts';
import { listenerOf, readPidFile } from '../control/daemon-process.ts';
import { userName } from '../socket-owner.ts';

/** @param loaded undefined when the configuration cannot be used; `problem` says why then */
export function localReport(loaded: LoadedConfig | undefined, problem: string | undefined) {
  const config = loaded?.config;
  const needed = <T>(make: (config: Config) => T) =>
    part(() => {
      if (config === undefined) throw new Error('which one is not known without a configuration');
      return make(config);
    });
  return {
    versions: part(versions),
    start: part(() => start()),
    configuration: part(() => {
      if (loaded === undefined) throw new Error(problem);
      const { origins, warnings } = loaded;
      return { warnings, settings: settings(loaded.config, origins) };
    }),
    socket: needed(({ sockets }) => fileFacts(sockets.unix.path)),
    pid_file: needed((one) => pidFileFacts(one.pid_file)),
    process: needed(processFacts),
  };
}

/** What lies at a path: not what is in it. */
function fileFacts(path: string) {
  const link = lstatSync(path, { throwIfNoEntry: false });
  if (link === undefined) return { path, there: false };
  const stats = statSync(path, { throwIfNoEntry: false }) ?? link;
  const kind = stats.isSocket() ? 'socket' : stats.isFile() ? 'file' : 'something else';
  return {
    ...{ path, there: true, kind, link: link.isSymbolicLink() },
    mode: (stats.mode & 0o7777).toString(8).padStart(4, '0'),
    owner: userName(stats.uid),
    since: stats.mtime.toISOString(),
  };
}

function pidFileFacts(path: string) {
  return path === '' ? { configured: false } : { ...fileFacts(path), found: readPidFile(path) };
}

function processFacts({ pid_file, sockets }: Config) {
  const file = pid_file === '' ? undefined : readPidFile(pid_file);
  const found = file?.kind === 'held' ? file.process : listenerOf(sockets.unix.path);
  if (found === undefined) throw new Error('no process of a daemon was found, or none we may see');
  const place = `/proc/${found.pid}`;
  return {
    pid: found.pid,
    command: part(() => text(`${place}/cmdline`).split('\0').slice(0, -1)),
    status: part(() => fields(text(`${place}/status`), STATUS_FIELDS)),
    limits: part(() => text(`${place}/limits`).split('\n').filter(Boolean)),
    descriptors: part(() => readdirSync(`${place}/fd`).length),
    threads: part(() => readdirSync(`${place}/task`).map((id) => threadState(place, id))),
  };
}

const STATUS_FIELDS = [
  ...['Name', 'State', 'Uid', 'Gid', 'VmPeak', 'VmSize', 'VmHWM', 'VmRSS', 'VmSwap', 'Threads'],
  ...['SigBlk', 'SigIgn', 'SigCgt', 'voluntary_ctxt_switches', 'nonvoluntary_ctxt_switches'],
];

function fields(status: string, wanted: readonly string[]) {
  const pairs = status.split('\n').map((line): [string, string] => {
    const [name = '', value = ''] = line.split(/:\s*/, 2);
    return [name, value];
  });
  return Object.fromEntries(pairs.filter(([name]) => wanted.includes(name)));
}

/** What a thread is called and does: `goxel-supervisor S`. */
function threadState(place: string, id: string): string {
  const stat = text(`${place}/task/${id}/stat`);
  const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
  return `${name} ${stat.charAt(stat.lastIndexOf(')') + 2)}`;
}

function text(path: string): string {
  return readFileSync(path, 'utf8');
}
