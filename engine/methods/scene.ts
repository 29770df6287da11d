/** The image box, materials, cameras, the light and the palette. */

import { didYouMean } from '../../conf/suggest.ts';
import { invalidParam, paramProblem } from '../catalogue/params.ts';
import type {
  addCamera,
  addMaterial,
  getScene,
  loadPalette,
  removeCamera,
  removeMaterial,
  savePalette,
  setImageBox,
  setPalette,
  updateCamera,
  updateLight,
  updateMaterial,
} from '../catalogue/scene.ts';
import { sketch } from '../catalogue/sketch.ts';
import { builtInPalettes } from '../document/built-in-palettes.ts';
import type { Palette } from '../document/palette.ts';
import {
  type Camera,
  type Light,
  type Material,
  newCamera,
  newMaterial,
} from '../document/scene.ts';
import { contentBox } from '../formats/fit.ts';
import { readPalette } from '../formats/palettes/palette-file.ts';
import { writeGpl } from '../formats/palettes/palette-gpl.ts';
import { asResult, Report } from '../formats/report.ts';
import type { Project } from '../project/project.ts';
import { channels } from '../volume/color.ts';
import { boxMatrix, isNullBox } from '../volume/matrix.ts';
import { boxOf, boxView, boxViewOrNull, matrixOf } from './boxes.ts';
import type { AnyHandler, Handler } from './handler.ts';
import { requireParts } from './layer-choice.ts';
import { linearOf, packedColor } from './voxel-params.ts';

const DEGREE = Math.PI / 180;

const get: Handler<typeof getScene> = ({ document }) => ({
  box: boxViewOrNull(document.box),
  materials: document.materials.map(materialView),
  cameras: document.cameras.map(cameraView),
  light: lightView(document.light),
  palette: paletteView(document.palette),
});

const setBox: Handler<typeof setImageBox> = (project, { box, fit = false }) => {
  const { document } = project;
  const given = box === undefined ? undefined : boxOf(box, '.box');
  if (given === undefined && !fit) throw invalidParam('.box', 'a box, or fit: true', undefined);
  // Shape layers end at the image box, so they may grow.
  return project.transact(() => {
    document.refresh();
    document.set({ box: given ?? boxMatrix(contentBox(document.layers)) });
    return { success: true, box: boxView(document.box) };
  });
};

type MaterialFields = Pick<
  Parameters<typeof addOneMaterial>[1],
  'name' | 'color' | 'metallic' | 'roughness' | 'emission'
>;

const addOneMaterial: Handler<typeof addMaterial> = (project, fields) => {
  const { document } = project;
  const { length } = document.materials;
  requireParts('materials', length + 1);
  const material = changedMaterial(newMaterial(fields.name ?? `Material.${length + 1}`), fields);
  const index = project.transact(() => document.addMaterial(material));
  return { success: true, index, material: materialView(material) };
};

const updateOneMaterial: Handler<typeof updateMaterial> = (project, { index, ...fields }) => {
  const { document } = project;
  const material = changedMaterial(pick(document.materials, index, 'material'), fields);
  project.transact(() => document.set({ materials: document.materials.with(index, material) }));
  return { success: true, material: materialView(material) };
};

function changedMaterial(material: Material, fields: MaterialFields): Material {
  const { name, metallic, roughness, color, emission } = fields;
  return {
    ...material,
    ...(name === undefined ? {} : { name }),
    ...(color === undefined ? {} : { color: linearOf(color, '.color') }),
    ...(metallic === undefined ? {} : { metallic: Math.fround(metallic) }),
    ...(roughness === undefined ? {} : { roughness: Math.fround(roughness) }),
    ...(emission === undefined ? {} : { emission: linearOf(emission, '.emission').slice(0, 3) }),
  };
}

const removeOneMaterial: Handler<typeof removeMaterial> = (project, { index }) => {
  const { document } = project;
  const { materials, layers } = document;
  pick(materials, index, 'material');
  project.transact(() => {
    document.set({ materials: materials.toSpliced(index, 1) });
    for (const layer of layers) {
      const { material } = layer;
      if (material === index) layer.set({ material: -1 });
      else if (material > index) layer.set({ material: material - 1 });
    }
  });
  return { success: true, count: document.materials.length };
};

const addOneCamera: Handler<typeof addCamera> = (project, fields) => {
  const { document } = project;
  const { cameras, box } = document;
  requireParts('cameras', cameras.length + 1);
  requireMatrix(fields);
  const name = fields.name ?? `Camera.${cameras.length + 1}`;
  const added = newCamera(name, isNullBox(box) ? undefined : box);
  const all = [...cameras, { ...added, active: cameras.length === 0 }];
  return {
    success: true,
    index: cameras.length,
    camera: aim(project, all, cameras.length, fields),
  };
};

const updateOneCamera: Handler<typeof updateCamera> = (project, { index, ...fields }) => {
  const { cameras } = project.document;
  const active = cameras.findIndex((camera) => camera.active);
  const at = index ?? Math.max(active, 0);
  pick(cameras, at, 'camera');
  requireMatrix(fields);
  return { success: true, camera: aim(project, cameras, at, fields) };
};

type CameraFields = Parameters<typeof addOneCamera>[1];

function requireMatrix({ matrix }: CameraFields): void {
  if (matrix !== undefined) matrixOf(matrix, '.matrix');
}

