/** What a process tells of itself in a report. */

import { cpus, release, totalmem, type } from 'node:os';
import { libc } from '../../actors/native/libc.ts';
import { VERSION } from '../../engine/catalogue/version.ts';

export function versions() {
  const { node, v8, uv, openssl } = process.versions;
  return {
    goxel_supervisor: VERSION,
    ...{ node, v8, uv, openssl },
    system: `${type()} ${release()} ${process.arch}`,
    processors: cpus().length,
    memory_bytes: totalmem(),
    /** Whether the package is there, without which some things are not. */
    koffi: libc() !== undefined,
  };
}

/** How it was started: its command line, and the variables that are about us. */
export function start(env: Readonly<Record<string, string | undefined>> = process.env) {
  const ours = Object.entries(env).filter(([name]) => OURS.test(name));
  return {
    command: [process.execPath, ...process.execArgv, ...process.argv.slice(1)],
    directory: directoryOf(),
    environment: Object.fromEntries(ours),
  };
}

const OURS = /^(GOXEL_.*|NODE_OPTIONS|NO_COLOR|FORCE_COLOR|TERM|LANG|TZ|NOTIFY_SOCKET)$/;

function directoryOf(): string {
  try {
    return process.cwd();
  } catch (error) {
    return `it is gone: ${(error as Error).message}`;
  }
}

/** What it has taken, and how many of each kind of handle keep it: nothing of what is in them. */
export function resources() {
  const handles: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) handles[kind] = (handles[kind] ?? 0) + 1;
  return { memory: process.memoryUsage(), usage: process.resourceUsage(), handles };
}
