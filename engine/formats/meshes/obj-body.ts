/** One object of an .obj: its vertices, normals and faces. */

import type { Material } from '../../document/scene.ts';
import { checkInterrupt } from '../../interrupt.ts';
import type { BakedBatch, BakedSurface } from '../../mesh/atlas.ts';
import type { ColorCells } from '../../mesh/color-cells.ts';
import { type FaceNumbers, NumberedSurface } from '../../mesh/numbered.ts';
import { WindowNumbering } from '../../mesh/numbering.ts';
import {
  BlendedPlaces,
  blendedPlacesOf,
  colorOf,
  type Places,
  placesOf,
  type Survey,
} from '../../mesh/places.ts';
import type { Surface } from '../../mesh/surface.ts';
import { FACES_AT_ONCE, type TextPieces } from '../text.ts';
import type { Axes } from './axes.ts';
import { normalLine, putColored, putPoint } from './obj-lines.ts';
import type { Paint } from './obj-paint.ts';
import { asGoxelNumbers, writeVertices } from './vertices.ts';

const FACE = 0x66;
/** Between a point and a normal without a place in a picture. */
const ALONE = Buffer.from('//');
/** Suffixes that are kept; a mesh may have colours without end. */
const SUFFIXES_MAX = 65_536;

export interface Body {
  readonly name: string;
  readonly material: Material;
  /** What its file calls the material. */
  readonly materialName: string;
  /** Of each colour that faces have, tinted, what its own material is called, if it has one. */
  readonly colorNames: ReadonlyMap<number, string>;
  readonly tint: (rgba: number) => number;
  readonly surface: Surface;
  /** Where colours are asked for before the vertices. */
  readonly survey: Survey | undefined;
}

/** A file that is being written. */
export interface Writing {
  readonly out: TextPieces;
  readonly axes: Axes;
  readonly paint: Paint;
  readonly cells: ColorCells;
  /** Numbers that bodies before used up. */
  vertices: number;
  coordinates: number;
  normals: number;
}

type Pieces = Generator<Uint8Array, void, undefined>;

/** The colours of the faces, tinted and opaque, in the order in which they come. */
export function colorsOf({ survey, tint }: Pick<Body, 'survey' | 'tint'>): Set<number> {
  return new Set(Array.from(survey?.colors ?? [], (rgba) => opaque(tint(rgba))));
}

/** Whether it has any face. */
function isEmpty({ surface, survey }: Body): boolean {
  if (survey !== undefined) return survey.colors.size === 0;
  for (const { count } of surface.batches()) if (count > 0) return false;
  return true;
}

export function* writeBody(body: Body, writing: Writing): Pieces {
  const { out, paint } = writing;
  if (isEmpty(body)) return;
  out.utf8(`o ${body.name}\n`);
  if (paint === 'vertex') yield* writeColored(body, writing);
  else {
    const places = body.survey?.places ?? placesOf(body.surface);
    yield* writePoints(places, writing);
    if (paint === 'baked') yield* writeBaked(body.surface as BakedSurface, places, body, writing);
    else {
      yield* writeNormals(body.surface, writing, blendedIn(places));
      if (paint === 'color') yield* writeByColor(body, places, writing);
      else {
        out.utf8(`usemtl ${body.materialName}\n`);
        yield* writeByPalette(body, places, writing);
      }
    }
    writing.vertices += places.count;
  }
  if (out.full) yield out.take();
}

function* writePoints(places: Places, { out, axes }: Writing): Pieces {
  for (const points of places.points()) {
    checkInterrupt();
    for (let at = 0; at < points.length; at += 3) {
      if (out.full) yield out.take();
      putPoint(out, axes, points[at]!, points[at + 1]!, points[at + 2]!);
      out.newline();
    }
  }
}

/** All that a walk of the surface brought, or those of its points. */
function* writeNormals(
  { normals }: Surface,
  { out, axes }: Writing,
  blended?: BlendedPlaces,
): Pieces {
  for (const normal of blended?.normals() ?? normals) {
    if (out.full) yield out.take();
    out.text(normalLine(axes, normal));
  }
}

function blendedIn(places: Places): BlendedPlaces | undefined {
  return places instanceof BlendedPlaces ? places : undefined;
}

/** A face whose points have normals of the same numbers; `between` are its numbers between. */
function putBlended(
  { out, vertices, normals }: Writing,
  numbers: Uint32Array,
  from: number,
  to: number,
  between: Uint8Array,
): void {
  out.byte(FACE);
  for (let i = from; i < to; i++) {
    out.corner(numbers[i]! + vertices + 1, between, numbers[i]! + normals + 1);
  }
  out.newline();
}

