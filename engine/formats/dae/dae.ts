/**
 * Reads COLLADA 1.4 and 1.5 (.dae, https://www.khronos.org/collada/): the meshes of the scene,
 * placed by their nodes or joints, with the colour or picture of their materials. Which axis is up
 * is in the file.
 */

import { GoxError } from '../../../conf/errors.ts';
import type { Material } from '../../document/scene.ts';
import { checkInterrupt } from '../../interrupt.ts';
import { PolygonCutter } from '../../mesh-import/polygon.ts';
import { type Part, TriangleSoup, WHITE } from '../../mesh-import/soup.ts';
import { multiplied } from '../../mesh-import/srgb.ts';
import { IDENTITY, move } from '../../mesh-import/transform.ts';
import { voxelize } from '../../mesh-import/voxelize.ts';
import type { Format, ImportOptions } from '../format.ts';
import { Report } from '../report.ts';
import { shown } from '../shown.ts';
import { unpacked } from './dae-archive.ts';
import { colorAt, DaeGeometries, type Primitive, type Source } from './dae-geometry.ts';
import { type DaeMaterial, DaeMaterials } from './dae-materials.ts';
import { type Placed, placedNodes } from './dae-nodes.ts';
import { controlled, morph, nameOf, pose, within } from './dae-skins.ts';
import { tellLeftOut } from './dae-told.ts';
import { childOf, childrenOf, DaeTree, type Element } from './dae-tree.ts';

/** Of places and indices, each time that they are used. */
const NUMBERS_MAX = 2 ** 26;

export const dae: Format = {
  name: 'dae',
  extensions: ['dae', 'zae'],
  read(file, source, options = {}) {
    const { bytes, resolve } = unpacked(file, source, options.resolve);
    const reader = new Reader(bytes, source, resolve, options.report ?? new Report());
    return voxelize(reader.read(), reader.y_up, options);
  },
};

class Reader {
  readonly #report: Report;
  readonly #tree: DaeTree;
  readonly #soup: TriangleSoup;
  readonly #geometries: DaeGeometries;
  readonly #materials: DaeMaterials;
  readonly #cutter: PolygonCutter;
  readonly #parts = new Map<string, Part>();
  #left = NUMBERS_MAX;

  constructor(
    bytes: Uint8Array,
    source: string,
    resolve: ImportOptions['resolve'],
    report: Report,
  ) {
    this.#report = report;
    this.#cutter = new PolygonCutter(report);
    this.#tree = new DaeTree(bytes, source);
    this.#soup = new TriangleSoup(source);
    this.#geometries = new DaeGeometries(this.#tree);
    this.#materials = new DaeMaterials(this.#tree, resolve, report);
  }

  /** X up, which hardly any file says, is turned by the reader itself. */
  get y_up(): boolean {
    return this.#up !== 'Z_UP';
  }

  get #up(): string {
    return childOf(this.#tree.root, 'asset', 'up_axis')?.text.trim().toUpperCase() ?? 'Y_UP';
  }

