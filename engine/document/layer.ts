/**
 * One layer of a document. A plain layer owns its voxels. A clone layer (`baseId` not 0) shows
 * those of its base moved by `mat`; a shape layer shows a solid in the box `mat`; the document
 * computes both. Writing into the volume of either turns it into a plain layer.
 */

import { identity, type Matrix } from '../volume/matrix.ts';
import { Volume } from '../volume/volume.ts';

export type ShapeKind = 'sphere' | 'cube' | 'cylinder';

export interface Shape {
  readonly kind: ShapeKind;
  /** Packed colour. */
  readonly color: number;
}

/** A dictionary entry of the file that this version does not know; kept as it came. */
export interface DictEntry {
  /** The key, one character a byte. */
  readonly key: string;
  readonly value: Uint8Array;
}

/** What a clone's or a shape layer's volume was computed from, and the version it then had. */
export interface Derivation {
  /** `kept`: it stands as it is, in a copy of a document that nobody edits. */
  readonly inputs: readonly unknown[] | 'kept';
  readonly version: number;
}

export class Layer {
  readonly id: number;
  name: string;
  visible = true;
  volume = new Volume();
  /** Place in the document's materials, or -1. */
  material = -1;
  /** Goxel's number of the blend mode (0 over); the merged volume ignores it, as Goxel's does. */
  mode = 0;
  /** Origin marker of a plain layer, movement of a clone, box of a shape layer. */
  mat: Matrix = identity();
  box: Matrix | undefined;
  /** The layer that this one is a clone of; 0 for none. */
  baseId = 0;
  shape: Shape | undefined;
  /** Path of a 2D image layer's picture; empty for other layers. */
  imagePath = '';
  extra: DictEntry[] = [];
  derivation: Derivation | undefined;

  constructor(id: number, name: string) {
    this.id = id;
    this.name = name;
  }

  /** Whether its voxels are computed from something else. */
  get derived(): boolean {
    return this.baseId !== 0 || this.shape !== undefined;
  }

  /**
   * Goes on with copies of its voxels and properties; the function it returns puts back what it
   * had.
   */
  checkpoint(): () => void {
    const { name, visible, volume, material, mode, mat, box, baseId, shape, imagePath } = this;
    const { extra, derivation } = this;
    const before = { name, visible, volume, material, mode, baseId, shape, imagePath, derivation };
    this.volume = volume.clone();
    this.mat = mat.slice();
    this.box = box?.slice();
    this.extra = [...extra];
    if (derivation !== undefined) {
      this.derivation = { ...derivation, version: this.volume.version };
    }
    return () => Object.assign(this, before, { mat, box, extra });
  }

  /** Makes it a plain layer that owns the voxels it shows. */
  makePlain(): void {
    this.baseId = 0;
    this.shape = undefined;
    this.derivation = undefined;
    this.mat = identity();
  }
}
