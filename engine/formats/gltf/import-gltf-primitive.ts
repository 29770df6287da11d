/** The attributes of one primitive of a glTF mesh: by accessors, or unpacked by Draco. */

import { checkInterrupt } from '../../interrupt.ts';
import { WHITE } from '../../mesh-import/soup.ts';
import { srgbByte, unitByte } from '../../mesh-import/srgb.ts';
import { pack } from '../../volume/color.ts';
import { type PackedAttribute, unpackMesh } from './decode-draco.ts';
import { type Numbers, normalize, readAccessor } from './import-gltf-accessors.ts';
import type { GltfFile, Json } from './import-gltf-file.ts';
import type { GltfMaterial } from './import-gltf-materials.ts';
import { type Attribute, morph } from './import-gltf-skin.ts';

const TRIANGLES = 4;
const MODE_MAX = 6;
const ATTRIBUTE = /^(?:POSITION|(?:COLOR|TEXCOORD|JOINTS|WEIGHTS)_\d)$/;

/** What the corners look like. */
export interface Surface {
  /** A packed colour a vertex. */
  readonly colors: Uint32Array;
  /** Where each vertex is on the material's texture. */
  readonly uvs: Float64Array | undefined;
  readonly hasColors: boolean;
}

export interface Drawn {
  readonly primitive: Json;
  readonly where: string;
  readonly mode: number;
  readonly positions: Numbers;
  /** The vertices in the order they are drawn; all of them without. */
  readonly indices: Float64Array | undefined;
  readonly attribute: Attribute;
}

/** Throws as the file does when there are no corners. */
export function readPrimitive(file: GltfFile, primitive: Json, where: string): Drawn {
  const attributes = file.object(primitive.attributes, `${where}.attributes`);
  const mode = file.whole(primitive.mode, TRIANGLES, `${where}.mode`);
  if (mode > MODE_MAX) file.fail(`${where} is drawn by the mode ${mode}`);
  const packed = file.extension(primitive, 'KHR_draco_mesh_compression');
  const unpacked = packed && unpack(file, packed, attributes, where);
  const attribute: Attribute = (name, widths) => {
    const found = unpacked?.attributes.get(name);
    if (found !== undefined) {
      if (!widths.includes(found.width)) file.fail(`${where} ${name} has ${found.width} numbers`);
      return found;
    }
    return attributes[name] === undefined
      ? undefined
      : readAccessor(file, attributes[name], widths);
  };
  const positions = attribute('POSITION', [3]);
  if (positions === undefined) return file.fail(`${where} has no positions`);
  const same: Attribute = (name, widths) => {
    const found = attribute(name, widths);
    if (found === undefined || found.count >= positions.count) return found;
    return file.fail(`${where} ${name} has ${found.count} items of ${positions.count}`);
  };
  const indices =
    unpacked?.indices ??
    (primitive.indices === undefined
      ? undefined
      : readAccessor(file, primitive.indices, [1]).values);
  return {
    primitive,
    where,
    // What Draco gives are triangles, also those of a strip.
    mode: unpacked === undefined ? mode : TRIANGLES,
    positions,
    indices,
    attribute: same,
  };
}

function unpack(file: GltfFile, packed: Json, attributes: Json, where: string) {
  const ids = file.object(packed.attributes, `${where} KHR_draco_mesh_compression.attributes`);
  const names = Object.keys(ids).filter((name) => ATTRIBUTE.test(name));
  const accessors = names.map((name) =>
    attributes[name] === undefined ? {} : file.item('accessors', attributes[name]),
  );
  const asked = names.map((name, i): PackedAttribute => {
    const id = file.whole(ids[name], undefined, `${where} ${name}`);
    return { id, componentType: accessors[i]!.componentType };
  });
  const mesh = unpackMesh(file, file.view(packed.bufferView).bytes, asked, where);
  const found = new Map<string, Numbers>();
  for (const [i, { width, values }] of mesh.attributes.entries()) {
    normalize(accessors[i]!, values);
    found.set(names[i]!, { count: mesh.points, width, values });
  }
  return { attributes: found, indices: mesh.indices };
}

/** What the corners have beside their places; a faulty one is passed over. */
export function surfaceOf(
  file: GltfFile,
  { primitive, where, positions, attribute }: Drawn,
  material: GltfMaterial,
  weights: readonly number[],
): Surface {
  const { count } = positions;
  const detail = <T>(read: () => T) => file.attempt('WARN_DETAIL_SKIPPED', read);
  const own = detail(() => {
    const found = attribute('COLOR_0', [3, 4]);
    if (found !== undefined && primitive.targets !== undefined) {
      morph(file, primitive, weights, 'COLOR_0', found, where);
    }
    return found;
  });
  const { texture, texCoord, uvMatrix } = material;
  const uv = texture && detail(() => attribute(`TEXCOORD_${texCoord}`, [2])?.values);
  if (texture !== undefined && uv === undefined) {
    const message = `${where} has no coordinates for its texture.`;
    file.report.warn('WARN_DETAIL_SKIPPED', message);
  }
  return {
    colors: colorsOf(own, material, count, file.isGoxels),
    uvs: uv && laid(uv, uvMatrix),
    hasColors: primitive.material !== undefined || own !== undefined,
  };
}

/** Packed colour of each vertex: its own times the material's factor, in linear light. */
function colorsOf(
  own: Numbers | undefined,
  material: GltfMaterial,
  count: number,
  opacityCounts: boolean,
): Uint32Array {
  const { factor, alpha, cutoff, texture } = material;
  const colors = new Uint32Array(count).fill(WHITE);
  if (own === undefined && factor.every((value) => value === 1)) return colors;
  for (let vertex = 0; vertex < count; vertex++) {
    if ((vertex & 0xfff) === 0) checkInterrupt();
    const at = own === undefined ? 0 : vertex * own.width;
    const [red, green, blue] = own === undefined ? [1, 1, 1] : own.values.subarray(at, at + 3);
    let opacity = own?.width === 4 ? own.values[at + 3]! : 1;
    if (alpha !== 'opaque') opacity *= factor[3]!;
    else if (!opacityCounts) opacity = 1;
    if (alpha === 'mask') opacity = texture === undefined && opacity < cutoff ? 0 : 1;
    colors[vertex] = pack(
      srgbByte(red! * factor[0]!),
      srgbByte(green! * factor[1]!),
      srgbByte(blue! * factor[2]!),
      unitByte(opacity),
    );
  }
  return colors;
}

/** Where each vertex is on the picture, by the coordinates that it has. */
function laid(own: Float64Array, matrix: readonly number[]): Float64Array {
  const uvs = new Float64Array(own.length);
  for (let at = 0; at < own.length; at += 2) {
    if ((at & 0xfff) === 0) checkInterrupt();
    const u = own[at]!;
    const v = own[at + 1]!;
    uvs[at] = matrix[0]! * u + matrix[2]! * v + matrix[4]!;
    uvs[at + 1] = matrix[1]! * u + matrix[3]! * v + matrix[5]!;
  }
  return uvs;
}
