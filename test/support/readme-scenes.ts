/** The scenes that the README shows, as requests that anybody could send to a daemon. */

export interface SceneRequest {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export interface Scene {
  readonly name: string;
  /** JPEG unless told. */
  readonly extension?: 'png';
  readonly requests: readonly SceneRequest[];
  /** Parameters of goxel.render_scene, but for the path. */
  readonly picture: Readonly<Record<string, unknown>>;
}

const request = (method: string, params: SceneRequest['params'] = {}): SceneRequest => ({
  method,
  params,
});

/** Puts trees where the land is green, and leaves the shore and the peaks alone. */
const TREES = `
const volume = goxel.image.activeLayer.volume;
let seed = 5;
const random = (n) => (seed = (seed * 48271) % 2147483647) % n;
const ground = (x, y) => {
  for (let z = 40; z > 5; z--) if (volume.getAt([x, y, z]).a > 0) return z;
  return 0;
};
let trees = 0;
for (let i = 0; i < 900; i++) {
  const [x, y] = [random(104) - 52, random(104) - 52];
  const z = ground(x, y);
  if (z < 7 || z > 19) continue;
  const height = 3 + random(3);
  volume.fillBox([x, y, z + 1], [x + 1, y + 1, z + height + 1], [96, 64, 40, 255]);
  const shade = random(40);
  for (let step = 0; step < 4; step++) {
    const reach = 2 - (step >> 1);
    const at = z + height - 1 + step;
    const leaf = [40 + shade, 110 + shade, 50, 255];
    volume.fillBox([x - reach, y - reach + 1, at], [x + reach + 1, y + reach, at + 1], leaf);
    volume.fillBox([x - reach + 1, y - reach, at], [x + reach, y + reach + 1, at + 1], leaf);
  }
  trees++;
}
trees`;

const ISLAND: readonly SceneRequest[] = [
  request('goxel.create_project', { name: 'island', size: [120, 120, 48] }),
  request('goxel.procedural_shape', {
    ...{ shape_type: 'terrain', size_x: 112, size_y: 112, seed: 11, base: 6, amplitude: 19 },
    ...{ frequency: 0.022, octaves: 5 },
    colors: ['#3B3A48', '#6B6150', '#D9C68C', '#7CB04A', '#4F8F3C', '#7A746E', '#F2F4F8'],
  }),
  request('script.execute', { script: TREES }),
  request('goxel.add_material', { name: 'water', color: [1, 1, 1, 0.62], roughness: 0.1 }),
  request('goxel.create_layer', { name: 'sea' }),
  request('goxel.fill_region', { min: [-56, -56, -13], max: [55, 55, 4], color: '#3C8FC4' }),
  request('goxel.update_layer', { material: 1 }),
];

const SHAPES: readonly SceneRequest[] = [
  request('goxel.create_project', { name: 'shapes', size: [64, 64, 32] }),
  request('goxel.fill_region', { min: [-30, -22, -1], max: [29, 15, -1], color: '#D8D4CC' }),
  request('goxel.paint_shape', {
    ...{ shape: 'sphere', box: { min: [-26, -8, 0], max: [-10, 8, 16] }, color: '#E4572E' },
  }),
  request('goxel.procedural_shape', {
    ...{ shape_type: 'torus', center: [2, 0, 8], radius: 6, thickness: 3, axis: 'y' },
    color: '#F3A712',
  }),
  request('goxel.procedural_shape', {
    ...{ shape_type: 'pyramid', center: [20, 0, 7], size: [15, 15, 14], color: '#29335C' },
  }),
  request('goxel.procedural_shape', {
    ...{ shape_type: 'text', text: 'goxel', center: [-14, -17, 0], scale: 1, depth: 2 },
    color: '#669BBC',
  }),
];

const LAMP: readonly SceneRequest[] = [
  ...SHAPES,
  request('goxel.add_material', { name: 'glow', emission: [1, 0.75, 0.35], roughness: 1 }),
  request('goxel.create_layer', { name: 'lamp' }),
  request('goxel.paint_shape', {
    ...{ shape: 'sphere', box: { min: [-2, -14, 0], max: [4, -8, 6] }, color: '#FFE0A0' },
  }),
  request('goxel.update_layer', { material: 1 }),
];

const PANE = { roughness: 0.2, metallic: 0 };

/** A material, a layer of it, and what is in the layer. */
const glass = (place: number, name: string, opacity: number, ...content: SceneRequest[]) => [
  request('goxel.add_material', { ...PANE, name, color: [1, 1, 1, opacity] }),
  request('goxel.create_layer', { name }),
  ...content,
  request('goxel.update_layer', { material: place }),
];

/** Panes that cross, panes in a row of one layer, and a glass cube around a ball. */
const PANES: readonly SceneRequest[] = [
  request('goxel.create_project', { name: 'panes', size: [96, 64, 40] }),
  request('goxel.fill_region', { min: [-46, -26, -1], max: [45, 25, -1], color: '#D8D4CC' }),
  request('goxel.paint_shape', {
    ...{ shape: 'sphere', box: { min: [25, -5, 5], max: [35, 5, 15] }, color: '#F3A712' },
  }),
  ...glass(
    1,
    'red',
    0.55,
    request('goxel.fill_region', { min: [-44, 0, 0], max: [-17, 0, 21], color: '#E4302E' }),
  ),
  ...glass(
    2,
    'blue',
    0.55,
    request('goxel.fill_region', { min: [-31, -14, 0], max: [-31, 13, 25], color: '#2348D8' }),
  ),
  ...glass(
    3,
    'row',
    0.4,
    ...['#1FA34A', '#F2C311', '#C02CB0', '#18A8C8'].map((color, i) =>
      request('goxel.fill_region', {
        ...{ min: [-10 + i * 4, 12 - i * 8, 0], max: [3 + i * 4, 12 - i * 8, 18], color },
      }),
    ),
  ),
  ...glass(
    4,
    'cube',
    0.3,
    request('goxel.fill_region', { min: [20, -10, 0], max: [39, 9, 19], color: '#9FD8E8' }),
    request('goxel.fill_region', { min: [22, -8, 2], max: [37, 7, 17], color: '#00000000' }),
  ),
  ...glass(
    5,
    'shell',
    0.35,
    request('goxel.paint_shape', {
      ...{ shape: 'sphere', box: { min: [22, -8, 2], max: [38, 8, 18] }, color: '#E86FB0' },
    }),
  ),
];

const ROOM: readonly SceneRequest[] = [
  request('goxel.create_project', { name: 'room', size: [48, 48, 32] }),
  request('goxel.add_material', { name: 'matt', metallic: 0, roughness: 1 }),
  request('goxel.update_layer', { material: 1 }),
  request('goxel.fill_region', { min: [-20, -20, -1], max: [19, 19, 24], color: '#B8B0A4' }),
  request('goxel.clear_voxels', { region: { min: [-19, -20, 0], max: [18, 18, 23] } }),
  request('goxel.fill_region', { min: [-20, -20, 0], max: [-20, 19, 24], color: '#A8503C' }),
  request('goxel.fill_region', { min: [19, -20, 0], max: [19, 19, 24], color: '#3F6E8C' }),
  request('goxel.fill_region', { min: [-8, 2, 7], max: [9, 12, 7], color: '#7A5230' }),
  request('goxel.fill_region', { min: [-7, 3, 0], max: [-6, 4, 6], color: '#5C3C22' }),
  request('goxel.fill_region', { min: [7, 3, 0], max: [8, 4, 6], color: '#5C3C22' }),
  request('goxel.paint_shape', {
    ...{ shape: 'sphere', box: { min: [-6, 4, 8], max: [2, 12, 16] }, color: '#E8E4DA' },
  }),
  request('goxel.fill_region', { min: [-16, -8, 0], max: [-10, -2, 6], color: '#E4B23C' }),
  request('goxel.add_material', { name: 'warm', emission: [16, 10, 5], roughness: 1 }),
  request('goxel.add_material', { name: 'cold', emission: [4, 7, 12], roughness: 1 }),
  request('goxel.create_layer', { name: 'lamp' }),
  request('goxel.fill_region', { min: [3, 4, 19], max: [5, 6, 19], color: '#FFFFFF' }),
  request('goxel.update_layer', { material: 2 }),
  request('goxel.create_layer', { name: 'light on the floor' }),
  request('goxel.fill_region', { min: [14, -8, 2], max: [15, -7, 3], color: '#FFFFFF' }),
  request('goxel.update_layer', { material: 3 }),
];

/** Stands a pane of glass of a colour on the ground. */
const pane = (x: number, color: string): SceneRequest =>
  request('goxel.fill_region', { min: [x, 14, 0], max: [x + 6, 14, 14], color });

const TILES = `
const volume = goxel.image.activeLayer.volume;
for (let x = -24; x < 24; x += 3) {
  for (let y = -24; y < 24; y += 3) {
    const color = (x + y) % 2 === 0 ? [222, 214, 200, 255] : [92, 104, 116, 255];
    volume.fillBox([x, y, -1], [x + 3, y + 3, 0], color);
  }
}`;

const GLASS: readonly SceneRequest[] = [
  request('goxel.create_project', { name: 'glass', size: [48, 48, 32] }),
  request('script.execute', { script: TILES }),
  request('goxel.paint_shape', {
    ...{ shape: 'sphere', box: { min: [-18, 3, 0], max: [-8, 13, 10] }, color: '#E4572E' },
  }),
  request('goxel.add_material', { name: 'glass', color: [1, 1, 1, 0.06], roughness: 0.1 }),
  request('goxel.add_material', { name: 'stained', color: [1, 1, 1, 0.15], roughness: 0.1 }),
  request('goxel.create_layer', { name: 'glass' }),
  request('goxel.fill_region', { min: [-14, -12, 0], max: [-3, -1, 11], color: '#FFFFFF' }),
  request('goxel.update_layer', { material: 1 }),
  request('goxel.create_layer', { name: 'panes' }),
  ...[pane(-1, '#E03C31'), pane(6, '#3CA050'), pane(13, '#2F62D8')],
  request('goxel.update_layer', { material: 2 }),
];

const WIDE = { width: 960, height: 540, quality: 88, light: { yaw: -35, pitch: 40 } };

export const SCENES: readonly Scene[] = [
  {
    name: 'panes',
    requests: PANES,
    picture: {
      ...{ ...WIDE, width: 720, height: 405 },
      camera: { yaw: 18, pitch: 24 },
      background: '#F4F1EA',
    },
  },
  {
    name: 'island',
    requests: ISLAND,
    picture: {
      ...WIDE,
      camera: { yaw: 38, pitch: 32 },
      background: '#DCE6EE',
      light: { yaw: -10, pitch: 50 },
    },
  },
  {
    name: 'shapes',
    requests: SHAPES,
    picture: { ...WIDE, camera: { yaw: -12, pitch: 30 }, background: '#F4F1EA' },
  },
  {
    name: 'smooth',
    requests: SHAPES,
    picture: { ...WIDE, surface: 'smooth', camera: { yaw: -12, pitch: 30 }, background: '#F4F1EA' },
  },
  {
    name: 'traced',
    requests: LAMP,
    picture: {
      ...{ ...WIDE, camera: { yaw: -12, pitch: 30 }, background: '#202430' },
      ...{ light: { intensity: 0.5 }, trace: { samples: 120, sky: 0.4, denoise: true } },
    },
  },
  {
    name: 'lamps',
    extension: 'png',
    requests: ROOM,
    picture: {
      ...{ width: 270, height: 180, background: '#000000', field_of_view: 50, fit: false },
      camera: { eye: [0, -44, 13], target: [0, 0, 11] },
      ...{ light: { intensity: 0, ambient: 0 }, trace: { samples: 100 } },
    },
  },
  {
    name: 'glass',
    extension: 'png',
    requests: GLASS,
    picture: {
      ...{ width: 300, height: 200, background: '#DCE6EE', field_of_view: 40, fit: false },
      camera: { eye: [6, -54, 32], target: [-1, 0, 4] },
      ...{ light: { yaw: 165, pitch: 50, intensity: 3, ambient: 0.5 }, trace: { samples: 128 } },
    },
  },
];
