/**
 * One layer of a document. A plain layer owns its voxels. A clone layer (`baseId` not 0) shows
 * those of its base moved by `mat`; a shape layer shows a solid in the box `mat`; the document
 * computes both (`derive.ts`). Neither is to be written into: `makePlain` comes first.
 */

import { Noted } from '../changes/noted.ts';
import type { Recorder } from '../changes/recorder.ts';
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

/** The voxels computed for a clone or a shape layer, and what from. */
export interface Derivation {
  readonly volume: Volume;
  /** `kept`: it stands as it is, in a copy of a document that nobody edits. */
  readonly inputs: readonly unknown[] | 'kept';
  /** Of the base's volume, where there is one. */
  readonly version: number;
  /** Blocks of the base, three numbers each, that it may not be of that version by. */
  readonly pending?: Int32Array;
}

/** What can be changed of a layer. Arrays and volumes in it are replaced, and the latter edited. */
export interface LayerState {
  readonly name: string;
  readonly visible: boolean;
  /** A plain layer's own voxels; those that a clone without a base keeps. */
  readonly volume: Volume;
  /** Place in the document's materials, or -1. */
  readonly material: number;
  /** Goxel's number of the blend mode (0 over); the merged volume ignores it, as Goxel's does. */
  readonly mode: number;
  /** Origin marker of a plain layer, movement of a clone, box of a shape layer. */
  readonly mat: Matrix;
  readonly box: Matrix | undefined;
  /** The layer that this one is a clone of; 0 for none. */
  readonly baseId: number;
  readonly shape: Shape | undefined;
  /** Path of a 2D image layer's picture; empty for other layers. */
  readonly imagePath: string;
  readonly extra: readonly DictEntry[];
}

export class Layer extends Noted<LayerState> {
  readonly id: number;
  /** Kept up to date by the document. Not part of the state, since it can be computed again. */
  derivation: Derivation | undefined;

  constructor(id: number, name: string) {
    super({
      name,
      visible: true,
      volume: new Volume(),
      material: -1,
      mode: 0,
      mat: identity(),
      box: undefined,
      baseId: 0,
      shape: undefined,
      imagePath: '',
      extra: [],
    });
    this.id = id;
  }

  get name(): string {
    return this.state.name;
  }

  get visible(): boolean {
    return this.state.visible;
  }

  /** What it shows; of a clone or shape layer as it was computed last. */
  get volume(): Volume {
    if (this.derivation !== undefined && this.derived) return this.derivation.volume;
    return this.state.volume;
  }

  get material(): number {
    return this.state.material;
  }

  get mode(): number {
    return this.state.mode;
  }

  get mat(): Matrix {
    return this.state.mat;
  }

  get box(): Matrix | undefined {
    return this.state.box;
  }

  get baseId(): number {
    return this.state.baseId;
  }

  get shape(): Shape | undefined {
    return this.state.shape;
  }

  get imagePath(): string {
    return this.state.imagePath;
  }

  get extra(): readonly DictEntry[] {
    return this.state.extra;
  }

  /** Whether its voxels are computed from something else. */
  get derived(): boolean {
    return this.state.baseId !== 0 || this.state.shape !== undefined;
  }

  override record(recorder: Recorder): void {
    super.record(recorder);
    this.state.volume.record(recorder);
  }

  /** Bytes of its own voxels, and of those that it shows in their place. */
  get byteLength(): number {
    const { volume } = this.state;
    return volume.byteLength + (this.volume === volume ? 0 : this.volume.byteLength);
  }

  override keptBytes({ volume }: LayerState): number {
    return volume === this.state.volume ? 0 : volume.byteLength;
  }

  /** Changes some of its properties. */
  set(changes: Partial<LayerState>): void {
    if (this.recorder !== undefined) changes.volume?.record(this.recorder);
    this.write(changes);
  }

  /** Makes it a plain layer that owns the voxels it shows. */
  makePlain(): void {
    const volume = this.volume === this.state.volume ? this.volume : this.volume.clone();
    this.set({ volume, baseId: 0, shape: undefined, mat: identity() });
    const { derivation } = this;
    this.recorder?.current?.whenTakenBack(() => {
      this.derivation = derivation;
    });
    this.derivation = undefined;
  }
}
