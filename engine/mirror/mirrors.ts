/**
 * When the main thread is told what became of the projects of an engine. To make a project anew,
 * what was done since it was last told has to be done again; so it is told as soon as that has
 * taken a while, and has no part in what each edit costs.
 */

import type { Kept, Mirrored } from '../port/layout.ts';
import type { Project } from '../project/project.ts';
import { ProjectMirror } from './project-mirror.ts';

/** A wait that nobody notices, and still many times what telling costs. */
const DUE_MS = 20;
/** While there is nothing else to do. */
const IDLE_DUE_MS = 5;

interface Followed {
  readonly project: Project;
  readonly mirror: ProjectMirror;
  /** Of the last record by when it was looked at. */
  sequence: number;
  /** What was done since it was last told of took so long. */
  ran_ms: number;
}

export class Mirrors {
  readonly #followed = new Map<number, Followed>();
  /** Those that are to be told of with the next answer. */
  readonly #due = new Set<number>();
  readonly #onDefect: (error: unknown) => void;

  /** @param onDefect hears why a project could not be told of; it is tried again later */
  constructor(onDefect: (error: unknown) => void) {
    this.#onDefect = onDefect;
  }

  /** Follows a project that begins empty, or as it is kept; before anything is done to it. */
  follow(number: number, project: Project, kept?: Kept): void {
    const mirror = new ProjectMirror(project);
    if (kept?.mirror !== undefined) mirror.restore(kept.mirror);
    this.#followed.set(number, { project, mirror, sequence: project.records.sequence, ran_ms: 0 });
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
    if (one.ran_ms >= DUE_MS) this.#due.add(number);
  }

  /** What is due; right after the records of what was done were taken. */
  take(idle = false): Mirrored[] {
    if (!idle && this.#due.size === 0) return [];
    const mirrored: Mirrored[] = [];
    for (const project of idle ? this.#followed.keys() : this.#due) {
      const one = this.#followed.get(project)!;
      if (one.ran_ms < IDLE_DUE_MS) continue;
      one.ran_ms = 0;
      try {
        mirrored.push({ project, delta: one.mirror.delta(one.sequence) });
      } catch (error) {
        this.#onDefect(error);
      }
    }
    this.#due.clear();
    return mirrored;
  }
}
