/**
 * Edits that the history tells apart, whoever sent them and whatever became of their replies: each
 * changes a box of its own, in a colour of its own. So a plain model that does again what the
 * history lists has to hold what the project does.
 */

/** Of the layers that they write. */
export const LAYERS = [1, 2] as const;

type Position = readonly [x: number, y: number, z: number];

/** Writes a voxel of a layer in the model; without a colour it goes. */
type Write = (layer_id: number, position: Position, color: string | undefined) => void;

export interface ToldEdit {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** The least x of all that it changes, which no other edit has. */
  readonly least_x: number;
  /** Whether it ends by an error of its own, and so changes nothing. */
  readonly fails: boolean;
  readonly apply: (write: Write) => void;
}

/** What all layers hold: colours by layer and position. */
export type Model = ReadonlyMap<string, string>;

/** Does edits one after the other, from what was there. */
export function replay(start: Model, edits: readonly (ToldEdit | Model | undefined)[]): Model {
  let voxels = new Map(start);
  for (const edit of edits) {
    if (edit instanceof Map) voxels = new Map(edit);
    else if (edit !== undefined && 'apply' in edit) {
      edit.apply((layer_id, [x, y, z], color) => {
        const key = `${layer_id} ${x} ${y} ${z}`;
        if (color === undefined) voxels.delete(key);
        else voxels.set(key, color);
      });
    }
  }
  return voxels;
}

/** Makes edits by the numbers that come. */
export class ToldEdits {
  #count = 0;
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  next(): ToldEdit {
    const number = ++this.#count;
    const color = `#${number.toString(16).padStart(6, '0')}`;
    const layer_id = LAYERS[this.#below(LAYERS.length)]!;
    const kind = this.#below(4);
    if (kind === 0) return this.#fill(number, color, layer_id);
    return kind === 3
      ? this.#script(number, color, layer_id)
      : this.#voxels(number, color, layer_id, kind === 1);
  }

  #below(end: number): number {
    return Math.floor(this.#random() * end);
  }

  #place(): Position {
    return [this.#below(40) - 20, this.#below(40) - 20, this.#below(40) - 20];
  }

  /** Where nothing else is, and further out than all else. */
  #marker(number: number): Position {
    return [-100 - number, 0, 0];
  }

  #fill(number: number, color: string, layer_id: number): ToldEdit {
    const [, y, z] = this.#place();
    const [min, max]: [Position, Position] = [
      [-100 - number, y - 50, z],
      [-100 - number + this.#below(16), y - 49, z + 1 + this.#below(9)],
    ];
    const apply = (write: Write) => fillBox(min, max, (at) => write(layer_id, at, color));
    const params = { min, max, color, layer_id };
    return { method: 'goxel.fill_region', params, least_x: min[0], fails: false, apply };
  }

  /** Voxels that are added, and some that go when it is a batch, of which others may fail. */
  #voxels(number: number, color: string, layer_id: number, batch: boolean): ToldEdit {
    const marker = this.#marker(number);
    const positions = Array.from({ length: 1 + this.#below(30) }, () => this.#place());
    // Now and then more than are noted one by one.
    if (this.#below(6) === 0) for (let x = 0; x < 300; x++) positions.push([x % 40, x >> 4, 3]);
    positions.push(marker);
    const gone = batch ? positions.filter(([x]) => x % 3 === 0) : [];
    const method = batch ? 'goxel.batch_operations' : 'goxel.add_voxels';
    const operations = [
      ...positions.map((position) => ({ type: 'add', position, color })),
      ...gone.filter((at) => at !== marker).map((position) => ({ type: 'remove', position })),
    ];
    const voxels = positions.map((position) => ({ position, color }));
    const params = { ...(batch ? { operations } : { voxels }), layer_id };
    const apply = (write: Write) => {
      for (const at of positions) write(layer_id, at, color);
      for (const at of gone) if (at !== marker) write(layer_id, at, undefined);
    };
    return { method, params, least_x: marker[0], fails: false, apply };
  }

  /** Edits both layers, one within another; may fail after it. */
  #script(number: number, color: string, layer_id: number): ToldEdit {
    const marker = this.#marker(number);
    const min = this.#place();
    const region = { min, max: min.map((at) => at + this.#below(8)) };
    const end =
      this.#below(8) === 0 ? 'for (;;);' : ['', 'throw new Error("no");'][this.#below(2)]!;
    const other = LAYERS.find((id) => id !== layer_id)!;
    const script = `
      goxel.call('add_voxel', ${JSON.stringify({ position: marker, color, layer_id })});
      goxel.call('clear_voxels', ${JSON.stringify({ region, layer_id: other })});
      goxel.call('fill_region', ${JSON.stringify({ ...region, color, layer_id })});
      ${end}`;
    const apply = (write: Write) => {
      write(layer_id, marker, color);
      fillBox(region.min, region.max, (at) => {
        write(layer_id, at, color);
        write(other, at, undefined);
      });
    };
    const [least_x] = marker;
    return { method: 'script.execute', params: { script }, least_x, fails: end !== '', apply };
  }
}

/** Calls for each voxel of a region, which ends with its last. */
function fillBox(min: readonly number[], max: readonly number[], set: (at: Position) => void) {
  for (let z = min[2]!; z <= max[2]!; z++) {
    for (let y = min[1]!; y <= max[1]!; y++) {
      for (let x = min[0]!; x <= max[0]!; x++) set([x, y, z]);
    }
  }
}
