/**
 * What a project keeps of its pictures: prepared blocks, shadow maps, and the pixels of the latest
 * pictures, so that the next one costs what changed. All of it can be made anew at any time.
 */

import type { ViewJob } from '../render/job.ts';
import type { ShadowMap } from '../render/shadow-map.ts';
import type { Volume } from '../volume/volume.ts';
import { Coarse } from './coarse.ts';
import type { Damage } from './damage.ts';
import { Prepared } from './prepared.ts';

/** A shadow map, and where the shadow of its light changed since it was made. */
export interface KeptMap {
  readonly key: string;
  map: ShadowMap;
  readonly damage: Damage;
  /** How much damage to blocks is in it. */
  seen: number;
  /** One number, 1 once it is drawn. */
  readonly done: Int32Array;
  /** As `done`, of each job that may read it. */
  users: Int32Array[];
}

/** The pixels of a picture. */
export interface Frame {
  readonly key: string;
  readonly view: ViewJob;
  readonly map: KeptMap | undefined;
  /** How much damage to blocks and to shadows is in it; nothing while it is drawn. */
  seen: number | undefined;
  map_seen: number;
  /** One number, 1 once it is drawn. */
  readonly done: Int32Array;
}

/** Of the whole, what pictures and maps may take, and what one picture may. */
const FRAMES_SHARE = 1 / 4;
const FRAME_SHARE = 1 / 16;

export class Kept {
  readonly prepared: Prepared;
  readonly #bytes_max: number;
  /** The latest come last. */
  #frames: Frame[] = [];
  #maps: KeptMap[] = [];
  /** The volumes halved, one a group, and what is kept of pictures of those. */
  #halves: Coarse[] = [];
  #coarser: Kept | undefined;

  /** Of at most about so many bytes, a half for what is coarser; volumes come on top. */
  constructor(whole_bytes_max: number) {
    const bytes_max = whole_bytes_max / 2;
    this.#bytes_max = bytes_max;
    this.prepared = new Prepared(bytes_max * (1 - FRAMES_SHARE));
  }

  get bytes(): number {
    const halves = this.#halves.reduce((sum, { volume }) => sum + volume.byteLength, 0);
    return this.prepared.bytes + this.#frameBytes + halves + (this.#coarser?.bytes ?? 0);
  }

  /** What is kept of pictures of some volumes that are halved so often, brought up to date. */
  atLevel(level: number, volumes: readonly Volume[]): Kept {
    if (level === 0) return this;
    const halves = volumes.map((volume, i) => {
      const half = this.#halves[i] ?? new Coarse();
      this.#halves[i] = half;
      half.follow(volume);
      return half.volume;
    });
    this.#halves.length = halves.length;
    this.#coarser ??= new Kept(this.#bytes_max);
    if (level === 1) this.#coarser.prepared.follow(halves);
    return this.#coarser.atLevel(level - 1, halves);
  }

  get #frameBytes(): number {
    const frames = this.#frames.reduce((sum, { view }) => sum + bytesOf(view), 0);
    return this.#maps.reduce((sum, { map }) => sum + map.depth.byteLength, frames);
  }

  /** Whether the pixels of a picture are worth their room. */
  keeps(width: number, height: number): boolean {
    return width * height * FRAME_BYTES <= this.#bytes_max * FRAME_SHARE;
  }

  /** The map of a key, when it is drawn. */
  map(key: string): KeptMap | undefined {
    return this.#maps.find((kept) => kept.key === key && kept.done[0] === 1);
  }

  /** The picture of a key, when it is drawn, with this map. */
  frame(key: string, map: KeptMap | undefined): Frame | undefined {
    return this.#frames.find((frame) => {
      return frame.key === key && frame.map === map && frame.done[0] === 1;
    });
  }

  /**
   * Keeps a map in the place of one of its key, for the pictures that follow, and forgets the
   * oldest of no kept picture that have no room.
   */
  addMap(map: KeptMap): void {
    this.#maps = [...this.#maps.filter(({ key }) => key !== map.key), map];
    while (this.#frameBytes > this.#bytes_max * FRAMES_SHARE) {
      const idle = this.#maps.find((one) => one !== map && !this.#isUsed(one));
      if (idle === undefined) return;
      this.#maps = this.#maps.filter((one) => one !== idle);
    }
  }

  /** Keeps a picture in the place of one of its key, and forgets the oldest that have no room. */
  addFrame(frame: Frame): void {
    this.#frames = [...this.#frames.filter(({ key }) => key !== frame.key), frame];
    while (this.#frameBytes > this.#bytes_max * FRAMES_SHARE && this.#frames.length > 1) {
      this.#frames.shift();
      this.#maps = this.#maps.filter((map) => this.#isUsed(map));
    }
  }

  #isUsed(map: KeptMap): boolean {
    return this.#frames.some((frame) => frame.map === map);
  }

  drop(): void {
    this.prepared.drop();
    this.#frames = [];
    this.#maps = [];
    this.#halves = [];
    this.#coarser = undefined;
  }
}

/** Of a pixel: RGBA, and room for its packed bytes. */
const FRAME_BYTES = 8;

function bytesOf({ rgba, packed }: ViewJob): number {
  return rgba.byteLength + packed.byteLength;
}
