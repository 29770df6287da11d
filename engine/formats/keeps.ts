/**
 * What each format holds of a document, and what is told of the rest. Written once: the warnings of
 * all writers, `list_formats` and the table in `engine/README.md` come from it.
 */

import type { Document } from '../document/document.ts';
import type { Layer } from '../document/layer.ts';
import { type Material, newMaterial } from '../document/scene.ts';
import { newScratch, signedWords } from '../volume/block.ts';
import { SOLID_ALPHA } from '../volume/color.ts';
import type { Volume } from '../volume/volume.ts';
import { listed, type Report } from './report.ts';

/** What of a document a format holds. */
export interface Keeps {
  readonly layers: boolean;
  /** Those of layers. */
  readonly names: boolean;
  /** Which layers are hidden. */
  readonly visibility: boolean;
  readonly materials: boolean;
  /** true: any; a number: so many; false: none. "nearest": those that its own things have. */
  readonly colors: boolean | number | 'nearest';
  /** The alpha of voxels. */
  readonly opacity: boolean;
  /** Where the model stands. */
  readonly place: boolean;
  /** Voxels that no side of is seen, with their colours. */
  readonly inside: boolean;
  /** More than one. */
  readonly cameras: boolean;
}

const ALL: Keeps = {
  layers: true,
  names: true,
  visibility: true,
  materials: true,
  colors: true,
  opacity: true,
  place: true,
  inside: true,
  cameras: true,
};

/** One volume of voxels in colours, where it is. */
const VOXELS: Keeps = {
  layers: false,
  names: false,
  visibility: false,
  materials: false,
  colors: true,
  opacity: false,
  place: true,
  inside: true,
  cameras: false,
};

const MATRICES: Keeps = { ...VOXELS, layers: true, names: true };
/** Blocks of a game, whose colours are theirs. */
const BLOCKS: Keeps = { ...VOXELS, colors: 'nearest', opacity: true, place: false };
const MESH: Keeps = { ...VOXELS, inside: false };
const SCENE: Keeps = { ...MESH, layers: true, names: true, materials: true };
const MERGED: Partial<Keeps> = { layers: false, names: false, visibility: false, materials: false };

interface Entry extends Keeps {
  /** What is otherwise in a file as Goxel writes it. */
  readonly goxel?: Partial<Keeps>;
  /** And in one that can have no others beside it. */
  readonly alone?: Partial<Keeps>;
}

const KEEPS: Readonly<Record<string, Entry>> = {
  '3mf': { ...MESH, layers: true, names: true, opacity: true },
  binvox: { ...VOXELS, colors: false },
  glb: { ...SCENE, cameras: true },
  gltf: { ...SCENE, cameras: true, goxel: { cameras: false } },
  gox: ALL,
  kv6: MESH,
  litematic: { ...BLOCKS, layers: true, names: true, place: true },
  kvx: { ...MESH, colors: 256 },
  mts: { ...BLOCKS, opacity: false },
  nbt: BLOCKS,
  obj: { ...SCENE, goxel: MERGED, alone: { materials: false } },
  ply: { ...MESH, opacity: true, goxel: { opacity: false } },
  povray: { ...VOXELS, materials: true, goxel: { materials: false } },
  qb: MATRICES,
  qbt: MATRICES,
  'png slices': { ...VOXELS, opacity: true, goxel: { place: false } },
  schem: { ...BLOCKS, place: true },
  schematic: { ...BLOCKS, place: true },
  stl: { ...MESH, colors: false },
  txt: VOXELS,
  vox: {
    ...{ ...VOXELS, layers: true, names: true, visibility: true, materials: true, colors: 255 },
    cameras: true,
    goxel: { ...MERGED, colors: 254, place: false, cameras: false },
  },
  vxl: MESH,
};

/** Of a format by its name. One that is not in the table holds voxels, it is taken. */
export function keepsOf(format: string, like?: 'goxel', alone = false): Keeps {
  const { goxel, alone: lone, ...keeps }: Entry = KEEPS[format] ?? VOXELS;
  return { ...keeps, ...(like === undefined ? {} : goxel), ...(alone ? lone : {}) };
}

