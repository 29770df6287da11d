/** Reads .gltf and .glb as three.js does, with what a browser has beside it in Node. */

import { PNG } from 'pngjs';
import { type Mesh, type MeshStandardMaterial, type Object3D, SRGBColorSpace } from 'three';
import { GLTFLoader } from 'three/examples/jsm/loaders/GLTFLoader.js';

type Rgb = readonly [red: number, green: number, blue: number];

/** A corner of a triangle as three.js would draw it. */
export interface ThreeCorner {
  readonly position: readonly number[];
  readonly normal: readonly number[];
  /** sRGB bytes of the material's colour, texture and vertex colours together. */
  readonly rgb: Rgb;
}

export interface ThreeMesh {
  /** Of the node. */
  readonly name: string;
  readonly material: MeshStandardMaterial;
  /** Three a triangle, in the world. */
  readonly corners: readonly ThreeCorner[];
}

/** A picture as `createImageBitmap` would give it. */
async function decode(blob: Blob): Promise<{ width: number; height: number; data: Buffer }> {
  return PNG.sync.read(Buffer.from(await blob.arrayBuffer()));
}

class ProgressEvent {}

Object.assign(globalThis, { self: globalThis, createImageBitmap: decode, ProgressEvent });

/** All meshes of the scene, each with the name of its node. */
export async function threeMeshes(file: Uint8Array): Promise<ThreeMesh[]> {
  const bytes = Uint8Array.from(file);
  const { scene } = await new GLTFLoader().parseAsync(bytes.buffer, '');
  scene.updateMatrixWorld(true);
  const found: ThreeMesh[] = [];
  scene.traverse((object: Object3D) => {
    if (!isMesh(object)) return;
    const material = object.material as MeshStandardMaterial;
    // A mesh of several materials is a group of meshes, which are called by numbers.
    const name = object.parent === scene ? object.userData.name : object.parent!.userData.name;
    found.push({ name: name ?? object.name, material, corners: cornersOf(object, material) });
  });
  return found;
}

function isMesh(object: Object3D): object is Mesh {
  return 'isMesh' in object;
}

function cornersOf(mesh: Mesh, material: MeshStandardMaterial): ThreeCorner[] {
  const { position, normal, uv, color } = mesh.geometry.attributes;
  const corners: ThreeCorner[] = [];
  const { index } = mesh.geometry;
  for (let i = 0; i < index!.count; i++) {
    const vertex = index!.getX(i);
    const place = mesh.position.clone().set(0, 0, 0);
    place.fromBufferAttribute(position as never, vertex).applyMatrix4(mesh.matrixWorld);
    const rgb = material.color.clone();
    if (color !== undefined) {
      rgb.r *= color.getX(vertex);
      rgb.g *= color.getY(vertex);
      rgb.b *= color.getZ(vertex);
    }
    if (material.map !== null) {
      const { width, height, data } = material.map.image as Awaited<ReturnType<typeof decode>>;
      const column = Math.floor(uv!.getX(vertex) * width);
      const at = 4 * (Math.floor(uv!.getY(vertex) * height) * width + column);
      const [red, green, blue] = Array.from(data.subarray(at, at + 3), (byte) => byte / 255);
      rgb.multiply(rgb.clone().setRGB(red!, green!, blue!, SRGBColorSpace));
    }
    const srgb = rgb.convertLinearToSRGB();
    corners.push({
      position: place.toArray(),
      normal: [normal!.getX(vertex), normal!.getY(vertex), normal!.getZ(vertex)],
      rgb: [Math.round(srgb.r * 255), Math.round(srgb.g * 255), Math.round(srgb.b * 255)],
    });
  }
  return corners;
}
