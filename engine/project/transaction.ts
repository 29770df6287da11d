/**
 * Edits that happen as a whole or not at all, with what clones make of them, and within the memory
 * that the project may take. What an edit of voxels changed is known here and nowhere else: here it
 * begins, holds, or is taken back. (What cannot fail, a name or a camera, says `edited` by itself.)
 */

import type { Document } from '../document/document.ts';
import { interruptible } from '../interrupt.ts';
import { BLOCK_BYTES } from '../volume/block.ts';
import type { ProjectMemory } from './memory.ts';

/** What a transaction needs of a project. */
export interface Editable {
  readonly document: Document;
  readonly memory: ProjectMemory;
  /** Bytes that it holds now, as they count against its memory. */
  readonly bytes: number;
  /** Remembers all that an edit can change; what it returns puts it back. */
  checkpoint(): () => void;
  /** Notes that it was edited. */
  edited(): void;
}

/**
 * Makes an edit that happens as a whole or not at all: when it throws, the project is as it was.
 * Clone and shape layers are part of it. Throws GOX_MEMORY_LIMIT when the project has grown past
 * what is free.
 */
export function transact<T>(project: Editable, edit: () => T): T {
  const { document, memory } = project;
  const restore = project.checkpoint();
  const blocks_free = Math.floor(memory.ceiling.bytes_free / BLOCK_BYTES);
  for (const { volume } of document.layers) volume.blocks_max = volume.blockCount + blocks_free;
  try {
    const result = edit();
    document.refresh();
    memory.require(project.bytes);
    project.edited();
    return result;
  } catch (error) {
    restore();
    throw error;
  } finally {
    for (const { volume } of document.layers) volume.blocks_max = Number.POSITIVE_INFINITY;
  }
}

/**
 * Makes an edit that cannot fail half way by itself; but what its clones become can, so with
 * computed layers it is a transaction. Without one nobody could take back what was done when the
 * request is to stop: such an edit goes on to its end.
 */
export function alter<T>(project: Editable, edit: () => T): T {
  const derived = project.document.layers.some((layer) => layer.derived);
  return derived ? transact(project, edit) : interruptible(undefined, edit);
}
