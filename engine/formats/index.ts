/** The file formats, chosen by the extension of a file's name or by their own name. */

import { GoxError } from '../../conf/errors.ts';
import { didYouMean } from '../../conf/suggest.ts';
import { cut, cutStart } from '../catalogue/sketch.ts';
import { binvox } from './binvox.ts';
import { dae } from './dae/dae.ts';
import type { Format } from './format.ts';
import { glb, gltf } from './gltf/gltf.ts';
import { gox } from './gox/gox.ts';
import { mts } from './luanti/mts.ts';
import { obj } from './meshes/obj.ts';
import { ply } from './meshes/ply.ts';
import { points } from './meshes/points.ts';
import { stl } from './meshes/stl.ts';
import { litematic, mcstructure, nbt, schem, schematic } from './minecraft/minecraft.ts';
import { jpeg, png } from './pictures/png-plane.ts';
import { slices } from './pictures/slices.ts';
import { povray } from './povray.ts';
import { qb } from './qubicle/qb.ts';
import { qbcl } from './qubicle/qbcl.ts';
import { qbt } from './qubicle/qbt.ts';
import { threemf } from './threemf/threemf.ts';
import { txt } from './txt/txt.ts';
import { vox } from './vox/vox.ts';
import { kv6 } from './voxlap/kv6.ts';
import { kvx } from './voxlap/kvx.ts';
import { vxl } from './voxlap/vxl.ts';

export type { ExportOptions, ImportOptions } from './format.ts';

export const FORMATS: readonly Format[] = [
  threemf,
  binvox,
  dae,
  glb,
  gltf,
  gox,
  jpeg,
  kv6,
  kvx,
  litematic,
  mcstructure,
  mts,
  nbt,
  obj,
  ply,
  png,
  points,
  povray,
  qb,
  qbcl,
  qbt,
  schem,
  schematic,
  slices,
  stl,
  txt,
  vox,
  vxl,
];

/** As the v14 daemon's clients call them. */
const V14_NAMES: Readonly<Record<string, string>> = {
  text: 'txt',
  qubicle: 'qb',
  qubicle2: 'qbcl',
  'luanti (minetest)': 'mts',
};

/**
 * The format of that name (or extension) if one is given, else that of the path's extension. Throws
 * GOX_FORMAT_UNKNOWN.
 */
export function formatFor(path: string, name?: string): Format {
  const dot = path.lastIndexOf('.');
  const asked = (name ?? (dot < 0 ? '' : path.slice(dot + 1))).toLowerCase();
  const wanted = Object.hasOwn(V14_NAMES, asked) ? V14_NAMES[asked]! : asked;
  const found = FORMATS.find((f) => f.name === wanted || f.extensions.includes(wanted));
  if (found !== undefined) return found;
  const supported = FORMATS.flatMap((f) => f.extensions);
  const what =
    name === undefined ? `The extension of "${cutStart(path)}"` : `The format "${cut(name)}"`;
  const near = didYouMean(asked, [...FORMATS.map((f) => f.name), ...supported]);
  const message = `${what} is not supported; there are ${supported.join(', ')}${near || '.'}`;
  throw new GoxError('GOX_FORMAT_UNKNOWN', message, { path, format: cut(asked), supported });
}
