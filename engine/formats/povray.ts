/**
 * Scenes for the ray tracer POV-Ray (.povray in Goxel; .pov is its usual extension): the active
 * camera, the light, and a box for each solid voxel of the visible layers, with the opacity, glow
 * and gloss of its layer's material. They say for which version they are, and that colours are
 * sRGB, so POV-Ray has nothing to warn of. A camera that nobody has placed sees the whole model.
 *
 * Like Goxel: its text but for the line that names the program; every layer, hidden ones included,
 * and no materials. Layers that overlap are not merged.
 */

import type { Document } from '../document/document.ts';
import type { Layer } from '../document/layer.ts';
import { type Camera, type Material, newCamera } from '../document/scene.ts';
import { type SeenLayer, seenLayers } from '../mesh/seen.ts';
import { BLOCK_VOXELS, newScratch } from '../volume/block.ts';
import { SOLID_ALPHA } from '../volume/color.ts';
import type { ExportOptions, Format } from './format.ts';
import { materialOf, tintOf } from './meshes/mtl.ts';
import { sideMacro, writeSides } from './povray-glass.ts';
import { cameraText } from './povray-view.ts';
import { TextPieces } from './text.ts';

const SOLID = (SOLID_ALPHA << 24) >>> 0;
/** Vertical field of view and picture of Goxel's cameras. */
const FOV_DEGREES = 20;
const WIDTH = 1024;
const HEIGHT = 1024;

const BEFORE = Buffer.from('\n    Vox(<');
const COMMA = Buffer.from(', ');
const BETWEEN = Buffer.from('>, <');
const AFTER = Buffer.from('>)\n');

/** How bright the gloss of a material without roughness is: of metal, and of what is none. */
const GLOSS_MAX = 0.06;
const METAL_GLOSS_MAX = 0.5;
/** How much light is scattered by what is no metal: what is not reflected, each way, over pi. */
const SCATTERED = (1 - 0.04) ** 2 / Math.PI;
/** From here on a gloss has the colour of what it is on. */
const METAL_MIN = 0.5;

const GOXEL_MACRO = [
  '#declare Voxel = box {<-0.5, -0.5, -0.5>, <0.5, 0.5, 0.5>}\n#macro Vox(Pos, Color)\n',
  '    object {\n        Voxel\n        translate Pos\n        translate <0.5, 0.5, 0.5>\n',
];
const MACRO = [
  '#declare Voxel = box {<-0.5, -0.5, -0.5>, <0.5, 0.5, 0.5>}\n#macro Vox(Pos, Color)\n',
  '    object {\n        Voxel\n        translate Pos + <0.5, 0.5, 0.5>\n',
];
const GOXEL_TEXTURE = '        texture { pigment {color rgb Color / 255} }\n    }\n#end\n\n\n';
/**
 * `Clear`, `Glow` and `Shine` are set before the voxels of each layer. POV-Ray multiplies what
 * glows by the colour, so it is divided by that here.
 */
const TEXTURE =
  '        texture {\n' +
  '            #local C = srgb <max(Color.x, 1), max(Color.y, 1), max(Color.z, 1)> / 255;\n' +
  '            pigment { color rgbt <C.red, C.green, C.blue, Clear> }\n' +
  '            finish { Shine emission rgb Glow / <C.red, C.green, C.blue> }\n' +
  '        }\n';

function* writePovray(document: Document, options: ExportOptions = {}): Generator<Uint8Array> {
  document.refresh();
  const goxel = options.like === 'goxel';
  const out = new TextPieces();
  out.text('// Generated from goxel-supervisor\n');
  const bodies = goxel ? document.layers.map(asItIs) : seenLayers(document);
  for (const line of goxel ? goxelHeader(document) : header(document, bodies)) out.text(line);
  for (const { layer, volume } of bodies) {
    const material = materialOf(document, layer);
    const tint = goxel ? undefined : tintOf(material);
    if (!goxel) out.text(setting(material));
    if (tint !== undefined && opacityOf(material) < 1) {
      yield* writeSides(out, volume, document.merged(), tint);
      continue;
    }
    for (const { x, y, z, data } of volume.blocks(newScratch())) {
      for (let i = 0; i < BLOCK_VOXELS; i++) {
        const word = data[i]!;
        const rgba = word < SOLID || tint === undefined ? word : tint(word);
        if (rgba < SOLID) continue;
        if (out.full) yield out.take();
        put(out, BEFORE);
        triple(out, x + (i & 15), y + ((i >> 4) & 15), z + (i >> 8));
        put(out, BETWEEN);
        triple(out, rgba & 0xff, (rgba >>> 8) & 0xff, (rgba >>> 16) & 0xff);
        put(out, AFTER);
      }
    }
  }
  if (goxel) out.text('\n}\n');
  yield out.take();
}

function asItIs(layer: Layer): SeenLayer {
  return { layer, volume: layer.volume };
}

/** What the macro takes for the voxels that follow: glass, glow and gloss. */
function setting(material: Material): string {
  const [roughness, metallic] = [unit(material.roughness), unit(material.metallic)];
  const glow = Array.from(material.emission, (value) => fixed(unit(value), 6)).join(', ');
  const isMetal = metallic > METAL_MIN;
  const gloss = fixed((1 - roughness) * (isMetal ? METAL_GLOSS_MAX : GLOSS_MAX), 6);
  const width = fixed(Math.max(0.001, roughness ** 2), 6);
  const metal = isMetal ? ' metallic' : '';
  const diffuse = fixed((1 - metallic) * SCATTERED, 6);
  return (
    `\n    #declare Clear = ${fixed(1 - opacityOf(material), 6)};\n` +
    `    #declare Glow = <${glow}>;\n    #declare Shine = finish {` +
    ` ambient 1 diffuse ${diffuse} specular ${gloss} roughness ${width}${metal} }\n`
  );
}

