/** What three.js makes of .obj with .mtl, of .ply and of .stl. */

import { PNG } from 'pngjs';
import type { BufferGeometry, Mesh, MeshPhongMaterial, Object3D } from 'three';
import { MTLLoader } from 'three/examples/jsm/loaders/MTLLoader.js';
import { OBJLoader } from 'three/examples/jsm/loaders/OBJLoader.js';
import { PLYLoader } from 'three/examples/jsm/loaders/PLYLoader.js';
import { STLLoader } from 'three/examples/jsm/loaders/STLLoader.js';
import type { Files } from './written-files.ts';

/** x, y, z. */
type Point = readonly [x: number, y: number, z: number];

export interface ThreeTriangle {
  readonly object: string;
  readonly material: string;
  readonly corners: readonly [Point, Point, Point];
  /** Of its corners. */
  readonly normals: readonly [Point, Point, Point];
  /** In its middle, as six digits; empty without any. */
  readonly color: string;
}

/** The triangles of an .obj, with the colours of its materials, picture or vertices. */
export function trianglesOfObj({ main, beside }: Files): ThreeTriangle[] {
  const loader = new OBJLoader();
  const mtl = beside.get('mtl');
  const picture = beside.get('png') && PNG.sync.read(beside.get('png')!);
  if (mtl !== undefined) {
    // Textures are loaded by a browser only.
    const text = mtl.toString().replace(/^map_Kd .*$/gm, '');
    loader.setMaterials(new MTLLoader().parse(text, ''));
  }
  const found: ThreeTriangle[] = [];
  loader.parse(main.toString()).traverse((object: Object3D) => {
    if (!isMesh(object)) return;
    const materials = [object.material].flat() as MeshPhongMaterial[];
    const { geometry } = object;
    const count = geometry.getAttribute('position').count;
    const groups = geometry.groups.length > 0 ? geometry.groups : [{ start: 0, count }];
    for (const { start, count: length, ...group } of groups) {
      const material = materials['materialIndex' in group ? (group.materialIndex ?? 0) : 0]!;
      const mapped = new RegExp(`newmtl ${material.name}\\n[\\s\\S]*?(?=newmtl|$)`);
      const textured = /^map_Kd /m.test(mapped.exec(`${mtl ?? ''}`)?.[0] ?? '');
      for (let at = start; at < start + length; at += 3) {
        const color = textured
          ? pictured(geometry, at, picture!)
          : mtl === undefined
            ? vertexColor(geometry, at)
            : material.color.getHexString();
        const name = object.name;
        found.push({
          object: name,
          material: material.name,
          corners: corners(geometry, at),
          normals: corners(geometry, at, 'normal'),
          color,
        });
      }
    }
  });
  return found;
}

const NOWHERE: Point = [Number.NaN, Number.NaN, Number.NaN];

export function trianglesOfPly(bytes: Uint8Array): ThreeTriangle[] {
  return listed(new PLYLoader().parse(Uint8Array.from(bytes).buffer));
}

export function trianglesOfStl(bytes: Uint8Array): ThreeTriangle[] {
  return listed(new STLLoader().parse(Uint8Array.from(bytes).buffer));
}

function listed(geometry: BufferGeometry): ThreeTriangle[] {
  const flat = geometry.index === null ? geometry : geometry.toNonIndexed();
  const { count } = flat.getAttribute('position');
  const found: ThreeTriangle[] = [];
  for (let at = 0; at < count; at += 3) {
    const color = flat.hasAttribute('color') ? vertexColor(flat, at) : '';
    const normals = corners(flat, at, 'normal');
    found.push({ object: '', material: '', corners: corners(flat, at), normals, color });
  }
  return found;
}

function isMesh(object: Object3D): object is Mesh {
  return 'isMesh' in object;
}

/** Three vertices' values of an attribute, not numbers without it. */
function corners(
  geometry: BufferGeometry,
  at: number,
  attribute = 'position',
): [Point, Point, Point] {
  const values = geometry.getAttribute(attribute);
  if (values === undefined) return [NOWHERE, NOWHERE, NOWHERE];
  const point = (i: number): Point => [values.getX(i), values.getY(i), values.getZ(i)];
  return [point(at), point(at + 1), point(at + 2)];
}

/** three.js has linear colours; they are given as the file has them. */
function vertexColor(geometry: BufferGeometry, at: number): string {
  const colors = geometry.getAttribute('color');
  return [colors.getX(at), colors.getY(at), colors.getZ(at)]
    .map((value) => Math.round(encoded(value) * 255))
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}

function encoded(value: number): number {
  return value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;
}

/** The pixel in the middle of a triangle, sampled as it is. */
function pictured(geometry: BufferGeometry, at: number, { width, height, data }: PNG): string {
  const uvs = geometry.getAttribute('uv');
  const u = (uvs.getX(at) + uvs.getX(at + 1) + uvs.getX(at + 2)) / 3;
  const v = (uvs.getY(at) + uvs.getY(at + 1) + uvs.getY(at + 2)) / 3;
  const pixel = Math.floor(u * width) + Math.floor((1 - v) * height) * width;
  return data.toString('hex', pixel * 4, pixel * 4 + 3);
}
