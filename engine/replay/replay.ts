/** Does again what was recorded of a project. */

import { findMethod } from '../catalogue/methods.ts';
import { decodeParams } from '../catalogue/params.ts';
import { messagePack } from '../encode.ts';
import { interruptible } from '../interrupt.ts';
import { type JournalRecord, RECORD_TYPES, recordsIn } from '../journal/format.ts';
import type { Method } from '../methods/index.ts';
import type { Project } from '../project/project.ts';
import { atOneGo } from '../turns.ts';
import { answerOf, type RecordedOp, type RecordedRequest, requestOf } from './records.ts';

/**
 * Does all of it, in order; gives the sequence of the last. Throws what a request throws that did
 * well before: then the project is not what it was.
 */
export function replay(
  project: Project,
  chunks: readonly Uint8Array[],
  methods: readonly (Method | undefined)[],
): number {
  let last = 0;
  const all = () => {
    for (const chunk of chunks) {
      for (const record of recordsIn(chunk)) {
        const op = doAgain(project, record, methods);
        last = record.sequence;
        if (op !== undefined) project.ops.add({ ...op, sequence: last });
      }
    }
  };
  try {
    atOneGo(() => interruptible(() => {}, all));
  } finally {
    project.now_ms = Date.now;
  }
  return last;
}

/** Does one again; gives what it was answered if it came with an `op_id`. */
function doAgain(
  project: Project,
  { type, body }: JournalRecord,
  methods: readonly (Method | undefined)[],
): RecordedOp | undefined {
  if (type === RECORD_TYPES.answer) return answerOf(body);
  if (type !== RECORD_TYPES.request) throw new Error(`nobody knows records of the type ${type}`);
  const request = requestOf(body);
  const method = methods[findMethod(request.method)?.index ?? -1];
  if (method === undefined) throw new Error(`there is no method ${request.method}`);
  project.now_ms = () => request.at_ms;
  project.begin(method.spec.name, request.client);
  try {
    method.run(project, decodeParams(method.spec, paramsOf(request)) as never);
  } finally {
    project.account();
  }
  return request.op;
}

function paramsOf({ params, msgpack }: RecordedRequest): unknown {
  if (params.length === 0) return undefined;
  return msgpack ? messagePack.unpack(params) : JSON.parse(Buffer.from(params).toString('utf8'));
}
