/**
 * What may come of reading a file: a document that holds together, or an error of the catalogue
 * that says which file is wrong. Everything else is a fault.
 */

import { type ErrorCode, GoxError } from '../../conf/errors.ts';
import { Document } from '../../engine/document/document.ts';
import { gox } from '../../engine/formats/gox/gox.ts';
import { countVoxels } from '../../engine/volume/block.ts';
import type { Volume } from '../../engine/volume/volume.ts';
import type { Random } from './random.ts';
import type { Target } from './targets.ts';

/** In the order of their counts; `ok` is a document. */
export const OUTCOMES = [
  'ok',
  'GOX_FORMAT_BROKEN',
  'GOX_FORMAT_LIMIT',
  'GOX_FORMAT_UNSUPPORTED',
  'GOX_MEMORY_LIMIT',
  'GOX_INVALID_PARAMS',
  'GOX_FILE',
  'GOX_FORMAT_UNKNOWN',
] as const satisfies readonly ('ok' | ErrorCode)[];

export type Outcome = (typeof OUTCOMES)[number];

/** Codes that only some targets may answer with: they are about options, or about other files. */
const ONLY_OF: Partial<Record<Outcome, readonly string[]>> = {
  GOX_INVALID_PARAMS: ['png slices'],
  GOX_FILE: ['gltf', 'glb'],
};

/** A file must not fill a log. */
const MESSAGE_CHARS_MAX = 600;

/** How many of the documents are saved and read again. */
const SAVED_SHARE = 1 / 32;
/** Larger ones take too long. */
const SAVED_BLOCKS_MAX = 256;

export class Fault extends Error {}

/** Reads a file; throws a Fault for what must not be. */
export function judge(target: Target, bytes: Uint8Array, random: Random): Outcome {
  let result: ReturnType<Target['read']>;
  try {
    result = target.read(bytes, random);
  } catch (error) {
    return judgeError(target, error);
  }
  if (result instanceof Document) judgeDocument(result, target.name, random);
  else if (result.colors.length !== result.names.length) {
    throw new Fault(`${result.colors.length} colours have ${result.names.length} names`);
  }
  return 'ok';
}

function judgeError(target: Target, error: unknown): Outcome {
  if (!(error instanceof GoxError)) {
    const stack = error instanceof Error ? error.stack : undefined;
    throw new Fault(`threw ${stack ?? String(error)}`);
  }
  const { code, message } = error;
  const outcome = OUTCOMES.find((known) => known === code);
  const only = outcome && ONLY_OF[outcome];
  if (outcome === undefined || (only !== undefined && !only.includes(target.name))) {
    throw new Fault(`refused with ${code}: ${message}`);
  }
  if (message.length > MESSAGE_CHARS_MAX) {
    throw new Fault(`says ${message.length} characters: ${message.slice(0, 80)}…`);
  }
  if (!target.names.some((name) => message.includes(name))) {
    throw new Fault(`does not say which file: ${message}`);
  }
  if (message.includes('[object ')) throw new Fault(`says little: ${message}`);
  return outcome;
}

function judgeDocument(document: Document, target: string, random: Random): void {
  if (document.layers.length === 0) throw new Fault('no layers');
  if (!document.layers.includes(document.activeLayer)) throw new Fault('a foreign active layer');
  // .gox holds any number and gives it back.
  if (target !== 'gox' && !document.box.every(Number.isFinite)) {
    throw new Fault(`the image box is ${document.box}`);
  }
  const blocks = document.layers.reduce((sum, { volume }) => sum + judgeVolume(volume), 0);
  try {
    judgeVolume(document.merged());
    if (blocks <= SAVED_BLOCKS_MAX && random.chance(SAVED_SHARE)) judgeSaved(document);
  } catch (error) {
    // What clones and shapes become is only known by then.
    if (!(error instanceof GoxError) || error.code !== 'GOX_MEMORY_LIMIT') throw error;
  }
}

/** Returns the number of blocks. */
function judgeVolume(volume: Volume): number {
  let voxels = 0;
  let blocks = 0;
  for (const { x, y, z, data } of volume.blocks()) {
    blocks++;
    voxels += countVoxels(data);
    for (const low of [x, y, z]) {
      if ((low & 15) !== 0 || low !== (low | 0)) throw new Fault(`a block at ${x}, ${y}, ${z}`);
    }
    if (volume.blockAt(x, y, z) !== data) throw new Fault(`no block at ${x}, ${y}, ${z}`);
  }
  if (voxels !== volume.count()) {
    throw new Fault(`${voxels} voxels are counted as ${volume.count()}`);
  }
  return blocks;
}

/** What is saved must be read again the same. */
function judgeSaved(document: Document): void {
  const bytes = Buffer.concat([...gox.write!(document)]);
  const again = gox.read!(bytes, 'again.gox');
  if (again.layers.length !== document.layers.length) {
    throw new Fault(`${document.layers.length} layers, and ${again.layers.length} once saved`);
  }
  for (const [i, { name, volume }] of document.layers.entries()) {
    const saved = again.layers[i]!.volume;
    if (saved.count() !== volume.count()) {
      throw new Fault(`${name} has ${volume.count()} voxels, and ${saved.count()} once saved`);
    }
    for (const { x, y, z, data } of volume.blocks()) {
      const other = saved.blockAt(x, y, z);
      if (other === undefined || Buffer.compare(bytesOf(data), bytesOf(other)) !== 0) {
        throw new Fault(`${name} is different at ${x}, ${y}, ${z} once saved`);
      }
    }
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
