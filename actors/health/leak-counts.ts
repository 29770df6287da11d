/**
 * The `counts` effect of the leak search: hears whether debug lines are on, and counts when it is
 * told to. Off it costs a listener; counting takes a millisecond for a thousand actors.
 */

import { readdirSync } from 'node:fs';
import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import type { Logger } from 'pino';
import { type AnyActorRef, fromCallback } from 'xstate';
import { collectGarbage } from '../../engine/port/collect.ts';
import type { CountsCommand, LeaksEvent } from '../../machines/leaks.ts';
import { figuresOf } from '../vitals.ts';

/** Where the counts come from that are kept elsewhere anyway. */
export interface LeakSources {
  readonly log: Logger;
  /** The root of the tree, once it has started. */
  readonly root: () => AnyActorRef;
  readonly counters: { readonly requests: number };
  readonly connections: ReadonlyMap<number, { readonly replies: { readonly open: number } }>;
  readonly projects: { all(): Iterable<unknown> };
  readonly jobs: { list(): { readonly length: number } };
  readonly ledger: { readonly bytes: number };
  readonly pulses: { silences(): { readonly length: number } };
}

/** Kinds of actors, and of handles, that are told apart; the rest is `other`. */
const KINDS_MAX = 48;

export function leakCountsEffect(sources: LeakSources) {
  const { log } = sources;
  return fromCallback<CountsCommand, undefined>(({ receive, sendBack }) => {
    const say = sendBack as (event: LeaksEvent) => void;
    let heap: HeapWatch | undefined;
    let requests_before = sources.counters.requests;
    let on = false;
    const hear = () => {
      if (log.isLevelEnabled('debug') === on) return;
      on = !on;
      say({ type: on ? 'debug.on' : 'debug.off' });
    };
    receive((command) => {
      if (command.type === 'count.end') {
        heap?.stop();
        heap = undefined;
        return;
      }
      heap ??= new HeapWatch();
      if (command.collect) heap.collect();
      const { requests } = sources.counters;
      const { collections, ...memory } = heap.take();
      const figures = { ...memory, ...counted(sources), requests: requests - requests_before };
      requests_before = requests;
      say({ type: 'count.done', counts: { at_ms: performance.now(), collections, figures } });
    });
    // A program that embeds the daemon may bring a log of its own.
    const changes = 'on' in log;
    if (changes) log.on('level-change', hear);
    hear();
    return () => {
      if (changes) log.off('level-change', hear);
      heap?.stop();
    };
  });
}

/** The least that the heap was: most of what a collection leaves is not garbage. */
class HeapWatch {
  readonly #observer: PerformanceObserver;
  #collections = 0;
  #least = heapNow();

  constructor() {
    this.#observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { kind } = (entry as PerformanceEntry & { detail?: { kind?: number } }).detail ?? {};
        if (kind !== constants.NODE_PERFORMANCE_GC_MAJOR) continue;
        this.#collections += 1;
        try {
          this.#least = lesser(this.#least, heapNow());
        } catch {
          // No descriptor is left, which Node needs for it. Thrown on, it would end the daemon.
        }
      }
    });
    this.#observer.observe({ entryTypes: ['gc'] });
  }

  /** What there was since the last time. */
  take() {
    const now = heapNow();
    const taken = {
      ...lesser(this.#least, now),
      rss: process.memoryUsage.rss(),
      collections: this.#collections,
    };
    this.#collections = 0;
    this.#least = now;
    return taken;
  }

  /** A full collection: some milliseconds for each 10 MB. */
  collect(): void {
    collectGarbage();
    this.#collections += 1;
    this.#least = lesser(this.#least, heapNow());
  }

  stop(): void {
    this.#observer.disconnect();
  }
}

type Heap = Readonly<Record<'heap used' | 'external' | 'array buffers', number>>;

function heapNow(): Heap {
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return { 'heap used': heapUsed, external, 'array buffers': arrayBuffers };
}

function lesser(a: Heap, b: Heap): Heap {
  return a['heap used'] < b['heap used'] ? a : b;
}

function counted(sources: LeakSources): Record<string, number> {
  const { connections, projects, jobs, ledger, pulses } = sources;
  let open = 0;
  for (const { replies } of connections.values()) open += replies.open;
  let projects_count = 0;
  for (const _ of projects.all()) projects_count += 1;
  return {
    ...actorsByKind(sources.root()),
    ...handlesByType(),
    ...descriptors(),
    connections: connections.size,
    projects: projects_count,
    jobs: jobs.list().length,
    'held bytes': ledger.bytes,
    'requests under way': open,
    'worker threads': pulses.silences().length,
  };
}

/** Of `connection:7` the kind is `connection`; with the voxels that engines have reported. */
function actorsByKind(root: AnyActorRef): Record<string, number> {
  const kinds = new Map<string, number>();
  let voxel_bytes = 0;
  const left: AnyActorRef[] = [root];
  for (let actor = left.pop(); actor !== undefined; actor = left.pop()) {
    count(kinds, actor.id.split(':')[0] ?? '');
    if (actor.id === 'calls') voxel_bytes += Number(figuresOf(actor)?.voxel_bytes ?? 0);
    const { children = {} }: { children?: Record<string, AnyActorRef | undefined> } =
      actor.getSnapshot();
    for (const child of Object.values(children)) if (child !== undefined) left.push(child);
  }
  return { ...named('actors', kinds), 'voxel bytes': voxel_bytes };
}

/** Those that keep the process alive. */
function handlesByType(): Record<string, number> {
  const types = new Map<string, number>();
  let timers = 0;
  for (const type of process.getActiveResourcesInfo()) {
    if (type === 'Timeout') timers += 1;
    else count(types, type);
  }
  return { ...named('handles', types), timers };
}

function count(kinds: Map<string, number>, kind: string): void {
  const known = kinds.has(kind) || kinds.size < KINDS_MAX ? kind : 'other';
  kinds.set(known, (kinds.get(known) ?? 0) + 1);
}

function named(what: string, kinds: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...kinds].map(([kind, number]) => [`${what} ${kind}`, number]));
}

/** Where the system tells them: on Linux. */
function descriptors(): Record<string, number> {
  try {
    return { descriptors: readdirSync('/proc/self/fd').length };
  } catch {
    return {};
  }
}