  read(): TriangleSoup {
    const placed = placedNodes(this.#tree, this.#report);
    for (const each of placed) {
      checkInterrupt();
      for (const instance of each.node.children) {
        if (instance.name === 'instance_geometry') this.#addGeometry(each, instance);
        else if (instance.name === 'instance_controller') this.#addSkin(each, instance, placed);
      }
    }
    tellLeftOut(this.#tree, placed, this.#report);
    const skipped = this.#report.warnings().find(({ code }) => code === 'WARN_FACES_SKIPPED');
    if (this.#soup.empty && skipped === undefined) this.#addAll();
    if (!this.#soup.empty || skipped === undefined) return this.#soup;
    const { source: file } = this.#tree;
    const message = `${file} is damaged: ${skipped.message}`;
    throw new GoxError('GOX_FORMAT_BROKEN', message, { file });
  }

  /** The geometries of a file whose scene shows none. */
  #addAll(): void {
    const libraries = childrenOf(this.#tree.root, 'library_geometries');
    const all = libraries.flatMap((each) => childrenOf(each, 'geometry'));
    const meshes = all.filter((each) => childOf(each, 'mesh') !== undefined);
    const message = 'No mesh stands in the scene; all of them were read where they are.';
    this.#report.warn('WARN_UNPLACED', message, undefined, meshes.length);
    for (const node of meshes) {
      const place = { node, transform: IDENTITY, hidden: false, parent: undefined };
      this.#place(place, childOf(node, 'mesh')!, node);
    }
  }

  #addGeometry(place: Placed, instance: Element): void {
    const url = instance.attributes.get('url');
    const mesh = childOf(this.#tree.find(url), 'mesh');
    if (mesh === undefined) this.#tellMissing(url);
    else this.#place(place, mesh, instance);
  }

  #place(place: Placed, mesh: Element, instance: Element): void {
    const positions = this.#geometries.positions(mesh);
    for (let at = 0; at < positions.length; at += 3) move(positions, at, place.transform);
    this.#draw(place, mesh, positions, instance);
  }

  #addSkin(place: Placed, instance: Element, placed: readonly Placed[]): void {
    const url = instance.attributes.get('url');
    const { geometry, skin, morphs } = controlled(this.#tree, url);
    const mesh = childOf(geometry, 'mesh');
    if (mesh === undefined) {
      this.#tellMissing(url);
      return;
    }
    const positions = this.#geometries.positions(mesh);
    for (const each of morphs.toReversed()) {
      const targets = childrenOf(childOf(each, 'targets'), 'input').length;
      this.#spend(positions.length * targets);
      morph(positions, each, this.#geometries, this.#tree, this.#report);
    }
    if (skin !== undefined) {
      this.#spend(placed.length + (childOf(skin, 'vertex_weights', 'v')?.text.length ?? 0));
      const skeletons = childrenOf(instance, 'skeleton').map(({ text }) => text.trim());
      const joints = { placed: within(placed, skeletons, this.#tree), all: placed };
      pose(positions, skin, this.#geometries, this.#tree, joints, this.#report);
    } else for (let at = 0; at < positions.length; at += 3) move(positions, at, place.transform);
    this.#draw(place, mesh, positions, instance);
  }

  /** Geometries may be placed again and again. */
  #spend(numbers: number): void {
    this.#left -= numbers;
    if (this.#left >= 0) return;
    const { source: file } = this.#tree;
    const message = `The meshes of ${file} have more than ${NUMBERS_MAX} numbers.`;
    throw new GoxError('GOX_MEMORY_LIMIT', message, { file, numbers_max: NUMBERS_MAX });
  }

  #tellMissing(url: string | undefined): void {
    const message = `The geometry ${shown(url)} is not there, or has no mesh.`;
    this.#report.warn('WARN_FACES_SKIPPED', message);
  }

  #draw(place: Placed, mesh: Element, positions: Float64Array, instance: Element): void {
    if (this.#up === 'X_UP') turnX(positions);
    const name = nameOf(place.node);
    const bindings = childOf(instance, 'bind_material', 'technique_common')?.children ?? [];
    const bound = new Map(bindings.map((each) => [each.attributes.get('symbol'), each]));
    this.#spend(positions.length + bindings.length);
    for (const primitive of this.#geometries.primitives(mesh)) {
      // One binding alone is meant for all, whatever it is called.
      const only = bindings.length === 1 ? bindings[0] : undefined;
      const own = this.#ownMaterial(primitive.material);
      const binding = bound.get(primitive.material) ?? (own === undefined ? only : undefined);
      this.#spend(primitive.indices.length + (binding?.children.length ?? 0));
      const target = binding?.attributes.get('target') ?? own;
      const material = target === undefined ? undefined : this.#materials.get(target);
      this.#begin(name, material?.finish, place.hidden);
      this.#drawPrimitive(primitive, positions, material, binding, name);
    }
  }

  /** What is drawn next is of a node, whose name a layer gets, and of a material that shines. */
  #begin(node: string, material: Material | undefined, hidden: boolean): void {
    const name = [node, material?.name ?? ''].filter((each) => each !== '').join(' ');
    const key = `${hidden} ${name}`;
    const part = { name, ...(material && { material }), ...(hidden && { hidden }) };
    if (!this.#parts.has(key)) this.#parts.set(key, part);
    this.#soup.begin(this.#parts.get(key)!);
  }

  /** Files without bindings name a material by its id. */
  #ownMaterial(name: string | undefined): string | undefined {
    if (name === undefined) return undefined;
    return this.#tree.byId(name)?.name === 'material' ? `#${name}` : undefined;
  }

  #drawPrimitive(
    primitive: Primitive,
    positions: Float64Array,
    material: DaeMaterial | undefined,
    binding: Element | undefined,
    name: string,
  ): void {
    const looks = looksOf(primitive, material, binding, this.#geometries);
    const soup = this.#soup;
    if (looks.colors !== undefined || material !== undefined) soup.hasColors = true;
    const corners: number[] = [];
    const cornerColors: number[] = [];
    const uvs: number[] = [];
    let from = 0;
    let skipped = 0;
    for (const [i, end] of primitive.ends.entries()) {
      if ((i & 0xff) === 0) checkInterrupt();
      const count = end - from;
      for (let n = 0; n < count; n++) {
        corners[n] = primitive.indices[(from + n) * primitive.stride + looks.vertexAt]!;
        cornerColors[n] = looks.colorOf(from + n);
        looks.putUv(uvs, n, from + n);
      }
      from = end;
      if (!allThere(positions, corners, count)) skipped++;
      else if (primitive.kind.startsWith('line')) {
        for (let n = 1; n < count; n++) {
          const [a, b] = [cornerColors[n - 1]!, cornerColors[n]!];
          soup.addLine(positions, corners[n - 1]!, corners[n]!, a, b);
        }
      } else {
        const holes = primitive.holes.get(i);
        const triangles = this.#trianglesOf(primitive.kind, positions, corners, count, holes);
        for (let n = 0; n + 2 < triangles.length; n += 3) {
          const [a, b, c] = [triangles[n]!, triangles[n + 1]!, triangles[n + 2]!];
          const [ca, cb, cc] = [cornerColors[a]!, cornerColors[b]!, cornerColors[c]!];
          soup.add(positions, corners[a]!, corners[b]!, corners[c]!, ca, cb, cc);
          if (looks.texture !== undefined) soup.lay(looks.texture, uvs, a, b, c);
        }
      }
    }
    const message = `Faces of ${name} name vertices that are not there.`;
    this.#report.warn('WARN_FACES_SKIPPED', message, { object: name }, skipped);
  }

  #trianglesOf(
    kind: string,
    positions: Float64Array,
    corners: readonly number[],
    count: number,
    holes: readonly number[] | undefined,
  ): readonly number[] {
    if (kind === 'trifans') return this.#cutter.fan(count);
    if (kind !== 'tristrips') return this.#cutter.cut(positions, corners, count, holes);
    const strip: number[] = [];
    // Every second triangle of a strip runs the other way.
    for (let i = 2; i < count; i++) strip.push(i - 2, ...(i % 2 === 0 ? [i - 1, i] : [i, i - 1]));
    return strip;
  }
}

/** What the corners of a primitive look like, by their places in it. */
function looksOf(
  { indices, inputs, stride }: Primitive,
  material: DaeMaterial | undefined,
  binding: Element | undefined,
  geometries: DaeGeometries,
) {
  const vertexAt = inputs.find(({ semantic }) => semantic === 'VERTEX')?.offset ?? 0;
  const coloured = inputs.find(({ semantic }) => semantic === 'COLOR');
  const colors = coloured && geometries.source(coloured.source);
  const set = childrenOf(binding, 'bind_vertex_input')
    .find(({ attributes }) => attributes.get('semantic') === material?.coordinates)
    ?.attributes.get('input_set');
  const laid = inputs.filter(({ semantic }) => semantic === 'TEXCOORD');
  const input = laid.find((each) => set !== undefined && each.set === set) ?? laid[0];
  const coordinates: Source | undefined = input && geometries.source(input.source);
  const texture = coordinates === undefined ? undefined : material?.texture;
  const tint = material?.color ?? WHITE;
  const indexOf = (corner: number, offset: number) => indices[corner * stride + offset]!;
  return {
    vertexAt,
    colors,
    texture,
    colorOf: (corner: number) =>
      colors === undefined
        ? tint
        : multiplied(colorAt(colors, indexOf(corner, coloured!.offset)), tint),
    putUv: (uvs: number[], place: number, corner: number) => {
      if (texture === undefined) return;
      const item = indexOf(corner, input!.offset);
      const at = coordinates!.offset + item * coordinates!.stride;
      uvs[place * 2] = coordinates!.values[at] ?? 0;
      uvs[place * 2 + 1] = 1 - (coordinates!.values[at + 1] ?? 0);
    },
  };
}

function allThere(positions: Float64Array, corners: readonly number[], count: number): boolean {
  for (let n = 0; n < count; n++) {
    const at = corners[n]! * 3;
    const sum = positions[at]! + positions[at + 1]! + positions[at + 2]!;
    if (!Number.isFinite(sum) || !Number.isInteger(at)) return false;
  }
  return true;
}

/** From X up to Y up. */
function turnX(positions: Float64Array): void {
  for (let at = 0; at < positions.length; at += 3) {
    const x = positions[at]!;
    positions[at] = -positions[at + 1]!;
    positions[at + 1] = x;
  }
}
