/**
 * The jobs that are done but for what the engine of their project has to do: a load whose document
 * was read elsewhere, for one. They wait here for their turn between the engine's batches, also
 * while the engine is not there, or their project is being made anew.
 */

import { GoxError } from '../../conf/errors.ts';
import type { Call, HandedOver } from './call.ts';
import { lostError } from './project-errors.ts';

export class Handovers {
  #waiting: HandedOver[] = [];

  add(one: HandedOver): void {
    this.#waiting.push(one);
  }

  /** Those that have left and come back, before all that wait. */
  putBack(some: readonly HandedOver[]): void {
    this.#waiting.unshift(...some);
  }

  /** The next that can be ended now; those that cannot be any more are answered. */
  next(): HandedOver | undefined {
    if (this.#waiting.length === 0) return undefined;
    this.drop();
    const place = this.#waiting.findIndex(({ call }) => !call.project.replaying);
    return place < 0 ? undefined : this.#waiting.splice(place, 1)[0];
  }

  /** Answers those that cannot be ended any more. */
  drop(): void {
    const all = this.#waiting;
    if (all.length === 0) return;
    this.#waiting = [];
    for (const one of all) {
      const obstacle = obstacleTo(one);
      if (obstacle === undefined) this.#waiting.push(one);
      else failHandover(one, obstacle);
    }
  }

  /** Answers one with an error; nothing for a call that does not wait here. */
  cancel(call: Call, why: GoxError): void {
    const place = this.#waiting.findIndex((waiting) => waiting.call === call);
    for (const one of place < 0 ? [] : this.#waiting.splice(place, 1)) failHandover(one, why);
  }

  /** Answers all with an error. */
  fail(error: GoxError): void {
    for (const one of this.#waiting.splice(0)) failHandover(one, error);
  }
}

/** Where those of each engine are, and its queue, if it has one at this moment. */
interface Places {
  readonly handovers: Map<number, Handovers>;
  readonly calls: ReadonlyMap<number, { send(event: HandoverEvent): void }>;
}

type HandoverEvent =
  | ({ type: 'call.handover' } & HandedOver)
  | { type: 'call.cancel'; call: Call; why: GoxError };

/** Those of an engine. */
export function handoversOf({ handovers }: Pick<Places, 'handovers'>, engine: number): Handovers {
  const found = handovers.get(engine);
  if (found !== undefined) return found;
  const made = new Handovers();
  handovers.set(engine, made);
  return made;
}

/** Gives a job that is done to the engine of its project. */
export function handOver(places: Places, one: HandedOver): void {
  const { engine } = one.call.project;
  const queue = places.calls.get(engine);
  if (queue === undefined) handoversOf(places, engine).add(one);
  else queue.send({ type: 'call.handover', ...one });
}

/** Has it given up there, which answers it. */
export function takeBack(places: Places, call: Call, why: GoxError): void {
  const { engine } = call.project;
  const queue = places.calls.get(engine);
  if (queue === undefined) handoversOf(places, engine).cancel(call, why);
  else queue.send({ type: 'call.cancel', call, why });
}

function failHandover({ source, call }: HandedOver, error: GoxError): void {
  source.fail(call, error);
  source.flush();
}

/** Why a job need not be ended any more. */
function obstacleTo({ call, source }: HandedOver): GoxError | undefined {
  const { project, stopped } = call;
  if (stopped !== undefined) return stopped;
  if (!source.wants(call)) return new GoxError('GOX_CANCELLED', 'The connection was closed.');
  if (project.state === 'lost') return lostError(project);
  if (project.state !== 'closed') return undefined;
  const message = `The project "${project.name}" was closed meanwhile.`;
  return new GoxError('GOX_PROJECT_NOT_FOUND', message, { project: project.name });
}
