/** Meshes of glTF packed by the official encoders, for tests. */

import { createEncoderModule } from 'draco3d';
import { MeshoptEncoder } from 'meshoptimizer/encoder';
import { FLOAT, GltfMaker, type Json, packed, UINT, USHORT } from './gltf-maker.ts';

/** A wavy sheet of `side` by `side` points, two apart, with a colour a point. */
export function sheet(side: number) {
  const at = Array.from({ length: side * side }, (_, i) => [i % side, Math.floor(i / side)]);
  const positions = at.flatMap(([x, y]) => [x! * 2, y! * 2, Math.sin(x! / 3) * 5]);
  const uvs = at.flatMap(([x, y]) => [x! / (side - 1), y! / (side - 1)]);
  const colors = at.flatMap(([x, y]) => [(x! * 9) % 256, (y! * 7) % 256, 80, 255]);
  const indices: number[] = [];
  for (let y = 0; y + 1 < side; y++) {
    for (let x = 0; x + 1 < side; x++) {
      const corner = y * side + x;
      indices.push(corner, corner + 1, corner + side, corner + 1, corner + side + 1, corner + side);
    }
  }
  return { positions, uvs, colors, indices };
}

export type Sheet = ReturnType<typeof sheet>;

/** The sheet as it is, with colours of bytes. */
export function plainSheet({ positions, colors, indices }: Sheet): GltfMaker {
  const maker = new GltfMaker();
  const attributes = {
    POSITION: maker.accessor(FLOAT, 3, positions),
    COLOR_0: maker.accessor(5121, 4, colors, { normalized: true }),
  };
  const primitive = { attributes, indices: maker.accessor(UINT, 1, indices) };
  maker.json.meshes = [{ primitives: [primitive] }];
  return maker;
}

/** By KHR_draco_mesh_compression. */
export async function dracoSheet({ positions, colors, indices }: Sheet): Promise<GltfMaker> {
  const draco = await createEncoderModule({});
  const encoder = new draco.Encoder();
  const builder = new draco.MeshBuilder();
  const mesh = new draco.Mesh();
  const count = positions.length / 3;
  builder.AddFacesToMesh(mesh, indices.length / 3, Uint32Array.from(indices));
  const ids = {
    POSITION: builder.AddFloatAttribute(
      mesh,
      draco.POSITION,
      count,
      3,
      Float32Array.from(positions),
    ),
    COLOR_0: builder.AddUInt8Attribute(mesh, draco.COLOR, count, 4, Uint8Array.from(colors)),
  };
  encoder.SetEncodingMethod(draco.MESH_EDGEBREAKER_ENCODING);
  encoder.SetAttributeQuantization(draco.POSITION, 20);
  const array = new draco.DracoInt8Array();
  const length = encoder.EncodeMeshToDracoBuffer(mesh, array);
  const bytes = Uint8Array.from({ length }, (_, i) => array.GetValue(i) & 255);
  const maker = new GltfMaker();
  const bufferView = maker.view(bytes);
  const accessor = (componentType: number, type: string, length: number, more: Json = {}) =>
    maker.json.accessors.push({ componentType, type, count: length, ...more }) - 1;
  const attributes = {
    POSITION: accessor(FLOAT, 'VEC3', count),
    COLOR_0: accessor(5121, 'VEC4', count, { normalized: true }),
  };
  const extension = { bufferView, attributes: ids };
  const primitive = {
    ...{ attributes, indices: accessor(UINT, 'SCALAR', indices.length) },
    extensions: { KHR_draco_mesh_compression: extension },
  };
  maker.json.extensionsRequired = ['KHR_draco_mesh_compression'];
  maker.json.meshes = [{ primitives: [primitive] }];
  return maker;
}

/** By EXT_meshopt_compression, over a fallback buffer that holds nothing. */
export async function meshoptSheet(sheetOf: Sheet, name: string): Promise<GltfMaker> {
  await MeshoptEncoder.ready;
  const maker = new GltfMaker();
  const put = (values: Uint8Array, stride: number, mode: 'ATTRIBUTES' | 'TRIANGLES') => {
    const count = values.length / stride;
    const bytes = MeshoptEncoder.encodeGltfBuffer(values, count, stride, mode);
    const inner = maker.view(bytes);
    const { byteOffset, byteLength } = maker.json.bufferViews[inner]!;
    const extension = {
      ...{ buffer: 0, byteOffset, byteLength, byteStride: stride, count, mode },
    };
    maker.json.bufferViews[inner] = {
      ...{ buffer: 1, byteOffset: 0, byteLength: values.length },
      ...(mode === 'ATTRIBUTES' ? { byteStride: stride } : {}),
      extensions: { [name]: extension },
    };
    return inner;
  };
  const { positions, colors, indices } = sheetOf;
  const accessor = (view: number, componentType: number, type: string, count: number, more = {}) =>
    maker.json.accessors.push({ bufferView: view, componentType, type, count, ...more }) - 1;
  const count = positions.length / 3;
  const views = [
    put(packed(FLOAT, positions), 12, 'ATTRIBUTES'),
    put(Uint8Array.from(colors), 4, 'ATTRIBUTES'),
    put(packed(USHORT, indices), 2, 'TRIANGLES'),
  ];
  const attributes = {
    POSITION: accessor(views[0]!, FLOAT, 'VEC3', count),
    COLOR_0: accessor(views[1]!, 5121, 'VEC4', count, { normalized: true }),
  };
  const primitive = { attributes, indices: accessor(views[2]!, USHORT, 'SCALAR', indices.length) };
  maker.json.extensionsRequired = [name];
  maker.json.meshes = [{ primitives: [primitive] }];
  return maker;
}