/** Whether the table has the format. */
export function hasRow(format: string): boolean {
  return Object.hasOwn(KEEPS, format);
}

/** Tells what of a document was lost in a file, but for what the writer has told itself. */
export function tellLosses(document: Document, format: string, keeps: Keeps, report: Report): void {
  const shown = document.layers.filter(
    ({ visible, volume }) => (visible || keeps.visibility) && volume.count() > 0,
  );
  for (const [code, tell] of LOSSES) {
    if (!report.tells(code)) tell(report, keeps, { document, shown, format });
  }
}

interface Written {
  readonly document: Document;
  /** The layers with voxels that were written. */
  readonly shown: readonly Layer[];
  readonly format: string;
}

type Tell = (report: Report, keeps: Keeps, written: Written) => void;

const LOSSES: readonly (readonly [Parameters<Report['warn']>[0], Tell])[] = [
  ['WARN_LAYERS_MERGED', tellLayers],
  ['WARN_NAMES_LOST', tellNames],
  ['WARN_MATERIALS_LOST', tellMaterials],
  ['WARN_COLORS_LOST', tellColors],
  ['WARN_OPACITY', tellOpacity],
  ['WARN_PLACE_LOST', tellPlace],
  ['WARN_CAMERAS_LOST', tellCameras],
  ['WARN_PICTURES_LOST', tellPictures],
  ['WARN_CLONES_LOST', tellClones],
];

function tellLayers(report: Report, keeps: Keeps, { shown, format }: Written): void {
  if (keeps.layers || shown.length < 2) return;
  const message = `${format} cannot hold layers, and these became one: ${listed(namesOf(shown))}.`;
  report.warn('WARN_LAYERS_MERGED', message, undefined, shown.length);
}

/** What nobody has chosen. */
const USUAL_NAME = /^(layer|background|untitled|matrix|model|object|mesh)?[ ._-]?\d*$/i;

/** Of the layers that became one it is told already. */
function tellNames(report: Report, keeps: Keeps, { shown, format }: Written): void {
  if (keeps.names || (!keeps.layers && shown.length > 1)) return;
  const names = namesOf(shown).filter((name) => !USUAL_NAME.test(name));
  const message = `${format} cannot hold names of layers: ${listed(names)}.`;
  report.warn('WARN_NAMES_LOST', message, undefined, names.length);
}

function tellMaterials(report: Report, keeps: Keeps, { document, shown, format }: Written): void {
  if (keeps.materials) return;
  const used = new Set(shown.flatMap(({ material }) => document.materials[material] ?? []));
  const lost = [...used].filter(saysSomething).map(({ name }) => name);
  const message = `${format} cannot hold materials: ${listed(lost)}.`;
  report.warn('WARN_MATERIALS_LOST', message, undefined, lost.length);
}

function saysSomething({ color, metallic, roughness, emission }: Material): boolean {
  const usual = newMaterial('');
  return (
    metallic !== usual.metallic ||
    roughness !== usual.roughness ||
    color.some((value) => value !== 1) ||
    emission.some((value) => value !== 0)
  );
}

const WHITE = 0xff_ffff;
const SOLID = SOLID_ALPHA << 24;
const ALPHA_ONE = 0x100_0000;

function tellColors(report: Report, keeps: Keeps, { shown, format }: Written): void {
  if (keeps.colors !== false) return;
  const colored = shown.filter(({ volume }) => hasColor(volume));
  const message = `${format} cannot hold colours: those of ${listed(namesOf(colored))} are lost.`;
  report.warn('WARN_COLORS_LOST', message, undefined, colored.length);
}

function hasColor(volume: Volume): boolean {
  for (const { data } of volume.blocks(newScratch())) {
    if (data.some((rgba) => rgba > 0xff_ffff && (rgba & WHITE) !== WHITE)) return true;
  }
  return false;
}