/** Faces with a cell of the picture each. */
function* writeByPalette(body: Body, places: Places, writing: Writing): Pieces {
  const { cells, normals, vertices, out } = writing;
  const { corners } = body.surface;
  const suffixes = new Suffixes(normals + 1);
  let numbers = new Uint32Array(0);
  let last = -1;
  const blended = blendedIn(places) !== undefined;
  for (const batch of body.surface.batches()) {
    if (numbers.length < batch.count * corners)
      numbers = new Uint32Array(batch.count * corners * 2);
    places.number(batch, corners, numbers);
    for (let face = 0; face < batch.count; face++) {
      if (out.full) yield out.take();
      const rgba = colorOf(batch.colors, face * corners);
      if (rgba !== last) {
        last = rgba;
        suffixes.turnTo(cells.number(body.tint(rgba)) + 1);
      }
      const [from, to] = [face * corners, (face + 1) * corners];
      if (blended) putBlended(writing, numbers, from, to, suffixes.of());
      else {
        const suffix = suffixes.of(batch.normals[face]!);
        out.line(FACE, numbers, from, to, vertices + 1, suffix);
      }
    }
  }
  writing.normals += blendedIn(places)?.count ?? body.surface.normals.length;
}

/** What stands behind the points of faces, or between them and normals of theirs, as bytes. */
class Suffixes {
  /** The number in the file of the first normal. */
  readonly #first: number;
  /** Of each cell by the number of the normal. */
  readonly #cells = new Map<number, Uint8Array[]>();
  #list: Uint8Array[] = [];
  #kept = 0;
  #cell = 0;

  constructor(first: number) {
    this.#first = first;
  }

  turnTo(cell: number): void {
    this.#cell = cell;
    const known = this.#cells.get(cell);
    this.#list = known ?? [];
    if (known !== undefined) return;
    if (this.#kept > SUFFIXES_MAX) {
      this.#cells.clear();
      this.#kept = 0;
    }
    this.#cells.set(cell, this.#list);
  }

  /** `/cell/normal`; `/cell/` without a normal. */
  of(normal = -1): Uint8Array {
    const known = this.#list[normal + 1];
    if (known !== undefined) return known;
    this.#kept++;
    const name = normal < 0 ? '' : this.#first + normal;
    const suffix = Buffer.from(`/${this.#cell}/${name}`);
    this.#list[normal + 1] = suffix;
    return suffix;
  }
}

/** Faces in the order of their colours, which takes memory for all of them. */
function* writeByColor(body: Body, places: Places, writing: Writing): Pieces {
  const { surface, tint, colorNames } = body;
  const { corners } = surface;
  const { out, vertices, normals } = writing;
  const groups = new Map<number, Group>();
  let numbers = new Uint32Array(0);
  for (const batch of surface.batches()) {
    if (numbers.length < batch.count * corners)
      numbers = new Uint32Array(batch.count * corners * 2);
    places.number(batch, corners, numbers);
    for (let face = 0; face < batch.count; face++) {
      const rgba = opaque(tint(colorOf(batch.colors, face * corners)));
      let group = groups.get(rgba);
      if (group === undefined) {
        group = new Group();
        groups.set(rgba, group);
      }
      for (let i = 0; i < corners; i++) group.add(numbers[face * corners + i]!);
      group.add(batch.normals[face]!);
    }
  }
  const blended = blendedIn(places) !== undefined;
  const suffixes = surface.normals.map((_, i) => Buffer.from(`//${normals + i + 1}`));
  for (const [rgba, { list, length }] of groups) {
    out.utf8(`usemtl ${colorNames.get(rgba)}\n`);
    for (let at = 0; at < length; at += corners + 1) {
      if (out.full) yield out.take();
      checkInterrupt();
      if (blended) putBlended(writing, list, at, at + corners, ALONE);
      else out.line(FACE, list, at, at + corners, vertices + 1, suffixes[list[at + corners]!]!);
    }
  }
  writing.normals += blendedIn(places)?.count ?? surface.normals.length;
}

/** Numbers of the faces of one colour: those of their corners, and that of their normal. */
class Group {
  list = new Uint32Array(16);
  length = 0;

  add(number: number): void {
    if (this.length === this.list.length) {
      const { list } = this;
      this.list = new Uint32Array(list.length * 2);
      this.list.set(list);
    }
    this.list[this.length++] = number;
  }
}

