/** Makes .vxl and .hva files of Command & Conquer. */

export interface LimbParts {
  readonly name: string;
  readonly size: readonly [number, number, number];
  /** x, y, z and the colour's number. */
  readonly voxels: readonly (readonly [number, number, number, number])[];
  readonly low?: readonly number[];
  readonly high?: readonly number[];
  readonly scale?: number;
  readonly rows?: readonly number[];
}

export const STILL = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];

const u32 = (...values: number[]) => Buffer.from(Uint32Array.from(values).buffer);
const f32 = (...values: number[]) => Buffer.from(Float32Array.from(values).buffer);
const named = (name: string) => {
  const bytes = Buffer.alloc(16);
  bytes.write(name, 'latin1');
  return bytes;
};

/** The columns of a limb: their starts, ends and data. */
function columnsOf({ size, voxels }: LimbParts): { starts: Buffer; ends: Buffer; data: Buffer } {
  const [starts, ends, data]: [number[], number[], number[]] = [[], [], []];
  for (let y = 0; y < size[1]; y++) {
    for (let x = 0; x < size[0]; x++) {
      const column = voxels.filter((one) => one[0] === x && one[1] === y);
      starts.push(column.length === 0 ? 0xffff_ffff : data.length);
      let z = 0;
      for (const [, , at, color] of column.sort((a, b) => a[2] - b[2])) {
        data.push(at - z, 1, color, 77, 1);
        z = at + 1;
      }
      if (column.length > 0 && z < size[2]) data.push(size[2] - z, 0, 0);
      ends.push(column.length === 0 ? 0xffff_ffff : data.length - 1);
    }
  }
  return { starts: u32(...starts), ends: u32(...ends), data: Buffer.from(data) };
}

/** @param palette 768 bytes */
export function vxlFile(limbs: readonly LimbParts[], palette: Uint8Array): Buffer {
  const body: Buffer[] = [];
  let at = 0;
  const put = (bytes: Buffer) => {
    body.push(bytes);
    at += bytes.length;
    return at - bytes.length;
  };
  const tailers = limbs.map((limb) => {
    const { starts, ends, data } = columnsOf(limb);
    const places = u32(put(starts), put(ends), put(data));
    const { scale = 1 / 12, rows = STILL, low = [0, 0, 0], high = limb.size, size } = limb;
    return Buffer.concat([places, f32(scale, ...rows, ...low, ...high), Buffer.of(...size, 4)]);
  });
  return Buffer.concat([
    named('Voxel Animation'),
    u32(1, limbs.length, limbs.length, at),
    Buffer.of(16, 31),
    palette,
    ...limbs.flatMap(({ name }, i) => [named(name), u32(i, 1, 2)]),
    ...body,
    ...tailers,
  ]);
}

/** @param frames the rows of each limb, frame by frame */
export function hvaFile(
  names: readonly string[],
  frames: readonly (readonly (readonly number[])[])[],
): Buffer {
  const rows = frames.flatMap((limbs) => limbs.map((one) => f32(...one)));
  const head = [named('test'), u32(frames.length, names.length), ...names.map(named)];
  return Buffer.concat([...head, ...rows]);
}
