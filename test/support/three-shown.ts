/** What three.js shows of a file. */

import { type Mesh, Vector3 } from 'three';
import { GLTFLoader } from 'three/examples/jsm/loaders/GLTFLoader.js';

/** The triangles that three.js shows of a .glb, as an .obj. */
export async function shownByThree(glb: Buffer): Promise<Buffer> {
  const bytes = glb.buffer.slice(glb.byteOffset, glb.byteOffset + glb.length);
  const { scene } = await new GLTFLoader().parseAsync(bytes as ArrayBuffer, '');
  scene.updateMatrixWorld(true);
  const lines: string[] = [];
  let before = 0;
  scene.traverse((object) => {
    if (!(object as Mesh).isMesh) return;
    const mesh = object as Mesh;
    const { position } = mesh.geometry.attributes;
    const point = new Vector3();
    for (let i = 0; i < position!.count; i++) {
      mesh.getVertexPosition(i, point).applyMatrix4(mesh.matrixWorld);
      lines.push(`v ${point.toArray().join(' ')}`);
    }
    const { index } = mesh.geometry;
    const corner = (i: number) => before + 1 + (index === null ? i : index.getX(i));
    const total = index === null ? position!.count : index.count;
    for (let i = 0; i + 2 < total; i += 3) {
      lines.push(`f ${corner(i)} ${corner(i + 1)} ${corner(i + 2)}`);
    }
    before += position!.count;
  });
  return Buffer.from(`${lines.join('\n')}\n`);
}
