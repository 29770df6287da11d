/**
 * A second reader of MagicaVoxel files, written from its documentation alone and without the code
 * under test: floats, matrices and recursion. It gives what is to be seen at the first frame, and
 * trusts the file.
 */

interface Model {
  size: number[];
  voxels: number[][];
}

type Dict = Record<string, string>;

interface Node {
  attributes: Dict;
  children: number[];
  model?: number;
  layer?: number;
  frame?: Dict;
}

/** One voxel and where it comes from. */
export interface SeenVoxel {
  /** `x y z`. */
  readonly place: string;
  readonly rgb: string;
  readonly material: Dict;
}

/** An object of the scene. */
export interface SeenObject {
  readonly name: string;
  readonly hidden: boolean;
  readonly voxels: SeenVoxel[];
}

/** Rows of a 3 x 3 matrix of a rotation byte. */
function rotation(bits: number): number[][] {
  const columns = [bits & 3, (bits >> 2) & 3];
  columns.push(3 - columns[0]! - columns[1]!);
  return columns.map((column, row) =>
    [0, 1, 2].map((c) => (c === column ? ((bits >> (4 + row)) & 1 ? -1 : 1) : 0)),
  );
}

const times = (m: number[][], v: number[]) =>
  m.map((row) => row.reduce((sum, value, i) => sum + value * v[i]!, 0));

class Reader {
  #at: number;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get at(): number {
    return this.#at;
  }

  int(): number {
    this.#at += 4;
    return this.#bytes.readInt32LE(this.#at - 4);
  }

  string(): string {
    const length = this.int();
    this.#at += length;
    return this.#bytes.toString('utf8', this.#at - length, this.#at);
  }

  dict(): Dict {
    const dict: Dict = {};
    for (let n = this.int(); n > 0; n--) {
      const key = this.string();
      dict[key] = this.string();
    }
    return dict;
  }
}

/** The objects of a file in the order of its scene. */
export function seenObjects(file: Buffer): SeenObject[] {
  const models: Model[] = [];
  const nodes = new Map<number, Node>();
  const hiddenLayers = new Set<number>();
  const materials = new Map<number, Dict>();
  let palette: Buffer | undefined;
  for (let at = 20; at < file.length; ) {
    const type = file.toString('latin1', at, at + 4);
    const content = file.subarray(at + 12, at + 12 + file.readInt32LE(at + 4));
    at += 12 + file.readInt32LE(at + 4) + file.readInt32LE(at + 8);
    const read = new Reader(content);
    if (type === 'SIZE') models.push({ size: [read.int(), read.int(), read.int()], voxels: [] });
    if (type === 'XYZI') {
      const count = read.int();
      const bytes = content.subarray(4);
      const voxel = (i: number) => [...bytes.subarray(4 * i, 4 * i + 4)];
      models.at(-1)!.voxels = Array.from({ length: count }, (_, i) => voxel(i));
    }
    if (type === 'RGBA') palette = content;
    if (type === 'MATL') materials.set(read.int(), read.dict());
    if (type === 'LAYR') {
      const id = read.int();
      if (read.dict()._hidden === '1') hiddenLayers.add(id);
    }
    if (!['nTRN', 'nGRP', 'nSHP'].includes(type)) continue;
    const id = read.int();
    const node: Node = { attributes: read.dict(), children: [] };
    if (type === 'nTRN') {
      node.children = [read.int()];
      read.int();
      node.layer = read.int();
      read.int();
      node.frame = read.dict();
    } else if (type === 'nGRP') {
      node.children = Array.from({ length: read.int() }, () => read.int());
    } else {
      read.int();
      node.model = read.int();
    }
    nodes.set(id, node);
  }
  const objects: SeenObject[] = [];
  const walk = (id: number, name: string, hidden: boolean, world: (p: number[]) => number[]) => {
    const node = nodes.get(id)!;
    const { _name, _hidden } = node.attributes;
    const called = _name ?? name;
    const unseen = hidden || _hidden === '1' || hiddenLayers.has(node.layer ?? -1);
    const turn = rotation(Number(node.frame?._r ?? 4));
    const [tx = 0, ty = 0, tz = 0] = (node.frame?._t ?? '0 0 0').split(' ').map(Number);
    const here = (p: number[]) => {
      const turned = times(turn, p);
      return world([turned[0]! + tx, turned[1]! + ty, turned[2]! + tz]);
    };
    if (node.model !== undefined) {
      const { size, voxels } = models[node.model]!;
      objects.push({
        name: called,
        hidden: unseen,
        voxels: voxels.map((v) => seen(v, size, here)),
      });
    }
    for (const child of node.children) walk(child, called, unseen, here);
  };
  const seen = (voxel: number[], size: number[], here: (p: number[]) => number[]): SeenVoxel => {
    // The middle of a voxel, from the middle of its model.
    const p = [0, 1, 2].map((axis) => voxel[axis]! + 0.5 - Math.floor(size[axis]! / 2));
    const index = voxel[3]!;
    return {
      place: here(p).map(Math.floor).join(' '),
      rgb: palette!.toString('hex', 4 * index - 4, 4 * index - 1),
      material: materials.get(index) ?? {},
    };
  };
  walk(0, '', false, (p) => p);
  return objects;
}

/** What is to be seen, as `x y z rrggbb`, sorted; the object that comes last is seen. */
export function seenLines(objects: readonly SeenObject[]): string[] {
  const voxels = new Map<string, string>();
  for (const { hidden, voxels: all } of objects) {
    if (!hidden) for (const { place, rgb } of all) voxels.set(place, rgb);
  }
  return [...voxels].map(([place, rgb]) => `${place} ${rgb}`).sort();
}
