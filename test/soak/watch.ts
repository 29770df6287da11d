/** What a daemon holds at a moment: by /proc for the process, by its own methods for the actors. */

import { readdirSync, readFileSync } from 'node:fs';
import type { Client } from '../../transport/client.ts';
import type { RawTree } from '../support/raw.ts';

/** Pages as /proc/PID/statm counts them. */
const PAGE_BYTES = 4096;
const MEBI = 2 ** 20;

/** What `status` may tell of the process's memory. */
interface Memory {
  readonly heap_used?: number;
  readonly external?: number;
  readonly array_buffers?: number;
}

/**
 * Sizes in MiB, all others counts:
 *
 * - `rss`, `anon`, `shared`: resident memory, and what of it is private or shared with others;
 * - `heap`, `external`, `buffers`: of the main thread, when `status` tells them;
 * - `fds`, `threads`, `actors`, `connections`, `jobs`, `projects`, `voxels` (MiB of them).
 */
export async function figuresOf(pid: number, client: Client): Promise<Record<string, number>> {
  const [tree, status, jobs, projects] = await Promise.all([
    client.call<RawTree>('supervisor.tree'),
    client.call<{ memory?: Memory; memory_allocated: number }>('status'),
    client.call<{ count: number }>('goxel.list_jobs'),
    client.call<{ count: number }>('goxel.list_projects'),
  ]);
  const { memory } = status;
  return {
    ...processFigures(pid),
    ...known('heap', memory?.heap_used),
    ...known('external', memory?.external),
    ...known('buffers', memory?.array_buffers),
    actors: count(tree, /./),
    connections: count(tree, /^connection:/),
    jobs: jobs.count,
    projects: projects.count,
    voxels: mebi(status.memory_allocated),
  };
}

function known(name: string, bytes: number | undefined): Record<string, number> {
  return bytes === undefined ? {} : { [name]: mebi(bytes) };
}

function processFigures(pid: number): Record<string, number> {
  const pages = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ').map(Number);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  return {
    rss: mebi(pages[1]! * PAGE_BYTES),
    anon: Math.round(kib('RssAnon') / 1024),
    shared: Math.round(kib('RssShmem') / 1024),
    fds: readdirSync(`/proc/${pid}/fd`).length,
    threads: readdirSync(`/proc/${pid}/task`).length,
  };
}

function mebi(bytes: number): number {
  return Math.round((bytes / MEBI) * 10) / 10;
}

function count(node: RawTree, id: RegExp): number {
  return node.children.reduce((sum, child) => sum + count(child, id), id.test(node.id) ? 1 : 0);
}
