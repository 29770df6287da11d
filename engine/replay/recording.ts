/** The record that a request leaves of what it has done to a project. */

import type { MethodSpec } from '../catalogue/spec.ts';
import { interruptible } from '../interrupt.ts';
import { isOfVoxels } from '../journal/bodies.ts';
import type { Project } from '../project/project.ts';
import {
  addChange,
  addDocument,
  addFacts,
  addRequest,
  addVoxel,
  type Facts,
  type RecordedBy,
} from './bodies.ts';
import { changesOf } from './delta.ts';
import { packedDocument } from './documents.ts';
import type { ProjectRecords } from './records.ts';

/** A request that is over. */
export interface Finished extends Pick<RecordedBy, 'client' | 'op'> {
  readonly spec: MethodSpec;
  /** Whether it did well; what it has done before it failed is recorded all the same. */
  readonly succeeded: boolean;
  /** As it came; nothing of one that was finished with what a job handed over. */
  readonly request: { readonly msgpack: boolean; readonly params: Uint8Array } | undefined;
}

/**
 * Records what a request has done, if that is anything; false if it is not. It is done by now, so
 * this is not stopped.
 */
export function record(project: Project, finished: Finished): boolean {
  return interruptible(undefined, () => recorded(project, finished));
}

function recorded(project: Project, finished: Finished): boolean {
  const { records, done, at_ms } = project;
  const { spec, client, op, succeeded, request } = finished;
  const method = spec.name;
  // Written out in each case, since spreading takes longer than most edits.
  if (done.replaced) {
    const [document, facts] = [packedDocument(project.document), factsOf(project)];
    addDocument(records, { method, client, at_ms, op, document, facts });
  } else if (done.moves !== 0) {
    addMoves(records, done.moves, { method, client, at_ms, op });
  } else if (succeeded && request !== undefined && spec.replay === 'request') {
    const { voxel, edits } = done;
    if (voxel !== undefined && edits === 1 && op === undefined && isOfVoxels(method)) {
      addVoxel(records, { method, client, at_ms }, voxel);
    } else {
      const { msgpack, params } = request;
      addRequest(records, { method, client, at_ms, op, msgpack, params });
    }
  } else if (done.recording !== undefined) {
    if (done.edits > 1) throw new Error(`${method} made ${done.edits} edits`);
    const { recording, chosen, summary } = done;
    const changes = changesOf(project, recording);
    addChange(records, { method, client, at_ms, op, chosen, changes, summary });
  } else if (done.kept) addFacts(records, { method, client, at_ms, op, facts: factsOf(project) });
  else return false;
  return true;
}

/** As many steps back or forth as there were then: when it is done again there may be more. */
function addMoves(records: ProjectRecords, moves: number, { client, at_ms, op }: RecordedBy): void {
  const method = moves < 0 ? 'goxel.undo' : 'goxel.redo';
  const params = Buffer.from(JSON.stringify({ steps: Math.abs(moves) }));
  addRequest(records, { method, client, at_ms, op, msgpack: false, params });
}

function factsOf({ name, title, path, format, numbers }: Project): Facts {
  return { name, title, path, format, kept_revision: numbers.kept_revision };
}