/** Makes these the cameras, one of them changed. */
function aim(project: Project, cameras: readonly Camera[], index: number, fields: CameraFields) {
  const { name, matrix, distance, orthographic, active } = fields;
  const before = cameras[index]!;
  const camera: Camera = {
    ...before,
    ...(name === undefined ? {} : { name }),
    ...(matrix === undefined ? {} : { mat: Float32Array.from(matrix) }),
    ...(distance === undefined ? {} : { dist: Math.fround(distance) }),
    ...(orthographic === undefined ? {} : { ortho: orthographic }),
    active: active ?? before.active,
  };
  const others = active === true ? cameras.map((other) => ({ ...other, active: false })) : cameras;
  project.transact(() => project.document.set({ cameras: others.with(index, camera) }));
  return cameraView(camera);
}

const removeOneCamera: Handler<typeof removeCamera> = (project, { index }) => {
  const { document } = project;
  const { active } = pick(document.cameras, index, 'camera');
  const left = document.cameras.toSpliced(index, 1);
  const next = left[index] === undefined ? index - 1 : index;
  const cameras =
    active && left[next] !== undefined ? left.with(next, { ...left[next], active: true }) : left;
  project.transact(() => document.set({ cameras }));
  return { success: true, count: cameras.length };
};

const setLight: Handler<typeof updateLight> = (project, fields) => {
  const { pitch, yaw, intensity, fixed, ambient, shadow } = fields;
  const light: Light = {
    ...project.document.light,
    ...(pitch === undefined ? {} : { pitch: Math.fround(pitch * DEGREE) }),
    ...(yaw === undefined ? {} : { yaw: Math.fround(yaw * DEGREE) }),
    ...(intensity === undefined ? {} : { intensity: Math.fround(intensity) }),
    ...(fixed === undefined ? {} : { fixed }),
    ...(ambient === undefined ? {} : { ambient: Math.fround(ambient) }),
    ...(shadow === undefined ? {} : { shadow: Math.fround(shadow) }),
  };
  project.transact(() => project.document.set({ light }));
  return { success: true, light: lightView(light) };
};

const choosePalette: Handler<typeof setPalette> = (project, { name, colors }) => {
  const palette = colors === undefined ? builtIn(name) : custom(name, colors);
  project.choose(() => project.document.set({ palette }));
  return { success: true, palette: paletteView(palette) };
};

function builtIn(name: string | undefined): Palette {
  const wanted = name?.toLowerCase();
  const palettes = builtInPalettes();
  const found = palettes.find((palette) => palette.name.toLowerCase() === wanted);
  if (found !== undefined) return found;
  const names = palettes.map((palette) => palette.name);
  const near = name === undefined ? '' : didYouMean(name, names);
  const expected = `colors, or the name of a built-in palette: ${names.join(', ')}`;
  throw paramProblem('.name', `expected ${expected}, got ${sketch(name)}${near}`);
}

type Colors = NonNullable<Parameters<typeof choosePalette>[1]['colors']>;

function custom(name = 'Custom', colors: Colors): Palette {
  const packed = colors.map((color, i) => packedColor(color, () => `.colors[${i}]`));
  return { name, colors: Uint32Array.from(packed), names: colors.map(() => '') };
}

const load: Handler<typeof loadPalette> = (project, params) => {
  const path = project.files.absolute(params.path);
  const report = new Report();
  const palette = readPalette(project.files.read(path), path, report);
  project.choose(() => project.document.set({ palette }));
  const warnings = asResult(report.warnings());
  return { success: true, palette: paletteView(palette), path, ...warnings };
};

const save: Handler<typeof savePalette> = (project, params) => {
  const path = project.files.absolute(params.path);
  const bytes = project.files.write(path, [writeGpl(project.document.palette)]);
  return { success: true, path, bytes, format: 'gpl' };
};

export const sceneHandlers = {
  'goxel.get_scene': get,
  'goxel.set_image_box': setBox,
  'goxel.add_material': addOneMaterial,
  'goxel.update_material': updateOneMaterial,
  'goxel.remove_material': removeOneMaterial,
  'goxel.add_camera': addOneCamera,
  'goxel.update_camera': updateOneCamera,
  'goxel.remove_camera': removeOneCamera,
  'goxel.update_light': setLight,
  'goxel.set_palette': choosePalette,
  'goxel.load_palette': load,
  'goxel.save_palette': save,
} satisfies Record<string, AnyHandler>;

function pick<T>(list: readonly T[], index: number, what: string): T {
  const found = list[index];
  if (found !== undefined) return found;
  throw invalidParam('.index', `the index of a ${what}; there are ${list.length}`, index);
}

function materialView({ name, color, metallic, roughness, emission }: Material) {
  return { name, color: [...color], metallic, roughness, emission: [...emission] };
}

function cameraView({ name, mat, dist, ortho, active }: Camera) {
  return { name, matrix: [...mat], distance: dist, orthographic: ortho, active };
}

function lightView({ pitch, yaw, intensity, fixed, ambient, shadow }: Light) {
  const degrees = { pitch: pitch / DEGREE, yaw: yaw / DEGREE };
  return { ...degrees, intensity, fixed, ambient, shadow };
}

function paletteView({ name, colors, names }: Palette) {
  return {
    name,
    colors: Array.from(colors, (rgba) => {
      const [r, g, b, a] = channels(rgba);
      return [r, g, b, a] as [number, number, number, number];
    }),
    names: [...names],
  };
}
