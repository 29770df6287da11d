/** A job thread whose parts end when the test says so. */

import * as assert from 'uvu/assert';
import type { JobLink } from '../../actors/engines/thread.ts';
import { JobControl } from '../../engine/port/job-control.ts';
import type { PartEnd, PartOrder } from '../../engine/port/layout.ts';

export class FakeThread implements JobLink {
  readonly orders: PartOrder[] = [];
  readonly forgotten: number[] = [];
  #settle: ((end: PartEnd) => void) | undefined;
  #refuse: ((error: Error) => void) | undefined;

  run(order: PartOrder): Promise<PartEnd> {
    assert.is(this.#settle, undefined, 'a thread has one part at a time');
    this.orders.push(order);
    return new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#refuse = reject;
    });
  }

  forget(job: number): void {
    this.forgotten.push(job);
  }

  get busy(): boolean {
    return this.#settle !== undefined;
  }

  /** What the part that runs sees of its job. */
  get control(): JobControl {
    return new JobControl(this.orders.at(-1)!.control);
  }

  /** The part that runs ends; the text is the job's result. */
  end(text?: string, handover?: unknown): Promise<void> {
    const more = handover === undefined ? {} : { handover };
    return this.#ended(
      text === undefined ? undefined : { status: 0, bytes: bytesOf(text), ...more },
    );
  }

  /** It ends with an error, which becomes that of the job. */
  fail(text: string): Promise<void> {
    return this.#ended({ status: 1, bytes: bytesOf(text) });
  }

  /** It looks whether it is asked to yield, and does if so. */
  async look(): Promise<boolean> {
    const asked = this.control.takeYield();
    if (asked) await this.#ended('yielded');
    return asked;
  }

  /** The thread cannot run such a part at all. */
  async refuse(error: Error): Promise<void> {
    const refuse = this.#refuse;
    this.#settle = undefined;
    refuse?.(error);
    await new Promise(setImmediate);
  }

  get parts(): string[] {
    return this.orders.map(({ job, stage, part, ticket }) => {
      return `${job}.${stage}.${part}${ticket === undefined ? '' : ' new'}`;
    });
  }

  async #ended(end: PartEnd): Promise<void> {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(end);
    await new Promise(setImmediate);
  }
}

function bytesOf(text: string): ArrayBuffer {
  return new Uint8Array(Buffer.from(text)).buffer;
}