function tellOpacity(report: Report, keeps: Keeps, { shown, format }: Written): void {
  if (keeps.opacity && keeps.inside) return;
  const counted = shown.map(({ volume }) => seeThrough(volume));
  const sum = (of: 'faint' | 'all') => counted.reduce((total, count) => total + count[of], 0);
  if (keeps.opacity) {
    const message = `${format} has no voxels of less than half of their alpha; they are left out.`;
    report.warn('WARN_OPACITY', message, undefined, sum('faint'));
    return;
  }
  const message =
    `${format} cannot hold the alpha of voxels: they are opaque, or left out where there is less` +
    ' than half of it.';
  report.warn('WARN_OPACITY', message, undefined, sum('all'));
}

/** How many voxels are neither opaque nor cleared, and how many of these have no solid side. */
function seeThrough(volume: Volume): { all: number; faint: number } {
  let [all, faint] = [0, 0];
  for (const { data } of volume.blocks(newScratch())) {
    const words = signedWords(data);
    if (!hasSeeThrough(words)) continue;
    for (let i = 0; i < words.length; i++) {
      if (((words[i]! + ALPHA_ONE) & ~ALPHA_ONE) >>> 24 === 0) continue;
      all++;
      if (words[i]! >= 0 && words[i]! < SOLID) faint++;
    }
  }
  return { all, faint };
}

/** Few blocks have; a function that is called for each is compiled well before the last. */
function hasSeeThrough(words: Int32Array): boolean {
  let alphas = 0;
  for (let i = 0; i < words.length; i += 4) {
    // With 1 added to their alpha, opaque ones have 0 and cleared ones 1.
    alphas |= words[i]! + ALPHA_ONE;
    alphas |= words[i + 1]! + ALPHA_ONE;
    alphas |= words[i + 2]! + ALPHA_ONE;
    alphas |= words[i + 3]! + ALPHA_ONE;
  }
  return (alphas & ~ALPHA_ONE) >>> 24 !== 0;
}

function tellPlace(report: Report, keeps: Keeps, { document, shown, format }: Written): void {
  if (keeps.place || shown.length === 0) return;
  const boxes = shown.flatMap(({ volume }) => volume.box() ?? []);
  const min = [0, 1, 2].map((axis) => Math.min(...boxes.map((box) => box.min[axis]!)));
  if (min.every((value) => value === 0) || isUsualBox(document)) return;
  const corner = min.join(', ');
  const message = `${format} cannot say where the model stands, whose least corner is ${corner}.`;
  report.warn('WARN_PLACE_LOST', message);
}

/** The image box of a new project, where models come to stand that have no place. */
function isUsualBox({ box }: Document): boolean {
  const [x, y, z] = [box[0]!, box[5]!, box[10]!];
  const middle = (half: number) => half - Math.floor(half);
  return box[15] === 1 && box[12] === middle(x) && box[13] === middle(y) && box[14] === z;
}

function tellCameras(report: Report, keeps: Keeps, { document, format }: Written): void {
  const { cameras } = document;
  if (keeps.cameras || cameras.length < 2) return;
  const names = listed(cameras.map(({ name }) => name));
  const message = `${format} cannot hold cameras: ${names}.`;
  report.warn('WARN_CAMERAS_LOST', message, undefined, cameras.length);
}

function tellPictures(report: Report, _: Keeps, { document, format }: Written): void {
  if (format === 'gox') return;
  const lost = document.layers.filter(({ visible, imagePath }) => visible && imagePath !== '');
  const message = `${format} cannot hold the pictures of layers: ${listed(namesOf(lost))}.`;
  report.warn('WARN_PICTURES_LOST', message, undefined, lost.length);
}

/** Of formats that are edited further, layer by layer; elsewhere nobody expects it. */
function tellClones(report: Report, keeps: Keeps, { shown, format }: Written): void {
  if (format === 'gox' || !keeps.layers || !keeps.inside) return;
  // Models of a scene may stand in several places.
  const lost = shown.filter(({ shape, baseId }) => {
    return shape !== undefined || (baseId !== 0 && format !== 'vox');
  });
  const names = listed(namesOf(lost));
  const message = `${format} cannot hold clones and shapes, and these became voxels: ${names}.`;
  report.warn('WARN_CLONES_LOST', message, undefined, lost.length);
}

function namesOf(layers: readonly Layer[]): string[] {
  return layers.map(({ name }) => name);
}
