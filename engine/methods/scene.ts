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
    document.box = given ?? boxMatrix(contentBox(document.layers));
    return { success: true, box: boxView(document.box) };
  });
};

type MaterialFields = Pick<
  Parameters<typeof addOneMaterial>[1],
  'name' | 'color' | 'metallic' | 'roughness' | 'emission'
>;

const addOneMaterial: Handler<typeof addMaterial> = (project, fields) => {
  const { materials } = project.document;
  requireParts('materials', materials.length + 1);
  const material = newMaterial(fields.name ?? `Material.${materials.length + 1}`);
  change(material, fields);
  materials.push(material);
  project.edited();
  return { success: true, index: materials.length - 1, material: materialView(material) };
};

const updateOneMaterial: Handler<typeof updateMaterial> = (project, { index, ...fields }) => {
  const material = pick(project.document.materials, index, 'material');
  change(material, fields);
  project.edited();
  return { success: true, material: materialView(material) };
};

function change(material: Material, fields: MaterialFields): void {
  const { name, metallic, roughness } = fields;
  // What can fail comes first: a request is done as a whole or not at all.
  const color = fields.color === undefined ? undefined : linearOf(fields.color, '.color');
  const emission =
    fields.emission === undefined ? undefined : linearOf(fields.emission, '.emission').slice(0, 3);
  if (name !== undefined) material.name = name;
  if (color !== undefined) material.color = color;
  if (metallic !== undefined) material.metallic = Math.fround(metallic);
  if (roughness !== undefined) material.roughness = Math.fround(roughness);
  if (emission !== undefined) material.emission = emission;
}

const removeOneMaterial: Handler<typeof removeMaterial> = (project, { index }) => {
  const { materials, layers } = project.document;
  pick(materials, index, 'material');
  materials.splice(index, 1);
  for (const layer of layers) {
    if (layer.material === index) layer.material = -1;
    else if (layer.material > index) layer.material -= 1;
  }
  project.edited();
  return { success: true, count: materials.length };
};

const addOneCamera: Handler<typeof addCamera> = (project, fields) => {
  const { cameras, box } = project.document;
  requireParts('cameras', cameras.length + 1);
  requireMatrix(fields);
  const name = fields.name ?? `Camera.${cameras.length + 1}`;
  const camera = newCamera(name, isNullBox(box) ? undefined : box);
  camera.active = cameras.length === 0;
  cameras.push(camera);
  aim(cameras, camera, fields);
  project.edited();
  return { success: true, index: cameras.length - 1, camera: cameraView(camera) };
};

const updateOneCamera: Handler<typeof updateCamera> = (project, { index, ...fields }) => {
  const { cameras } = project.document;
  const active = cameras.findIndex((camera) => camera.active);
  const camera = pick(cameras, index ?? Math.max(active, 0), 'camera');
  requireMatrix(fields);
  aim(cameras, camera, fields);
  project.edited();
  return { success: true, camera: cameraView(camera) };
};

type CameraFields = Parameters<typeof addOneCamera>[1];

function requireMatrix({ matrix }: CameraFields): void {
  if (matrix !== undefined) matrixOf(matrix, '.matrix');
}

function aim(cameras: readonly Camera[], camera: Camera, fields: CameraFields): void {
  const { name, matrix, distance, orthographic, active } = fields;
  if (name !== undefined) camera.name = name;
  if (matrix !== undefined) camera.mat = Float32Array.from(matrix);
  if (distance !== undefined) camera.dist = Math.fround(distance);
  if (orthographic !== undefined) camera.ortho = orthographic;
  if (active === true) for (const other of cameras) other.active = other === camera;
  if (active === false) camera.active = false;
}

const removeOneCamera: Handler<typeof removeCamera> = (project, { index }) => {
  const { cameras } = project.document;
  const { active } = pick(cameras, index, 'camera');
  cameras.splice(index, 1);
  const next = cameras[index] ?? cameras[index - 1];
  if (active && next !== undefined) next.active = true;
  project.edited();
  return { success: true, count: cameras.length };
};

const setLight: Handler<typeof updateLight> = (project, fields) => {
  const { light } = project.document;
  const { pitch, yaw, intensity, fixed, ambient, shadow } = fields;
  if (pitch !== undefined) light.pitch = Math.fround(pitch * DEGREE);
  if (yaw !== undefined) light.yaw = Math.fround(yaw * DEGREE);
  if (intensity !== undefined) light.intensity = Math.fround(intensity);
  if (fixed !== undefined) light.fixed = fixed;
  if (ambient !== undefined) light.ambient = Math.fround(ambient);
  if (shadow !== undefined) light.shadow = Math.fround(shadow);
  project.edited();
  return { success: true, light: lightView(light) };
};

const choosePalette: Handler<typeof setPalette> = ({ document }, { name, colors }) => {
  document.palette = colors === undefined ? builtIn(name) : custom(name, colors);
  return { success: true, palette: paletteView(document.palette) };
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
  const palette = readPalette(project.files.read(path), path);
  project.document.palette = palette;
  return { success: true, palette: paletteView(palette), path };
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
