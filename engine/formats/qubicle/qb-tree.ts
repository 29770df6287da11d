/**
 * What Qubicle's trees (.qbt, .qbcl) have in common: boxes of cells packed with zlib, column by
 * column along Qubicle's y, which is our z; x slowest, then z, which is our -y. Each matrix becomes
 * a layer; the groups it is in say where it lies and whether it is visible.
 */

import { inflateSync } from 'node:zlib';
import { Document } from '../../document/document.ts';
import type { Vec3 } from '../../volume/box.ts';
import { boxMatrix } from '../../volume/matrix.ts';
import type { BlockBudget } from '../block-budget.ts';
import type { ByteReader } from '../bytes.ts';
import { contentBox } from '../fit.ts';
import type { Report } from '../report.ts';
import { requireReach, VoxelBuilder } from '../voxel-builder.ts';

/** A layer costs memory even when its matrix is but a few bytes. */
const LAYERS_MAX = 16384;
const DEPTH_MAX = 64;
const OPAQUE = 0xff00_0000;

export interface Group {
  readonly at: Vec3;
  readonly visible: boolean;
  readonly depth: number;
}

export const ROOT: Group = { at: [0, 0, 0], visible: true, depth: 0 };

/** Puts a run of one colour at a place counted in cells of the matrix, y up. */
export type PutRun = (x: number, y: number, z: number, count: number, rgba: number) => void;

export class TreeLayers {
  readonly document = Document.empty();
  readonly #reader: ByteReader;
  readonly #voxels: VoxelBuilder;
  readonly #budget: BlockBudget;
  readonly #report: Report | undefined;
  readonly #groups = new Set<string>();
  #count = 0;

  constructor(reader: ByteReader, budget: BlockBudget, report: Report | undefined) {
    this.#reader = reader;
    this.#report = budget.counting ? undefined : report;
    this.#voxels = new VoxelBuilder(budget);
    this.#budget = budget;
  }

  /** The group inside another one, or GOX_FORMAT_BROKEN when it is too deep inside. */
  inside({ at, visible, depth }: Group, offset: Vec3, shown: boolean): Group {
    if (depth >= DEPTH_MAX) this.#reader.fail(`groups are nested more than ${DEPTH_MAX} deep`);
    const sum = [at[0] + offset[0], at[1] + offset[1], at[2] + offset[2]] as const;
    return { at: sum, visible: visible && shown, depth: depth + 1 };
  }

  /** Notes a compound that is shown as its parts. */
  group(name: string): void {
    this.#groups.add(name);
  }

  /** Notes a node that is passed over. */
  unknown(kind: number, byte: number): void {
    const message = `Nodes of kind ${kind} of ${this.#reader.source} are not known here.`;
    this.#report?.warn('WARN_UNKNOWN_PART', message, { byte });
  }

  /** Adds a layer at a group's place; `fill` is given what puts its voxels there. */
  add(name: string, { at, visible }: Group, size: Vec3, fill: (put: PutRun) => void): void {
    if (this.#count >= LAYERS_MAX) this.#reader.fail(`there are more than ${LAYERS_MAX} matrices`);
    const min = [at[0], 1 - at[2] - size[2], at[1]] as const;
    requireReach(this.#reader, min, [size[0], size[2], size[1]]);
    const document = this.document;
    const layer = this.#count++ === 0 ? document.activeLayer : document.addLayer(name);
    layer.set({ name, visible });
    const voxels = this.#voxels;
    fill((x, y, z, count, rgba) => {
      const bottom = min[2] + y;
      voxels.fillZ(min[0] + x, -at[2] - z, bottom, bottom + count, (rgba | OPAQUE) >>> 0);
    });
    if (size[0] > 0 && size[1] > 0 && size[2] > 0) {
      const max = [min[0] + size[0], min[1] + size[2], min[2] + size[1]] as const;
      layer.set({ box: boxMatrix({ min, max }) });
    }
    voxels.finish(layer.volume);
  }

  /**
   * Unpacks at most so many bytes; more are GOX_FORMAT_BROKEN, more than allowed GOX_MEMORY_LIMIT.
   */
  unpack(packed: Uint8Array, length_max: number): Uint8Array {
    const reader = this.#reader;
    const offset = reader.at - packed.length;
    if (packed.length === 0) return packed;
    const { bytes_max } = this.#budget;
    try {
      const limit = Math.max(1, Math.min(length_max, bytes_max));
      return inflateSync(packed, { maxOutputLength: limit });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (length_max > bytes_max && error instanceof RangeError) {
        this.#budget.requireBytes(bytes_max + 1);
      }
      return reader.fail(`the cells cannot be unpacked: ${reason}`, offset);
    }
  }

  finish(): Document {
    const known = new Set(['', ...this.document.layers.map(({ name }) => name)]);
    const groups = [...this.#groups].filter((name) => !known.has(name));
    this.#report?.groupNames(groups, this.#reader.source);
    this.document.set({ box: boxMatrix(contentBox(this.document.layers)) });
    return this.document;
  }
}

/** Three numbers one after the other. */
export function vector(read: () => number): Vec3 {
  return [read(), read(), read()];
}