function opacityOf({ color }: Material): number {
  return unit(color[3]!);
}

function unit(value: number): number {
  return Math.min(1, Math.max(0, value)) || 0;
}

function triple(out: TextPieces, a: number, b: number, c: number): void {
  out.integer(a);
  put(out, COMMA);
  out.integer(b);
  put(out, COMMA);
  out.integer(c);
}

/** A few bytes cost less one by one than as a text. */
function put(out: TextPieces, bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; i++) out.byte(bytes[i]!);
}

/** The camera, the macro and the light. */
function header(document: Document, bodies: readonly SeenLayer[]): string[] {
  const { ambient, intensity } = document.light;
  const volumes = bodies.map(({ volume }) => volume);
  const light = fixed(Math.max(0, intensity) || 0, 2);
  return [
    '\n#version 3.7;\n\n',
    cameraText(document, volumes),
    ...MACRO,
    TEXTURE,
    '    }\n#end\n\n\n',
    sideMacro(TEXTURE),
    'global_settings { assumed_gamma 1.0 max_trace_level 32 }\n',
    `global_settings { ambient_light rgb<1, 1, 1> * ${fixed(Math.max(0, ambient) || 0, 2)} }\n`,
    ...lightLines(document, `<${light}, ${light}, ${light}>`),
  ];
}

function goxelHeader(document: Document): string[] {
  const { ambient } = document.light;
  const angle = (FOV_DEGREES * WIDTH) / HEIGHT;
  const view = inverse32(cameraOf(document).mat);
  const matrix = [0, 4, 8, 12].flatMap((at) => [...view.subarray(at, at + 3)]);
  return [
    '// https://github.com/guillaumechereau/goxel\n\n\n',
    `camera {\n    perspective\n    right x*${WIDTH}/${HEIGHT}\n    direction <0, 0, -1>\n`,
    `    angle ${angle.toFixed(1)}\n    transform {\n`,
    `        matrix <${matrix.map((v) => fixed(v, 6)).join(', ')}>\n`,
    '        inverse\n    }\n}\n\n\n',
    ...GOXEL_MACRO,
    GOXEL_TEXTURE,
    `global_settings { ambient_light rgb<1, 1, 1> * ${ambient.toFixed(2)} }\n`,
    ...lightLines(document, '<2, 2, 2>'),
    'union {\n',
  ];
}

function cameraOf({ cameras }: Document): Camera {
  return cameras.find(({ active }) => active) ?? cameras[0] ?? newCamera('');
}

function lightLines(document: Document, color: string): string[] {
  const [x, y, z] = towardLight(document, cameraOf(document).mat).map((v) => fixed(-v, 1));
  return [
    `light_source {\n    <0, 0, 1024> color rgb ${color}\n    parallel\n`,
    `    point_at <${x}, ${y}, ${z} + 1024>\n}\n\n\n`,
  ];
}

/** As C prints it: the sign of a negative zero is kept, and what is no number is 0. */
function fixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return (0).toFixed(digits);
  // toFixed turns to exponents from 1e21 on, which no scene reaches.
  const text = Math.abs(value).toFixed(digits);
  return value < 0 || Object.is(value, -0) ? `-${text}` : text;
}

/** The direction in which the light is; one fixed to the camera turns with it. */
function towardLight({ light }: Document, camera: Float32Array): number[] {
  const { pitch, yaw } = light;
  const [x, y, z] = [
    Math.sin(pitch) * Math.sin(yaw),
    -Math.sin(pitch) * Math.cos(yaw),
    Math.cos(pitch),
  ];
  if (!light.fixed) return [x, y, z];
  return [0, 1, 2].map((i) => camera[i]! * x + camera[4 + i]! * y + camera[8 + i]! * z);
}

/**
 * The inverse of an affine matrix by cofactors, with every step rounded to float32 as in Goxel, so
 * that its last digits are the same.
 */
function inverse32(m: Float32Array): Float32Array {
  const f = Math.fround;
  const product = (...places: number[]) => places.reduce((p, i) => f(p * m[i]!), 1);
  const minor = (a: number, b: number, c: number, d: number) => f(product(a, b) - product(c, d));
  /** Terms that are added and subtracted in turn, the order of additions being Goxel's. */
  const sum = (signs: string, ...terms: [number, number, number][]) =>
    terms.reduce(
      (s, term, i) => f(signs[i] === '+' ? s + product(...term) : s - product(...term)),
      0,
    );
  const r = new Float32Array(16);
  r.set([minor(5, 10, 9, 6), minor(9, 2, 1, 10), minor(1, 6, 5, 2)], 0);
  r.set([minor(8, 6, 4, 10), minor(0, 10, 8, 2), minor(4, 2, 0, 6)], 4);
  r.set([minor(4, 9, 8, 5), minor(8, 1, 0, 9), minor(0, 5, 4, 1)], 8);
  r[12] = sum('-++--+', [4, 9, 14], [4, 10, 13], [8, 5, 14], [8, 6, 13], [12, 5, 10], [12, 6, 9]);
  r[13] = sum('+--++-', [0, 9, 14], [0, 10, 13], [8, 1, 14], [8, 2, 13], [12, 1, 10], [12, 2, 9]);
  r[14] = sum('-++--+', [0, 5, 14], [0, 6, 13], [4, 1, 14], [4, 2, 13], [12, 1, 6], [12, 2, 5]);
  const determinant = f(f(f(m[0]! * r[0]!) + f(m[1]! * r[4]!)) + f(m[2]! * r[8]!));
  const scale = f(1 / determinant);
  return r.map((v) => f(v * scale));
}

export const povray: Format = { name: 'povray', extensions: ['povray', 'pov'], write: writePovray };
