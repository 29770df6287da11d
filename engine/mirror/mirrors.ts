/**
 * When the main thread is told what became of the projects of an engine. To make a project anew,
 * what was done since it was last told has to be done again; so it is told as soon as that has
 * taken a while, and has no part in what each edit costs.
 */

import type { Kept, Mirrored, Records } from '../port/layout.ts';
import type { MirrorDelta } from '../port/mirror.ts';
import type { Project } from '../project/project.ts';
import { ProjectMirror } from './project-mirror.ts';

/** A wait that nobody notices; and one that somebody may, for the sake of edits. */
const DUE_MS_MIN = 20;
const DUE_MS_MAX = 100;
/** What a byte of a record costs that is done again: 5 ms a megabyte. */
const BYTE_MS = 5e-6;
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
  /** Those that the next answer is about: of no others the main thread can be told with it. */
  readonly #seen = new Set<number>();
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
    this.#seen.delete(number);
  }

  /** Something was done to a project, which took so long. */
  ran(number: number, ms: number): void {
    const one = this.#followed.get(number);
    if (one === undefined) return;
    this.#seen.add(number);
    const { sequence } = one.project.records;
    // What only looks need not be done again.
    if (sequence === one.sequence) return;
    one.sequence = sequence;
    one.ran_ms += ms;
  }

  /** A project that is followed was made anew, and what was done since its mirror took so long. */
  recovered(number: number, ms: number): void {
    const one = this.#followed.get(number)!;
    one.sequence = one.project.records.sequence;
    one.ran_ms = ms;
  }

  /** What is due with an answer, which has these records as well. */
  take(records: readonly Records[]): Mirrored[] {
    const mirrored: Mirrored[] = [];
    for (const { project, bytes } of records) {
      const one = this.#followed.get(project);
      // What was given over by a job did not take long, and may take long to be done again.
      if (one !== undefined) one.ran_ms += bytes.length * BYTE_MS;
    }
    for (const project of this.#seen) {
      const one = this.#followed.get(project)!;
      if (one.ran_ms < one.due_ms) continue;
      try {
        mirrored.push({ project, delta: this.#tell(one) });
      } catch (error) {
        this.#onDefect(error);
      }
    }
    this.#seen.clear();
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
