/** The filters by their names. */

import type { filter } from '../catalogue/editing.ts';
import { type BoxParam, pointOf } from '../catalogue/geometry.ts';
import { invalidParam } from '../catalogue/params.ts';
import type { Params } from '../catalogue/spec.ts';
import type { Layer } from '../document/layer.ts';
import { intersection, merge } from '../ops/combine.ts';
import { planeCut } from '../ops/cut.ts';
import { adjustColors, mirror, wrap } from '../ops/filters.ts';
import { fillHoles, hollow, hull } from '../ops/hollow.ts';
import { paintShape } from '../ops/paint.ts';
import type { Project } from '../project/project.ts';
import type { Box } from '../volume/box.ts';
import { isNullBox, type Matrix } from '../volume/matrix.ts';
import type { Volume } from '../volume/volume.ts';
import { boxOf, wholeBox } from './boxes.ts';
import { packedColor, WHITE } from './voxel-params.ts';

type FilterParams = Params<typeof filter>;

const AXES = { x: 0, y: 1, z: 2 } as const;

const ORIGIN: [number, number, number] = [0, 0, 0];

/** Runs one filter over the voxels of a layer, which `volume` is. */
export function runFilter(
  project: Project,
  layer: Layer,
  volume: Volume,
  params: FilterParams,
): void {
  const { kind, thickness = 1, color } = params;
  switch (kind) {
    case 'colors':
      colors(project, volume, params);
      return;
    case 'mirror':
      mirror(volume, axisOf(params), wholeBoxAround(project, layer, params));
      return;
    case 'wrap': {
      const sign = params.direction === 'backward' ? -1 : 1;
      wrap(volume, axisOf(params), sign, wholeBoxAround(project, layer, params));
      return;
    }
    case 'hollow':
      hollow(volume, thickness);
      return;
    case 'fill_holes':
      fillHoles(volume, color === undefined ? 'nearest' : packedColor(color, () => '.color'));
      return;
    case 'hull': {
      const rgba = color === undefined ? WHITE : packedColor(color, () => '.color');
      const filled = hull(volume, rgba);
      // The voxels that are there keep their colours.
      merge(filled, volume, 'over');
      layer.set({ volume: filled });
      return;
    }
    case 'cut': {
      const normal = pointOf(params.normal ?? needs('normal'));
      if (Math.hypot(...normal) === 0) {
        throw invalidParam('.normal', 'a direction that has a length', params.normal);
      }
      planeCut(volume, pointOf(params.origin ?? ORIGIN), normal, params.side ?? 'above');
      return;
    }
    case 'crop':
      crop(volume, matrixAround(project, layer, params));
  }
}

function colors(project: Project, volume: Volume, params: FilterParams): void {
  const { hue = 0, lightness = 0, saturation = 0, contrast = 0 } = params;
  const { mask } = project.selection;
  const chosen = mask.count() > 0 ? intersection(volume, mask) : volume;
  merge(volume, adjustColors(chosen, { hue, lightness, saturation, contrast }), 'over');
}

function axisOf({ axis }: FilterParams): 0 | 1 | 2 {
  return AXES[axis ?? needs('axis')];
}

function crop(volume: Volume, box: Matrix): void {
  const all = { color: WHITE, smoothness: 0, symmetry: 0, symmetryOrigin: ORIGIN } as const;
  paintShape(volume, box, { ...all, mode: 'intersect', shape: 'cube' });
}

/** The box of the request, of the selection, of the layer, or of the image. */
function boxAround(project: Project, layer: Layer, { box }: FilterParams): BoxParam | Matrix {
  if (box !== undefined) return box;
  const { selection, document } = project;
  const selected = selection.box;
  if (selected !== undefined) return { min: [...selected.min], max: [...selected.max] };
  if (layer.box !== undefined && !isNullBox(layer.box)) return layer.box;
  if (!isNullBox(document.box)) return document.box;
  return needs('box');
}

function matrixAround(project: Project, layer: Layer, params: FilterParams): Matrix {
  const box = boxAround(project, layer, params);
  return box instanceof Float32Array ? box : boxOf(box, '.box');
}

function wholeBoxAround(project: Project, layer: Layer, params: FilterParams): Box {
  return wholeBox(boxAround(project, layer, params), '.box');
}

function needs(name: string): never {
  throw invalidParam(`.${name}`, `a ${name} for this filter`, undefined);
}
