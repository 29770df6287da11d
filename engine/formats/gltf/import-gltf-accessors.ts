/** Reads the accessors of glTF 2.0 (section 3.6.2): numbers in buffers, strided, sparse or none. */

import { checkInterrupt } from '../../interrupt.ts';
import { shown } from '../shown.ts';
import type { GltfFile, Json } from './import-gltf-file.ts';

interface ComponentType {
  readonly bytes: number;
  /** What a normalised number is divided by; 0 for floats. */
  readonly full: number;
  readonly get: (view: DataView, at: number) => number;
}

const COMPONENTS: ReadonlyMap<unknown, ComponentType> = new Map([
  [5120, { bytes: 1, full: 127, get: (view, at) => view.getInt8(at) }],
  [5121, { bytes: 1, full: 255, get: (view, at) => view.getUint8(at) }],
  [5122, { bytes: 2, full: 32767, get: (view, at) => view.getInt16(at, true) }],
  [5123, { bytes: 2, full: 65535, get: (view, at) => view.getUint16(at, true) }],
  [5125, { bytes: 4, full: 0xffff_ffff, get: (view, at) => view.getUint32(at, true) }],
  [5126, { bytes: 4, full: 0, get: (view, at) => view.getFloat32(at, true) }],
] satisfies [number, ComponentType][]);

const WIDTHS: ReadonlyMap<unknown, number> = new Map([
  ['SCALAR', 1],
  ['VEC2', 2],
  ['VEC3', 3],
  ['VEC4', 4],
  ['MAT4', 16],
]);

/** An accessor without data is all 0, so its bytes do not bound it. */
const COUNT_MAX = 2 ** 22;

export interface Numbers {
  readonly count: number;
  /** Numbers an item. */
  readonly width: number;
  /** Normalised when the accessor says so. */
  readonly values: Float64Array;
}

/** All numbers of an accessor, whose items have one of `widths`. Throws as the file does. */
export function readAccessor(file: GltfFile, index: unknown, widths: readonly number[]): Numbers {
  const accessor = file.item('accessors', index);
  const where = `accessors[${shown(index)}]`;
  const width = WIDTHS.get(accessor.type) ?? 0;
  if (!widths.includes(width)) file.fail(`${where} is of type ${shown(accessor.type)}`);
  const type = componentOf(file, accessor, where);
  const count = file.whole(accessor.count, undefined, `${where}.count`);
  const data =
    accessor.bufferView === undefined
      ? undefined
      : dataOf(file, accessor, where, type.bytes * width, count);
  if (data === undefined && count > COUNT_MAX) file.fail(`${where} has ${count} items`);
  file.spend(count * width);
  const values = new Float64Array(count * width);
  if (data !== undefined) {
    const { view, stride } = data;
    for (let item = 0; item < count; item++) {
      if ((item & 0xfff) === 0) checkInterrupt();
      for (let i = 0; i < width; i++) {
        values[item * width + i] = type.get(view, item * stride + i * type.bytes);
      }
    }
  }
  if (accessor.sparse !== undefined) {
    putSparse(file, file.object(accessor.sparse, `${where}.sparse`), type, width, values, where);
  }
  normalize(accessor, values);
  return { count, width, values };
}

/** Makes fractions of stored numbers, when the accessor says that they are such. */
export function normalize({ normalized, componentType }: Json, values: Float64Array): void {
  const full = COMPONENTS.get(componentType)?.full ?? 0;
  if (normalized !== true || full === 0) return;
  for (let i = 0; i < values.length; i++) values[i] = Math.max(values[i]! / full, -1);
}

function componentOf(file: GltfFile, { componentType }: Json, where: string): ComponentType {
  const type = COMPONENTS.get(componentType);
  return type ?? file.fail(`${where} has the component type ${shown(componentType)}`);
}

/** The bytes of so many items of so many bytes, counted from the first. */
function dataOf(
  file: GltfFile,
  source: Json,
  where: string,
  item_bytes: number,
  count: number,
): { view: DataView; stride: number } {
  const view = file.view(source.bufferView);
  const stride = view.stride === 0 ? item_bytes : view.stride;
  if (stride < item_bytes) file.fail(`${where} has a stride of ${stride} bytes`);
  const offset = file.whole(source.byteOffset, 0, `${where}.byteOffset`);
  const end = count === 0 ? offset : offset + (count - 1) * stride + item_bytes;
  if (end > view.bytes.length) file.fail(`${where} leaves its buffer view`);
  const { buffer, byteOffset, byteLength } = view.bytes.subarray(offset);
  return { view: new DataView(buffer, byteOffset, byteLength), stride };
}

/** Replaces the items that a sparse accessor lists. */
function putSparse(
  file: GltfFile,
  sparse: Json,
  type: ComponentType,
  width: number,
  values: Float64Array,
  where: string,
): void {
  const count = file.whole(sparse.count, undefined, `${where}.sparse.count`);
  const indices = file.object(sparse.indices, `${where}.sparse.indices`);
  const indexType = componentOf(file, indices, `${where}.sparse.indices`);
  const at = dataOf(file, indices, `${where}.sparse.indices`, indexType.bytes, count);
  const items = file.object(sparse.values, `${where}.sparse.values`);
  const from = dataOf(file, items, `${where}.sparse.values`, type.bytes * width, count);
  file.spend(count * width);
  for (let i = 0; i < count; i++) {
    if ((i & 0xfff) === 0) checkInterrupt();
    const item = indexType.get(at.view, i * at.stride);
    if (!(item >= 0 && item * width < values.length && Number.isInteger(item))) {
      file.fail(`${where} replaces item ${item}, which is not there`);
    }
    for (let n = 0; n < width; n++) {
      values[item * width + n] = type.get(from.view, i * from.stride + n * type.bytes);
    }
  }
}
