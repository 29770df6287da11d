/** A surface together with the numbers of its vertices, walked as often as a writer needs. */

import { GoxError } from '../../conf/errors.ts';
import { checkInterrupt } from '../interrupt.ts';
import type { Numbering } from './numbering.ts';
import type { FaceBatch, Surface } from './surface.ts';

/** The faces of a batch as numbers: which vertices they have, and which normal. */
export interface FaceNumbers {
  /** How many faces. */
  readonly count: number;
  /** The vertex of each corner; written again for the next batch. */
  readonly numbers: Uint32Array;
  /** The number of each face's normal in `Surface.normals`. */
  readonly normals: Uint32Array;
  /** Vertices before this batch: the numbers of its new vertices follow in order from here… */
  readonly first: number;
  /** …to here. */
  readonly end: number;
}

export interface NumberedBatch extends FaceNumbers {
  readonly faces: FaceBatch;
}

/**
 * So many corners' numbers are remembered (8 MiB), since to number them again takes most of a
 * walk's time; a larger surface is numbered anew in every walk.
 */
const REMEMBERED_CORNERS_MAX = 2 * 1024 * 1024;

/** Numbers are unsigned 32-bit words, and glTF keeps the highest for itself. */
const VERTICES_MAX = 0xffff_ffff;

export class NumberedSurface {
  readonly surface: Surface;
  readonly #numbering: () => Numbering;
  /** How many may be remembered; 0 once there were more. */
  #corners_max: number;
  #remembered: readonly FaceNumbers[] | undefined;

  /** `numbering` makes the numbering of one walk. */
  constructor(surface: Surface, numbering: () => Numbering, corners_max = REMEMBERED_CORNERS_MAX) {
    this.surface = surface;
    this.#numbering = numbering;
    this.#corners_max = corners_max;
  }

  /** Throws GOX_FORMAT_LIMIT when there are more vertices than numbers. */
  *walk(): Generator<NumberedBatch, void, undefined> {
    yield* this.#remembered === undefined ? this.#numberAll() : this.#recall(this.#remembered);
  }

  /** The same without the faces, which are not made again where their numbers are remembered. */
  numbers(): Iterable<FaceNumbers> {
    return this.#remembered ?? this.walk();
  }

  /** How many vertices and faces there are. */
  count(): { vertices: number; faces: number } {
    let [vertices, faces] = [0, 0];
    for (const { count, end } of this.numbers()) {
      checkInterrupt();
      vertices = end;
      faces += count;
    }
    return { vertices, faces };
  }

  *#numberAll(): Generator<NumberedBatch, void, undefined> {
    const { corners } = this.surface;
    const numbering = this.#numbering();
    const remembered: FaceNumbers[] = [];
    let room = this.#corners_max;
    let numbers = new Uint32Array(0);
    for (const faces of this.surface.batches()) {
      const { count, normals } = faces;
      const length = count * corners;
      if (numbers.length < length) numbers = new Uint32Array(length * 2);
      const first = numbering.count;
      numbering.number(faces, corners, numbers);
      const end = numbering.count;
      if (end > VERTICES_MAX) {
        const message = `A mesh has at most ${VERTICES_MAX} vertices; this one needs more.`;
        throw new GoxError('GOX_FORMAT_LIMIT', message, { vertices_max: VERTICES_MAX });
      }
      room -= length;
      if (room >= 0) {
        const kept = { numbers: numbers.slice(0, length), normals: normals.slice(0, count) };
        remembered.push({ count, ...kept, first, end });
      } else {
        remembered.length = 0;
        this.#corners_max = 0;
      }
      yield { faces, count, numbers, normals, first, end };
    }
    if (room >= 0) this.#remembered = remembered;
  }

  *#recall(remembered: readonly FaceNumbers[]): Generator<NumberedBatch, void, undefined> {
    checkInterrupt();
    let batch = 0;
    for (const faces of this.surface.batches()) yield { faces, ...remembered[batch++]! };
  }
}