/** Faces with a part of the picture each; the corners of one have places of their own in it. */
function* writeBaked(
  surface: BakedSurface,
  places: Places,
  { materialName }: Body,
  writing: Writing,
): Pieces {
  const { out, vertices, coordinates } = writing;
  const mesh = new NumberedSurface(surface, () => new WindowNumbering(true));
  let count = 0;
  for (const { faces, numbers, first, end } of mesh.walk()) {
    const { uvs } = faces as BakedBatch;
    for (let corner = 0, next = first; next < end; corner++) {
      if (numbers[corner] !== next) continue;
      if (out.full) yield out.take();
      next++;
      out.text(coordinateLine(uvs[corner * 2]!, uvs[corner * 2 + 1]!));
    }
    count = end;
  }
  yield* writeNormals(surface, writing);
  out.utf8(`usemtl ${materialName}\n`);
  const suffixes = surface.normals.map((_, i) => Buffer.from(`/${writing.normals + i + 1}`));
  let points = new Uint32Array(0);
  for (const batch of mesh.walk()) {
    if (points.length < batch.count * 3) points = new Uint32Array(batch.count * 6);
    places.number(batch.faces, 3, points);
    for (let face = 0; face < batch.count; face++) {
      if (out.full) yield out.take();
      const span = { from: face * 3, to: face * 3 + 3 };
      const firsts = { firstA: vertices + 1, firstB: coordinates + 1 };
      out.pairs(points, batch.numbers, { ...span, ...firsts }, suffixes[batch.normals[face]!]!);
    }
  }
  writing.coordinates += count;
  writing.normals += surface.normals.length;
}

/** Vertices that have colours, as Goxel writes them. */
function* writeColored(body: Body, writing: Writing): Pieces {
  const { surface, tint } = body;
  const { out, axes, vertices, normals } = writing;
  const mesh = asGoxelNumbers(surface);
  const put = putColored(out, axes);
  yield* writeVertices(out, mesh, (x, y, z, rgba) => put(x, y, z, tint(rgba)));
  const blended = blendedPlacesOf(surface);
  yield* writeNormals(surface, writing, blended);
  if (blended !== undefined) yield* writeColoredBlended(mesh, blended, writing);
  else {
    const suffixes = surface.normals.map((_, i) => Buffer.from(`//${normals + i + 1}`));
    for (const batch of mesh.numbers()) {
      for (let face = 0; face < batch.count; face += FACES_AT_ONCE) {
        checkInterrupt();
        if (out.full) yield out.take();
        const end = Math.min(batch.count, face + FACES_AT_ONCE);
        putFaces(out, batch, face, end, surface.corners, vertices + 1, suffixes);
      }
    }
  }
  writing.vertices += mesh.count().vertices;
  writing.normals += blended?.count ?? surface.normals.length;
}

/** Triangles whose vertices have colours, and whose points have normals. */
function* writeColoredBlended(
  mesh: NumberedSurface,
  blended: BlendedPlaces,
  { out, vertices, normals }: Writing,
): Pieces {
  let points = new Uint32Array(0);
  for (const { faces, count, numbers } of mesh.walk()) {
    if (points.length < count * 3) points = new Uint32Array(count * 6);
    blended.number(faces, 3, points);
    for (let corner = 0; corner < count * 3; corner++) {
      if (out.full) yield out.take();
      if (corner % 3 === 0) out.byte(FACE);
      out.corner(numbers[corner]! + vertices + 1, ALONE, points[corner]! + normals + 1);
      if (corner % 3 === 2) out.newline();
    }
  }
}

function putFaces(
  out: TextPieces,
  { numbers, normals }: FaceNumbers,
  from: number,
  to: number,
  corners: number,
  base: number,
  suffixes: readonly Uint8Array[],
): void {
  for (let face = from; face < to; face++) {
    const at = face * corners;
    out.line(FACE, numbers, at, at + corners, base, suffixes[normals[face]!]!);
  }
}

/** `vt u v` of a place in a picture, whose v counts from the bottom here. */
export function coordinateLine(u: number, v: number): string {
  const shown = (value: number) => Number(value.toFixed(COORDINATE_DIGITS));
  return `vt ${shown(u)} ${shown(1 - v)}\n`;
}

/** Enough for a sixtieth of a pixel of the largest picture. */
const COORDINATE_DIGITS = 7;

function opaque(rgba: number): number {
  return (rgba | 0xff00_0000) >>> 0;
}
