/** A square as a glTF file, with what a test changes of it. */

import type { ImportOptions } from '../../engine/formats/format.ts';
import { readGltf } from '../../engine/formats/gltf/import-gltf.ts';
import { Report } from '../../engine/formats/report.ts';
import { encodePng } from '../../engine/image/png.ts';
import { voxelLines } from './fixtures.ts';
import { FLOAT, GltfMaker, type Json, USHORT } from './gltf-maker.ts';

/** A square from the origin along x and y, 8 long, which becomes x and z. */
export const SQUARE = [0, 0, 0, 8, 0, 0, 8, 8, 0, 0, 8, 0];
export const TWO = [0, 1, 2, 0, 2, 3];

interface Parts {
  positions?: number;
  indices?: number | undefined;
  mode?: number;
  attributes?: Json;
  material?: Json;
}

/** A square with what a test changes. */
export function square(change: (maker: GltfMaker) => Parts = () => ({})): GltfMaker {
  const maker = new GltfMaker();
  const parts = change(maker);
  const POSITION = parts.positions ?? maker.accessor(FLOAT, 3, SQUARE);
  const indices = 'indices' in parts ? parts.indices : maker.accessor(USHORT, 1, TWO);
  const primitive = { attributes: { POSITION, ...parts.attributes }, indices, mode: parts.mode };
  if (parts.material !== undefined) maker.json.materials = [parts.material];
  const material = parts.material === undefined ? undefined : 0;
  maker.json.meshes = [{ primitives: [{ ...primitive, material }] }];
  return maker;
}

export function read(maker: GltfMaker, options: ImportOptions = {}) {
  return readGltf(maker.gltf(), 'a.gltf', options).merged();
}

/** What is told, as codes, of what is read. */
export function told(maker: GltfMaker): string[] {
  const report = new Report();
  read(maker, { report });
  return report.warnings().map(({ code }) => code);
}

export const PLAIN = voxelLines(read(square()));

export const PIXELS = encodePng({
  width: 2,
  height: 2,
  rgba: Uint8Array.of(255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 9, 9, 9, 100),
});
/** Red, green above blue, grey. The square's lower left corner is at (0, 1) of the texture. */
export const UV = [0, 1, 1, 1, 1, 0, 0, 0];

export function textured(
  uv: number[],
  change: { info?: Json; sampler?: Json; material?: Json; image?: Uint8Array } = {},
): GltfMaker {
  return square((m) => {
    const { image = PIXELS } = change;
    m.json.images = [{ bufferView: m.view(image), mimeType: 'image/png' }];
    m.json.textures = [{ source: 0, ...(change.sampler && { sampler: 0 }) }];
    if (change.sampler) m.json.samplers = [change.sampler];
    const baseColorTexture = { index: 0, ...change.info };
    const material = { pbrMetallicRoughness: { baseColorTexture }, ...change.material };
    return { attributes: { TEXCOORD_0: m.accessor(FLOAT, 2, uv) }, material };
  });
}
