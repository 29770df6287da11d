/**
 * Writes the model part of a .3mf file. Colours are a group of the Materials and Properties
 * Extension 1.2 (https://github.com/3MFConsortium/spec_materials), or on request a base material
 * each, which the core specification has; every triangle names its own.
 */

import { checkInterrupt } from '../../interrupt.ts';
import type { ColorNumbers } from '../color-numbers.ts';
import type { ExportOptions } from '../format.ts';
import { Axes } from '../meshes/axes.ts';
import { voxelMark } from '../meshes/voxel-mark.ts';
import { TextPieces } from '../text.ts';
import type { Bodies, Skin } from './model-bodies.ts';

const CORE = 'http://schemas.microsoft.com/3dmanufacturing/core/2015/02';
const MATERIALS = 'http://schemas.microsoft.com/3dmanufacturing/material/2015/02';

/** Number of the group of colours; those of objects follow. */
const COLORS_ID = 1;

/** Corners of the triangles of a polygon of three or four corners. */
const TRIANGLES = [0, 1, 2, 2, 3, 0] as const;

type Pieces = Generator<Uint8Array, void, undefined>;

/** Of a name, so that a piece has room for it. */
const NAME_MAX = 1024;

export function* modelPieces({ all, colors }: Bodies, options: ExportOptions): Pieces {
  const out = new TextPieces();
  const axes = new Axes(
    options,
    false,
    all.map(({ volume }) => volume),
  );
  const blended = options.mesh === 'smooth' && options.materials !== 'color';
  out.text('<?xml version="1.0" encoding="UTF-8"?>\n');
  out.text(`<model unit="millimeter" xml:lang="en-US" xmlns="${CORE}" xmlns:m="${MATERIALS}">\n`);
  out.text(`<metadata name="Application">${voxelMark(options.scale)}</metadata>\n<resources>\n`);
  if (colors.count > 0) yield* writeColors(out, colors, options.materials === 'color');
  const ids = new Map(all.map((body, i) => [body, COLORS_ID + 1 + i]));
  for (const [{ name, skin }, id] of ids) {
    if (out.full) yield out.take();
    const known = `<object id="${id}" type="model" name="${escaped(name)}"`;
    if ('of' in skin) {
      const move = movedBy(axes, skin.move, options.scale).join(' ');
      const component = `objectid="${ids.get(skin.of)}" transform="1 0 0 0 1 0 0 0 1 ${move}"`;
      out.utf8(`${known}><components><component ${component}/></components></object>\n`);
      continue;
    }
    out.utf8(`${known} pid="${COLORS_ID}" pindex="0"><mesh><vertices>\n`);
    yield* writeVertices(out, axes, skin);
    out.text('</vertices><triangles>\n');
    yield* writeTriangles(out, colors, skin, blended);
    out.text('</triangles></mesh></object>\n');
  }
  out.text('</resources>\n<build>\n');
  for (const id of ids.values()) {
    if (out.full) yield out.take();
    out.text(`<item objectid="${id}"/>\n`);
  }
  out.text('</build>\n</model>\n');
  yield out.take();
}

/** How far a body is moved in the file. */
function movedBy(axes: Axes, move: readonly [number, number, number], scale = 1): number[] {
  return axes.direction(move).map((value) => value * scale);
}

function* writeColors(out: TextPieces, colors: ColorNumbers, asMaterials: boolean): Pieces {
  const group = asMaterials ? 'basematerials' : 'm:colorgroup';
  out.text(`<${group} id="${COLORS_ID}">\n`);
  for (let number = 0; number < colors.count; number++) {
    if (out.full) yield out.take();
    const color = hexOf(colors.at(number));
    if (asMaterials) out.text(`<base name="${color.slice(0, 7)}" displaycolor="${color}"/>\n`);
    else out.text(`<m:color color="${color}"/>\n`);
  }
  out.text(`</${group}>\n`);
}

function* writeVertices(out: TextPieces, axes: Axes, { places }: Skin): Pieces {
  for (const points of places.points()) {
    checkInterrupt();
    for (let at = 0; at < points.length; at += 3) {
      if (out.full) yield out.take();
      axes.turn(points[at]!, points[at + 1]!, points[at + 2]!);
      out.text('<vertex x="');
      out.real(axes.x);
      out.text('" y="');
      out.real(axes.y);
      out.text('" z="');
      out.real(axes.z);
      out.text('"/>\n');
    }
  }
}

function* writeTriangles(
  out: TextPieces,
  numbers: ColorNumbers,
  { surface, places, tint }: Skin,
  blended: boolean,
): Pieces {
  const { corners } = surface;
  let points = new Uint32Array(0);
  for (const batch of surface.batches()) {
    if (points.length < batch.count * corners) points = new Uint32Array(batch.count * corners * 2);
    places.number(batch, corners, points);
    const color = (corner: number) => numbers.number(tint(batch.colors[corner]!));
    for (let face = 0; face < batch.count; face++) {
      if (out.full) yield out.take();
      const first = face * corners;
      for (let i = 0; i < (corners - 2) * 3; i += 3) {
        const [a, b, c] = [0, 1, 2].map((k) => first + TRIANGLES[i + k]!) as Corners;
        // What is thinner than a file's numbers is left out; its neighbours meet there.
        if (points[a] === points[b] || points[b] === points[c] || points[c] === points[a]) continue;
        out.text('<triangle v1="');
        out.integer(points[a]!);
        out.text('" v2="');
        out.integer(points[b]!);
        out.text('" v3="');
        out.integer(points[c]!);
        out.text(`" pid="${COLORS_ID}" p1="`);
        out.integer(color(blended ? a : first));
        if (blended) out.text(`" p2="${color(b)}" p3="${color(c)}`);
        out.text('"/>\n');
      }
    }
  }
}

type Corners = [number, number, number];

/** `#RRGGBB`, and `AA` where it is seen through. */
function hexOf(rgba: number): string {
  const bytes = [rgba & 0xff, (rgba >>> 8) & 0xff, (rgba >>> 16) & 0xff, rgba >>> 24];
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `#${hex.toUpperCase().slice(0, rgba >>> 24 === 255 ? 6 : 8)}`;
}

/** As the value of an attribute; without what XML cannot hold. */
function escaped(name: string): string {
  return name
    .slice(0, NAME_MAX)
    .replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, ' ')
    .replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
