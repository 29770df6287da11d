/** A project that another thread mirrors, and others made anew of that. */

import type { ByteSource } from '../../engine/journal/sections.ts';
import { readSnapshot, snapshotChunks } from '../../engine/journal/snapshot.ts';
import { type MirrorBounds, ProjectMirror } from '../../engine/mirror/project-mirror.ts';
import { type Mirror, type MirrorDelta, mirrorAfter } from '../../engine/port/mirror.ts';
import type { LooseProject } from './project.ts';

/** The same as another thread gets it. */
export function posted<T>(value: T): T {
  return structuredClone(value);
}

export class MirroredProject {
  readonly made: LooseProject;
  readonly maker: ProjectMirror;
  mirror: Mirror | undefined;
  #sequence = 0;

  /** @param mirror what the project, a new one, is made of */
  constructor(
    made: LooseProject,
    { mirror, bounds }: { mirror?: Mirror; bounds?: MirrorBounds | undefined } = {},
  ) {
    this.made = made;
    this.maker = new ProjectMirror(made.project, bounds);
    if (mirror === undefined) return;
    this.maker.restore(posted(mirror));
    this.mirror = mirror;
  }

  /** Brings the mirror up to date. */
  update(): Mirror {
    const delta: MirrorDelta = posted(this.maker.delta(++this.#sequence));
    this.mirror = mirrorAfter(this.mirror, delta);
    return this.mirror;
  }
}

/** A mirror from the bytes of its file. */
export async function stored(mirror: Mirror): Promise<Mirror> {
  return readSnapshot(sourceOf(await bytesOf(mirror))).mirror;
}

export function sourceOf(bytes: Buffer): ByteSource {
  return {
    length: bytes.length,
    read: (offset: number, length: number) => bytes.subarray(offset, offset + length),
  };
}

export async function bytesOf(mirror: Mirror): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of snapshotChunks(mirror, { project: 'a', epoch: 1 })) chunks.push(chunk);
  return Buffer.concat(chunks);
}
