/** What the requests of a batch leave to be kept, and what those are told of it that ask. */

import type { MethodSpec } from '../catalogue/spec.ts';
import type { Asked, BatchReader, EngineRequest } from '../port/engine-side.ts';
import type { Durability, OpTag, Records } from '../port/layout.ts';
import type { Project } from '../project/project.ts';
import { answered } from './ops.ts';
import type { RecordedOp } from './records.ts';

/** A request that did well. */
interface Done {
  /** The number of its project, and that. */
  readonly number: number;
  readonly project: Project;
  /** Whether it changed the project. */
  readonly changed: boolean;
  readonly result: unknown;
}

export class BatchRecords {
  /** The place in the batch of the request that runs. */
  place = 0;
  /** What that is known by, if it came with an `op_id`. */
  op: OpTag | undefined;
  /** The projects that requests have changed, by their numbers. */
  readonly #changed = new Map<number, Project>();
  #told: (Durability & { readonly place: number })[] = [];

  /** Since this was last called. */
  take(): Records[] {
    const records = [...this.#changed].map(([project, { records: made }]) => {
      return { project, ...made.take() };
    });
    this.#changed.clear();
    return records;
  }

  /** What those are told that asked, since this was last called. */
  takeTold(): readonly (Durability & { readonly place: number })[] {
    const told = this.#told;
    this.#told = [];
    return told;
  }

  /** Records a request, as far as it has to be. */
  request(done: Done, spec: MethodSpec, reader: BatchReader, request: EngineRequest): void {
    const { project, changed } = done;
    this.#note(done, (op) => {
      if (!changed) return false;
      const { msgpack, client } = request;
      const params = reader.bytes(request);
      const at_ms = Date.now();
      project.records.request({ method: spec.name, msgpack, params, client, at_ms, op });
      return true;
    });
    if (request.has_meta) this.tell(project.records.sequence, false);
  }

  /** The end of a request whose job handed something over. */
  finished(done: Done, { has_meta }: Asked): void {
    this.#note(done, () => false);
    if (has_meta) this.tell(done.project.records.sequence, false);
  }

  tell(sequence: number, repeated: boolean): void {
    this.#told.push({ place: this.place, sequence, repeated });
  }

  /** @param record gives whether there was anything to be recorded */
  #note({ number, project, result }: Done, record: (op: RecordedOp | undefined) => boolean): void {
    const op = this.op && answered(this.op, result);
    if (!record(op)) {
      if (op === undefined) return;
      // That nothing changed is an answer too.
      project.records.answer(op);
    }
    if (op !== undefined) project.ops.add({ ...op, sequence: project.records.sequence });
    this.#changed.set(number, project);
  }
}
