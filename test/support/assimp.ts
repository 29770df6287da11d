/** Files as assimp reads them, which many programs import meshes by. */

import assimpjs from 'assimpjs';

interface Node {
  readonly name: string;
  readonly transformation: readonly number[];
  readonly meshes?: readonly number[];
  readonly children?: readonly Node[];
}

interface Scene {
  readonly rootnode: Node;
  readonly meshes?: readonly { vertices: number[]; faces: number[][]; materialindex: number }[];
  readonly materials: readonly { properties: { key: string; value: unknown }[] }[];
}

/** A mesh of a node. */
export interface AssimpMesh {
  readonly node: string;
  readonly material: string;
  readonly faces: number;
  /** Of the vertices, moved as their node is. */
  readonly min: readonly number[];
  readonly max: readonly number[];
}

/** All meshes of a file, some of whose content may be in others; throws what assimp says. */
export async function assimpMeshes(
  name: string,
  file: Uint8Array,
  beside: Readonly<Record<string, Uint8Array>> = {},
): Promise<AssimpMesh[]> {
  const assimp = await assimpjs();
  const files = new assimp.FileList();
  files.AddFile(name, file);
  for (const [other, bytes] of Object.entries(beside)) files.AddFile(other, bytes);
  const result = assimp.ConvertFileList(files, 'assjson');
  if (!result.IsSuccess()) throw new Error(`assimp: ${result.GetErrorCode()}`);
  const scene = JSON.parse(Buffer.from(result.GetFile(0).GetContent()).toString()) as Scene;
  const found: AssimpMesh[] = [];
  collect(scene, scene.rootnode, [0, 0, 0], found);
  return found;
}

/** Nodes are moved only, in our files. */
function collect(scene: Scene, node: Node, above: readonly number[], found: AssimpMesh[]): void {
  const moved = above.map((value, axis) => value + node.transformation[axis * 4 + 3]!);
  for (const index of node.meshes ?? []) {
    const { vertices, faces, materialindex } = scene.meshes![index]!;
    const along = (axis: number) =>
      vertices.filter((_, i) => i % 3 === axis).map((value) => value + moved[axis]!);
    const least = (values: number[]) => values.reduce((a, b) => Math.min(a, b), Infinity);
    const most = (values: number[]) => values.reduce((a, b) => Math.max(a, b), -Infinity);
    const { properties } = scene.materials[materialindex]!;
    found.push({
      node: node.name,
      material: String(properties.find(({ key }) => key === '?mat.name')?.value),
      faces: faces.length,
      min: [0, 1, 2].map((axis) => least(along(axis))),
      max: [0, 1, 2].map((axis) => most(along(axis))),
    });
  }
  for (const child of node.children ?? []) collect(scene, child, moved, found);
}
