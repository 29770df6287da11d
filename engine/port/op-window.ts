/**
 * What is remembered of the edits of a project that came with an `op_id`, in the order in which
 * they were done. The oldest go when there are many, and their results before them: that an edit is
 * not done again matters more than what it was answered.
 */

import type { EngineOptions, KeptOp } from './layout.ts';

export type OpLimits = Pick<EngineOptions, 'op_ids_max' | 'op_results_bytes_max'>;

/** Places that are free at the front, until there are as many as are taken. */
const FREE_MAX = 1024;

export class OpWindow {
  readonly #limits: OpLimits;
  readonly #byId = new Map<string, KeptOp>();
  #queue: KeptOp[] = [];
  /** The place of the oldest in the queue, and that of the oldest that may have its result. */
  #head = 0;
  #full = 0;
  /** How many ever came. */
  #count = 0;
  #result_bytes = 0;

  constructor(limits: OpLimits) {
    this.#limits = limits;
  }

  /** How many ever came, those among them that have gone. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of results. */
  get result_bytes(): number {
    return this.#result_bytes;
  }

  get(id: string): KeptOp | undefined {
    return this.#byId.get(id);
  }

  /** Those that came when there had been so many, and have not gone; without a number all. */
  after(count = 0): readonly KeptOp[] {
    const from = this.#queue.length - (this.#count - count);
    return this.#queue.slice(Math.max(from, this.#head));
  }

  add(op: KeptOp): void {
    this.#queue.push(op);
    this.#byId.set(op.id, op);
    this.#count += 1;
    this.#result_bytes += resultBytes(op);
    this.#bound();
  }

  #bound(): void {
    const { op_ids_max, op_results_bytes_max } = this.#limits;
    while (this.#queue.length - this.#head > op_ids_max) {
      const op = this.#queue[this.#head++]!;
      this.#byId.delete(op.id);
      this.#result_bytes -= resultBytes(op);
    }
    this.#full = Math.max(this.#full, this.#head);
    while (this.#result_bytes > op_results_bytes_max) {
      const op = this.#queue[this.#full]!;
      const bare = { ...op, result: undefined };
      this.#queue[this.#full++] = bare;
      this.#byId.set(op.id, bare);
      this.#result_bytes -= resultBytes(op);
    }
    if (this.#head < FREE_MAX || 2 * this.#head < this.#queue.length) return;
    this.#queue = this.#queue.slice(this.#head);
    this.#full -= this.#head;
    this.#head = 0;
  }
}

function resultBytes({ result }: KeptOp): number {
  return result?.length ?? 0;
}
