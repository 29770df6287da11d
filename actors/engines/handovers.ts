/**
 * The jobs that are done but for what the engine of their project has to do: a load whose document
 * was read elsewhere, for one. They wait here for their turn between the engine's batches.
 */

import { GoxError } from '../../conf/errors.ts';
import type { Call, HandedOver } from './call.ts';
import { engineFailed, lostError } from './projects.ts';
import type { CallsRegistry } from './registry.ts';

export class Handovers {
  #waiting: HandedOver[] = [];

  add(one: HandedOver): void {
    this.#waiting.push(one);
  }

  /** Those that have left and come back, before all that wait. */
  putBack(some: readonly HandedOver[]): void {
    this.#waiting.unshift(...some);
  }

  /** The next that can be ended; those before it that cannot are answered. */
  next(): HandedOver | undefined {
    this.drop();
    return this.#waiting.shift();
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

/** Gives a job that is done to the queue of its project's engine. */
export function handOver(calls: CallsRegistry['calls'], one: HandedOver): void {
  const queue = calls.get(one.call.project.engine);
  if (queue !== undefined) queue.send({ type: 'call.handover', ...one });
  else failHandover(one, obstacleTo(one) ?? engineFailed('The engine of the project is gone.'));
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
