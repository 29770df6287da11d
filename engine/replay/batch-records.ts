/** What the requests of a batch leave to be kept, and what those are told of it that ask. */

import type { MethodSpec } from '../catalogue/spec.ts';
import type { Asked, BatchReader, EngineRequest } from '../port/engine-side.ts';
import type { Durability, OpTag, Records } from '../port/layout.ts';
import type { Project } from '../project/project.ts';
import { addAnswer, type RecordedOp } from './bodies.ts';
import { answered } from './ops.ts';
import { record } from './recording.ts';

type AskedBy = Asked & Pick<EngineRequest, 'client'>;

export class BatchRecords {
  /** The place in the batch of the request that runs. */
  place = 0;
  /** What that is known by, if it came with an `op_id`. */
  op: OpTag | undefined;
  /** Its project, its number, the stamp that it had, and the method; no project once it is over. */
  #project: Project | undefined;
  #number = 0;
  #stamp = 0;
  #spec: MethodSpec | undefined;
  /** The projects that have left records, by their numbers. */
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

  /** Begins a request, or the end of one whose job handed something over. */
  begin(number: number, project: Project, spec: MethodSpec, client: number): void {
    project.begin(spec.name, client);
    this.#number = number;
    this.#project = project;
    this.#stamp = project.stamp;
    this.#spec = spec;
  }

  /**
   * Records what it has done, as far as that has to be.
   *
   * @param reader of its parameters, unless a job has handed something over
   */
  done(asked: AskedBy, result: unknown, reader?: BatchReader): void {
    const project = this.#project;
    if (project === undefined) return;
    this.#record(asked, true, this.op && answered(this.op, result), reader);
    if (asked.has_meta) this.tell(project.records.sequence, false);
  }

  /** The same of one that threw: what it had done by then counts, and is not done again. */
  failed(asked: AskedBy): void {
    this.#record(asked, false, this.op && { ...this.op, result: undefined });
  }

  tell(sequence: number, repeated: boolean): void {
    this.#told.push({ place: this.place, sequence, repeated });
  }

  #record(
    asked: AskedBy,
    succeeded: boolean,
    op: RecordedOp | undefined,
    reader?: BatchReader,
  ): void {
    const [project, spec] = [this.#project, this.#spec];
    this.#project = undefined;
    if (project === undefined || spec === undefined) return;
    const changed = project.stamp !== this.#stamp;
    if (!changed && op === undefined) return;
    const { client, msgpack } = asked;
    const request = reader && { msgpack, params: reader.bytes(asked as EngineRequest) };
    if (!changed || !record(project, { spec, client, op, succeeded, request })) {
      if (op === undefined || !succeeded) return;
      // That nothing changed is an answer too.
      addAnswer(project.records, { method: spec.name, client, at_ms: project.at_ms, op });
    }
    if (op !== undefined) project.ops.add({ ...op, sequence: project.records.sequence });
    this.#changed.set(this.#number, project);
  }
}
