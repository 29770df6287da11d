/**
 * What the main thread holds of a project, so that another thread can make it anew: the plain graph
 * of all that it is (document, selection, history, checkpoints, versions), with pointers to the
 * shared blocks and no voxel of them. The engine says what changed since it was last told; here
 * that is put together, without a look at what did not change. What is in `Uint8Array`s only the
 * engine understands (`engine/mirror/`).
 *
 * A mirror is never written into, so who reads one may take its time.
 */

/** Some blocks; those in places of their own are the same one where they have the same id. */
export interface MirrorBlocks {
  readonly ids: Float64Array;
  /** How many voxels each has, and `DENSE_FLAG`. */
  readonly counts: Uint16Array;
  /** Their words, or what these are packed into: shared memory, not to be written. */
  readonly words: readonly Uint32Array[];
}

/** With a count: that packing the block was found not to be worth it. */
export const DENSE_FLAG = 0x8000;

/** Blocks of a volume in slots that follow each other. */
export interface MirrorPage extends MirrorBlocks {
  /** Three numbers a slot: the block's minimum corner over 16. */
  readonly positions: Int32Array;
}

/** All pages but the last have so many slots. */
export const PAGE_SLOTS = 1024;

export interface MirrorVolume {
  readonly id: number;
  readonly about: Uint8Array;
  readonly pages: readonly MirrorPage[];
}

/** Steps of the history, one after the other. */
export interface MirrorRun {
  /** The number of each. */
  readonly numbers: Float64Array;
  /** What each is counted for. */
  readonly bytes: Float64Array;
  readonly data: Uint8Array;
  readonly blocks: MirrorBlocks;
}

/** Of the steps in `runs`, from the oldest to the newest, those in [start, end). */
export interface MirrorSteps {
  readonly runs: readonly MirrorRun[];
  readonly start: number;
  readonly end: number;
}

/** What others refer to by its id; of those with the same id the last one holds. */
export interface MirrorValues {
  /** They grow. */
  readonly ids: Float64Array;
  readonly data: Uint8Array;
}

/** Of a project, as of a sequence. */
export interface Mirror {
  /** Of the last record that it knows of. */
  readonly sequence: number;
  /** No other mirror has it. */
  readonly stamp: string;
  readonly root: Uint8Array;
  readonly values: readonly MirrorValues[];
  readonly volumes: readonly MirrorVolume[];
  readonly done: MirrorSteps;
  readonly undone: MirrorSteps;
}

/** Slots of one page that are other ones now. */
interface PageChange extends MirrorPage {
  readonly page: number;
  /** Where they are in the page, which has `length` slots now; missing when they are all. */
  readonly slots?: Uint16Array;
  readonly length: number;
}

export interface VolumeChange {
  readonly id: number;
  readonly about: Uint8Array;
  /** How many pages there are now. */
  readonly length: number;
  readonly pages: readonly PageChange[];
}

export interface StepsChange {
  /** So many of the oldest are gone. */
  readonly dropped: number;
  /** Of those that are left so many oldest stay; then come these. */
  readonly kept: number;
  readonly runs: readonly MirrorRun[];
}

/** What changed of a project, or all of it. A plain value that can be posted. */
export interface MirrorDelta {
  readonly sequence: number;
  readonly stamp: string;
  /** The stamp of the mirror that it goes on from; all there is when undefined. */
  readonly after: string | undefined;
  readonly root: Uint8Array;
  readonly values: readonly MirrorValues[];
  /** Whether these are all values that there are from now on. */
  readonly all_values: boolean;
  readonly volumes: readonly VolumeChange[];
  /** The volumes that are no more, by their ids. */
  readonly gone: readonly number[];
  readonly done: StepsChange;
  readonly undone: StepsChange;
}

const NO_STEPS: MirrorSteps = { runs: [], start: 0, end: 0 };

/**
 * Bytes of the blocks that came with a delta. Most of them come in the place of others, of which
 * the thread has no more need then.
 */
export function blockBytes({ volumes, done, undone }: MirrorDelta): number {
  let bytes = 0;
  const add = ({ words }: MirrorBlocks) => {
    for (const { byteLength } of words) bytes += byteLength;
  };
  for (const { pages } of volumes) for (const page of pages) add(page);
  for (const { runs } of [done, undone]) for (const { blocks } of runs) add(blocks);
  return bytes;
}

/**
 * A mirror, brought up to date. Throws when the delta goes on from another one, which another
 * thread has made.
 */
export function mirrorAfter(mirror: Mirror | undefined, delta: MirrorDelta): Mirror {
  const { sequence, stamp, after, root } = delta;
  const before = after === undefined ? undefined : mirror;
  if (before?.stamp !== after) {
    throw new Error(`a delta after the mirror ${after} cannot follow ${mirror?.stamp}`);
  }
  const volumes = new Map(before?.volumes.map((volume) => [volume.id, volume]));
  for (const id of delta.gone) volumes.delete(id);
  for (const change of delta.volumes) {
    volumes.set(change.id, volumeAfter(volumes.get(change.id), change));
  }
  const values = delta.all_values ? delta.values : [...(before?.values ?? []), ...delta.values];
  return {
    ...{ sequence, stamp, root, values, volumes: [...volumes.values()] },
    done: stepsAfter(before?.done ?? NO_STEPS, delta.done),
    undone: stepsAfter(before?.undone ?? NO_STEPS, delta.undone),
  };
}

function volumeAfter(volume: MirrorVolume | undefined, change: VolumeChange): MirrorVolume {
  const pages = (volume?.pages ?? []).slice(0, change.length);
  for (const part of change.pages) {
    const { page, slots, length, positions, ids, counts, words } = part;
    const whole = slots === undefined;
    pages[page] = whole
      ? { positions, ids, counts, words }
      : pageAfter(pages[page]!, part, slots, length);
  }
  return { id: change.id, about: change.about, pages };
}

function pageAfter(
  page: MirrorPage,
  part: MirrorPage,
  slots: Uint16Array,
  length: number,
): MirrorPage {
  const positions = resized(page.positions, new Int32Array(3 * length));
  const ids = resized(page.ids, new Float64Array(length));
  const counts = resized(page.counts, new Uint16Array(length));
  const words = page.words.slice(0, length);
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i]!;
    positions.set(part.positions.subarray(3 * i, 3 * i + 3), 3 * slot);
    ids[slot] = part.ids[i]!;
    counts[slot] = part.counts[i]!;
    words[slot] = part.words[i]!;
  }
  return { positions, ids, counts, words };
}

function resized<T extends Int32Array | Float64Array | Uint16Array>(from: T, to: T): T {
  to.set(from.subarray(0, to.length));
  return to;
}

function stepsAfter(steps: MirrorSteps, { dropped, kept, runs: added }: StepsChange): MirrorSteps {
  const count = added.reduce((sum, { numbers }) => sum + numbers.length, 0);
  if (kept === 0) return { runs: added, start: 0, end: count };
  const first = steps.start + dropped;
  const last = first + kept;
  const runs: MirrorRun[] = [];
  let start = first;
  let at = 0;
  for (const run of steps.runs) {
    const { length } = run.numbers;
    if (at + length <= first) start -= length;
    else if (at < last) runs.push(at + length <= last ? run : cut(run, last - at));
    at += length;
  }
  return { runs: [...runs, ...added], start, end: start + kept + count };
}

/** Only the first steps of a run; the others stay in it, and are not asked for. */
function cut({ numbers, bytes, data, blocks }: MirrorRun, length: number): MirrorRun {
  return { numbers: numbers.slice(0, length), bytes: bytes.slice(0, length), data, blocks };
}
