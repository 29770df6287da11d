/** What is in a .gltf or .glb, and what Khronos' validator says of it. */

import { createRequire } from 'node:module';

export interface GltfJson {
  readonly asset: object;
  readonly extensionsUsed?: string[];
  readonly scenes: { nodes?: number[] }[];
  readonly nodes: {
    name: string;
    mesh: number;
    camera?: number;
    translation?: number[];
    children?: number[];
    matrix?: number[];
    extras?: object;
  }[];
  readonly meshes: {
    name: string;
    primitives: { indices: number; material: number; attributes: Record<string, number> }[];
  }[];
  readonly cameras?: { type: string }[];
  readonly materials: {
    name: string;
    alphaMode?: string;
    emissiveFactor?: number[];
    extensions?: Record<string, object>;
    pbrMetallicRoughness: {
      baseColorFactor?: number[];
      baseColorTexture?: object;
      metallicFactor?: number;
      roughnessFactor?: number;
    };
  }[];
  readonly accessors: { count: number; componentType: number; min?: number[]; max?: number[] }[];
  readonly bufferViews: { byteOffset?: number; byteLength: number }[];
  readonly buffers: { uri?: string; byteLength: number }[];
  readonly samplers?: object[];
  readonly images?: object[];
}

/** The JSON of either. */
export function gltfJsonOf(file: Buffer): GltfJson {
  const isGlb = file.toString('latin1', 0, 4) === 'glTF';
  const text = isGlb ? file.subarray(20, 20 + file.readUInt32LE(12)) : file;
  return JSON.parse(text.toString()) as GltfJson;
}

interface Issues {
  readonly numErrors: number;
  readonly numWarnings: number;
  readonly numInfos: number;
  readonly numHints: number;
  readonly messages: readonly object[];
}

const { validateBytes } = createRequire(import.meta.url)('gltf-validator') as {
  validateBytes(bytes: Uint8Array): Promise<{ issues: Issues }>;
};

/** What the validator has to say, of errors, warnings, infos and hints. */
export async function gltfIssues(file: Uint8Array): Promise<readonly object[]> {
  const { issues } = await validateBytes(new Uint8Array(file));
  return issues.messages;
}
