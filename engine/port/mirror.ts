/**
 * What the main thread holds of a project, so that another thread can make it anew: the plain graph
 * of all that it is (document, selection, history, checkpoints, versions), with pointers to the
 * shared blocks and no voxel of them. The engine says what changed since it was last told; here
 * that is put together, without a look at what did not change.
 */

/** Of a project, as of a sequence. */
export interface Mirror {
  /** Of the last record that it knows of. */
  readonly sequence: number;
}

/** What changed of it, or all of it. A plain value that can be posted. */
export interface MirrorDelta {
  readonly sequence: number;
}

/** A mirror, brought up to date; `mirror` itself must not be used after it. */
export function mirrorAfter(_mirror: Mirror | undefined, { sequence }: MirrorDelta): Mirror {
  return { sequence };
}
