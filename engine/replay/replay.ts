/** Does again what was recorded of a project. */

import { findMethod } from '../catalogue/methods.ts';
import { decodeParams } from '../catalogue/params.ts';
import { messagePack } from '../encode.ts';
import { checkInterrupt, interruptible } from '../interrupt.ts';
import { type VoxelBody, voxelIn } from '../journal/bodies.ts';
import { RECORD_TYPES, RecordCursor } from '../journal/format.ts';
import type { Method } from '../methods/index.ts';
import type { Project } from '../project/project.ts';
import { putVoxel } from '../project/voxel-edit.ts';
import { atOneGo } from '../turns.ts';
import {
  answerIn,
  changeIn,
  documentRecordIn,
  factsIn,
  type RecordedChange,
  type RecordedDocument,
  type RecordedFacts,
  type RecordedOp,
  type RecordedRequest,
  requestIn,
} from './bodies.ts';
import { change } from './delta.ts';
import { documentIn } from './documents.ts';

type Methods = readonly (Method | undefined)[];

/** A record that cannot be done again. */
class ReplayError extends Error {
  override readonly name = 'ReplayError';
}

/**
 * Does all of it, in order; gives the sequence of the last. Nothing is refused or stopped meanwhile
 * that was done once. Throws `ReplayError`: then the project is of no use.
 */
export function replay(project: Project, chunks: readonly Uint8Array[], methods: Methods): number {
  let last = 0;
  const all = () => {
    for (const chunk of chunks) {
      const record = new RecordCursor(chunk);
      while (record.next()) {
        // However many they are, this thread is seen to live.
        checkInterrupt();
        const op = doAgain(project, record, methods);
        last = record.sequence;
        if (op !== undefined) project.ops.add({ ...op, sequence: last });
      }
    }
  };
  const { memory } = project;
  memory.boundless = true;
  try {
    atOneGo(() => interruptible(undefined, all));
  } finally {
    memory.boundless = false;
    project.account();
  }
  project.boundHistory();
  return last;
}

/** Gives what it was answered if it came with an `op_id`. */
function doAgain(project: Project, record: RecordCursor, methods: Methods): RecordedOp | undefined {
  try {
    return again(project, record, methods);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const message = `The edit ${record.sequence} cannot be done again: ${why}`;
    throw new ReplayError(message, { cause: error });
  }
}

function again(project: Project, record: RecordCursor, methods: Methods): RecordedOp | undefined {
  switch (record.type) {
    case RECORD_TYPES.voxel:
      putAgain(project, voxelIn(record.view, record.at));
      return undefined;
    case RECORD_TYPES.request:
      return run(project, requestIn(record.body), methods);
    case RECORD_TYPES.change:
      return edit(project, changeIn(record.body));
    case RECORD_TYPES.document:
      return replace(project, documentRecordIn(record.body));
    case RECORD_TYPES.facts:
      return keep(project, factsIn(record.body));
    case RECORD_TYPES.answer:
      return answerIn(record.body).op;
    case RECORD_TYPES.header:
    case RECORD_TYPES.mark:
      return undefined;
    default:
      throw new Error(`nobody knows records of the type ${record.type}`);
  }
}

function putAgain(project: Project, voxel: VoxelBody): void {
  const { method, client, at_ms, layer_id, x, y, z, rgba } = voxel;
  project.begin(method, client, at_ms);
  putVoxel(project, project.layer(layer_id), x, y, z, rgba);
}

function run(project: Project, request: RecordedRequest, methods: Methods) {
  project.begin(request.method, request.client, request.at_ms);
  const method = methods[findMethod(request.method)?.index ?? -1];
  if (method === undefined) throw new Error(`there is no method ${request.method}`);
  try {
    method.run(project, decodeParams(method.spec, paramsOf(request)) as never);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${request.method}: ${why}`, { cause: error });
  }
  return request.op;
}

function edit(project: Project, record: RecordedChange) {
  const { method, client, at_ms, op, chosen, changes, summary } = record;
  project.begin(method, client, at_ms);
  project.makeAgain(() => change(project, changes), summary, chosen);
  return op;
}

function replace(project: Project, record: RecordedDocument) {
  project.begin(record.method, record.client, record.at_ms);
  project.replace(documentIn(record.document));
  return keep(project, record);
}

function keep(project: Project, { method, client, at_ms, op, facts }: RecordedFacts) {
  const { name, title, path, format, kept_revision } = facts;
  project.begin(method, client, at_ms);
  project.name = name;
  project.title = title;
  project.keptAt(kept_revision, path, format);
  return op;
}

function paramsOf({ params, msgpack }: RecordedRequest): unknown {
  if (params.length === 0) return undefined;
  return msgpack ? messagePack.unpack(params) : JSON.parse(Buffer.from(params).toString('utf8'));
}
