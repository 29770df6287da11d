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
  const by = { method: spec.name, client, at_ms, op };
  if (done.replaced) {
    const document = packedDocument(project.document);
    addDocument(records, { ...by, document, facts: factsOf(project) });
  } else if (done.moves !== 0) {
    // As many steps as there were then: later there may be more.
    const method = done.moves < 0 ? 'goxel.undo' : 'goxel.redo';
    const params = Buffer.from(JSON.stringify({ steps: Math.abs(done.moves) }));
    addRequest(records, { ...by, method, msgpack: false, params });
  } else if (succeeded && request !== undefined && spec.replay === 'request') {
    const { voxel, edits } = done;
    if (voxel !== undefined && edits === 1 && op === undefined && isOfVoxels(spec.name)) {
      addVoxel(records, { ...by, ...voxel });
    } else addRequest(records, { ...by, ...request });
  } else if (done.recording !== undefined) {
    if (done.edits > 1) throw new Error(`${spec.name} made ${done.edits} edits`);
    const changes = changesOf(project, done.recording);
    addChange(records, { ...by, chosen: done.chosen, changes });
  } else if (done.kept) addFacts(records, { ...by, facts: factsOf(project) });
  else return false;
  return true;
}

function factsOf({ name, title, path, format, numbers }: Project): Facts {
  return { name, title, path, format, kept_revision: numbers.kept_revision };
}
