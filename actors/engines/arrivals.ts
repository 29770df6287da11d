/**
 * What comes back from an engine: what requests left is noted and given to the disk, what was
 * copied goes to the other engines, and what was done is answered once it is kept (`release.ts`),
 * or goes on as a job.
 */

import { GoxError } from '../../conf/errors.ts';
import { type JobTicket, STATUS_RESULT } from '../../engine/port/layout.ts';
import type { Landed } from './answers.ts';
import type { Call, Source } from './call.ts';
import type { Flight } from './flight.ts';
import { keepRecords } from './recovery.ts';
import type { CallsRegistry } from './registry.ts';
import { Releases } from './release.ts';

const NOTHING = new Uint8Array(0);

export class Arrivals {
  readonly #engine: number;
  readonly #registry: CallsRegistry;
  readonly #releases: Releases;

  /** @param guarded, roomy see `Releases` */
  constructor(
    engine: number,
    registry: CallsRegistry,
    guarded: (action: () => void) => void,
    roomy: () => void,
  ) {
    this.#engine = engine;
    this.#registry = registry;
    const submit = this.#submit.bind(this);
    this.#releases = new Releases(submit, guarded, roomy);
  }

  /** Whether so much waits to be kept that nothing more is to leave. */
  get full(): boolean {
    return this.#releases.full;
  }

  /** Requests that are done and wait to be kept. */
  get held(): number {
    return this.#releases.size;
  }

  /** A flight has landed; those of its calls that were not done have been put back. */
  take({ calls, parts }: Flight, landed: Landed): void {
    const { answers, records, mirrors = [], durabilities = [], jobs = [], clipboard } = landed;
    for (const { place, ...told } of durabilities) calls[place]!.durability = told;
    if (records !== undefined) keepRecords(calls, records, mirrors, this.#registry);
    // The other engines have it before any client hears that it was copied.
    if (clipboard !== undefined) this.#share(clipboard);
    this.#releases.land(parts, answers, jobs);
  }

  /** Answers all that is held with an error. */
  fail(error: GoxError): void {
    this.#releases.fail(error);
  }

  #share(clipboard: unknown): void {
    this.#registry.clipboard = clipboard;
    for (const [engine, queue] of this.#registry.calls) {
      if (engine !== this.#engine) queue.send({ type: 'clipboard.changed' });
    }
  }

  #submit(ticket: JobTicket, call: Call, source: Source): void {
    call.op = ticket.op;
    if (call.stopped !== undefined) source.fail(call, call.stopped);
    else if (!source.wants(call)) {
      source.fail(call, new GoxError('GOX_CANCELLED', 'The connection was closed.'));
    } else if (call.loan !== undefined) {
      call.loan.lent(ticket.input);
      source.answer(call, STATUS_RESULT, NOTHING, 0, 0);
    } else this.#registry.jobs.take(ticket, call, source);
  }
}
