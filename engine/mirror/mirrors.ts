/**
 * When the main thread is told what became of the projects of an engine. To make a project anew,
 * what was done since it was last told has to be done again; so it is told as soon as that has
 * taken a while, and has no part in what each edit costs.
 */

import type { Kept, Mirrored } from '../port/layout.ts';
import type { MirrorDelta } from '../port/mirror.ts';
import type { Project } from '../project/project.ts';
import { ProjectMirror } from './project-mirror.ts';

/** A wait that nobody notices; and one that somebody may, for the sake of edits. */
const DUE_MS_MIN = 20;
const DUE_MS_MAX = 100;
/** While there is nothing else to do. */
const IDLE_DUE_MS = 5;
/** Telling takes no more than this part of the time. */
const COST_PART = 0.1;
/** What a block costs that was told of: to be posted, and copied when it is written next. */
const BLOCK_MS = 0.012;

interface Followed {
  readonly project: Project;
  readonly mirror: ProjectMirror;
  /** Of the last record by when it was looked at. */
  sequence: number;
  /** What was done since it was last told of took so long. */
  ran_ms: number;
  /** It is told when that is so much. */
  due_ms: number;
}

export class Mirrors {
  readonly #followed = new Map<number, Followed>();
  /** Those that are to be told of with the next answer. */
  readonly #due = new Set<number>();
  readonly #now_ms: () => number;
  readonly #onDefect: (error: unknown) => void;

  /** @param onDefect hears why a project could not be told of; it is tried again later */
  constructor(now_ms: () => number, onDefect: (error: unknown) => void) {
    this.#now_ms = now_ms;
    this.#onDefect = onDefect;
  }

  /** Follows a project that begins empty, or as it is kept; before anything is done to it. */
  follow(number: number, project: Project, kept?: Kept): void {
    const mirror = new ProjectMirror(project);
    if (kept?.mirror !== undefined) mirror.restore(kept.mirror);
    const { sequence } = project.records;
    this.#followed.set(number, { project, mirror, sequence, ran_ms: 0, due_ms: DUE_MS_MIN });
  }

  forget(number: number): void {
    this.#followed.delete(number);
    this.#due.delete(number);
  }

  /** Something was done to a project, which took so long. */
  ran(number: number, ms: number): void {
    const one = this.#followed.get(number);
    if (one === undefined) return;
    const { sequence } = one.project.records;
    // What only looks need not be done again.
    if (sequence === one.sequence) return;
    one.sequence = sequence;
    one.ran_ms += ms;
    if (one.ran_ms >= one.due_ms) this.#due.add(number);
  }

  /** What is due; right after the records of what was done were taken. */
  take(idle = false): Mirrored[] {
    if (!idle && this.#due.size === 0) return [];
    const mirrored: Mirrored[] = [];
    for (const project of idle ? this.#followed.keys() : this.#due) {
      const one = this.#followed.get(project)!;
      if (one.ran_ms < IDLE_DUE_MS) continue;
      try {
        mirrored.push({ project, delta: this.#tell(one) });
      } catch (error) {
        this.#onDefect(error);
      }
    }
    this.#due.clear();
    return mirrored;
  }

  #tell(one: Followed): MirrorDelta {
    one.ran_ms = 0;
    const began = this.#now_ms();
    const delta = one.mirror.delta(one.sequence);
    const cost_ms = this.#now_ms() - began + BLOCK_MS * blocksIn(delta);
    one.due_ms = Math.min(Math.max(cost_ms / COST_PART, DUE_MS_MIN), DUE_MS_MAX);
    return delta;
  }
}

function blocksIn({ volumes }: MirrorDelta): number {
  let blocks = 0;
  for (const { pages } of volumes) for (const { ids } of pages) blocks += ids.length;
  return blocks;
}
