/** Steps of the history that are made a run at a time, as soon as somebody wants one of them. */

import type { MirrorRun, MirrorSteps } from '../port/mirror.ts';
import type { OlderSteps, Step } from '../project/history.ts';

interface Run {
  readonly run: MirrorRun;
  /** Where it begins among the steps of all runs. */
  readonly begin: number;
}

export class Runs implements OlderSteps {
  readonly #make: (run: MirrorRun) => Step[];
  readonly #runs: Run[] = [];
  /** Of the steps of all runs, those in [start, end) are left. */
  #start: number;
  #end: number;
  /** What was made of the first run. */
  #first: { readonly run: MirrorRun; readonly steps: readonly Step[] } | undefined;

  constructor({ runs, start, end }: MirrorSteps, make: (run: MirrorRun) => Step[]) {
    this.#make = make;
    this.#start = start;
    this.#end = end;
    let begin = 0;
    for (const run of runs) {
      this.#runs.push({ run, begin });
      begin += run.numbers.length;
    }
  }

  get length(): number {
    return this.#end - this.#start;
  }

  numberAt(place: number): number {
    const at = this.#start + place;
    const runs = this.#runs;
    let [low, high] = [0, runs.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (runs[middle]!.begin <= at) low = middle;
      else high = middle - 1;
    }
    const { run, begin } = runs[low]!;
    return run.numbers[at - begin]!;
  }

  pop(): Step[] {
    const { run, begin } = this.#runs.pop()!;
    const steps = this.#made(run).slice(Math.max(this.#start - begin, 0), this.#end - begin);
    this.#end -= steps.length;
    return steps;
  }

  shift(): Step {
    const { run, begin } = this.#runs[0]!;
    const step = this.#made(run)[this.#start - begin]!;
    this.#start++;
    if (this.#start === begin + run.numbers.length) this.#runs.shift();
    return step;
  }

  #made(run: MirrorRun): readonly Step[] {
    if (this.#first?.run === run) return this.#first.steps;
    const steps = this.#make(run);
    if (run === this.#runs[0]?.run) this.#first = { run, steps };
    return steps;
  }
}
