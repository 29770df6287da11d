/**
 * What of a MagicaVoxel file is shown: its scene at one frame, or at all. Files of before there
 * were scenes may have a chunk PACK, and their models are the frames of one.
 */

import type { Report } from '../report.ts';
import { type Placement, type Scene, UNMOVED } from './vox-scene.ts';

/** So many frames are told one by one. */
const LISTED_MAX = 8;

/** So many frames are looked at for one with voxels. */
const LOOKED_AT_MAX = 64;

/** What a file holds. */
export interface Shown {
  readonly source: string;
  readonly scene: Scene;
  /** How many models. */
  readonly models: number;
  /** Whether a model has voxels. */
  readonly solid: (model: number) => boolean;
  /** Whether there is a chunk PACK. */
  readonly packed: boolean;
  /** As in ImportOptions. */
  readonly framed?: ((frames: readonly number[]) => void) | undefined;
}

/**
 * Where all models go, hidden ones marked, in the order of the scene. Of an animation only a frame
 * is taken, the first with voxels when nothing is said; or of all of them what is different from
 * those before, that one visible. Models that no shape names are hidden. Throws GOX_MEMORY_LIMIT
 * for more than `placements_max`.
 */
export function placementsOf(
  file: Shown,
  frame: number | 'all' | undefined,
  report: Report,
  placements_max: number,
): Placement[] {
  const { scene, models, packed, source, framed } = file;
  if (scene.empty && !packed) return unplaced(models, () => false);
  const frames = scene.empty ? Array.from({ length: models }, (_, i) => i) : scene.frames();
  if (frames.length > 1) framed?.(frames);
  const looked = new Map<number, Placement[]>();
  const at = (frame: number) =>
    looked.get(frame) ??
    (scene.empty
      ? [{ model: frame, instance: 0, ...UNMOVED }]
      : scene.instances(models, frame, placements_max));
  const shows = (frame: number) => {
    const placements = at(frame);
    looked.set(frame, placements);
    return placements.some(({ model, hidden }) => !hidden && file.solid(model));
  };
  const alone = frames.length === 1 || typeof frame === 'number';
  const first = alone ? 0 : (frames.slice(0, LOOKED_AT_MAX).find(shows) ?? 0);
  if (frame === 'all') {
    return [...allFrames(frames, first, at, placements_max), ...left(file, report)];
  }
  const last = frames.at(-1)!;
  const chosen = Math.min(frame ?? first, last);
  if (frame !== undefined && frame > last) {
    const message = `${source} has no frame ${frame}; its last, ${last}, was read.`;
    report.warn('WARN_FRAME_MISSING', message);
  }
  // Who asks for one knows that there are others.
  if (frames.length > 1 && chosen !== frame) {
    const why =
      frame === undefined && chosen !== frames[0] ? ', the first that shows anything' : '';
    const message =
      `${source} has ${frames.length} frames, ${listOf(frames)}, of which that of frame ${chosen}` +
      `${why} was read.`;
    report.warn('WARN_FRAMES_LEFT_OUT', message, undefined, frames.length - 1);
  }
  const placements = at(chosen);
  // A graph that names none of the models is about something else.
  const named = [...scene.named()].some((model) => model >= 0 && model < models);
  if (!scene.empty && !named) return unplaced(models, () => false);
  return [...placements, ...left(file, report)];
}

/** The first and the last of many. */
function listOf(frames: readonly number[]): string {
  const [first, last] = [frames.slice(0, LISTED_MAX), frames.at(-1)!];
  return frames.length <= LISTED_MAX + 1 ? frames.join(', ') : `${first.join(', ')} … ${last}`;
}

/** Each instance at each frame where it is not as at one before. */
function* allFrames(
  frames: readonly number[],
  first: number,
  at: (frame: number) => Placement[],
  placements_max: number,
): Generator<Placement> {
  const known = new Set<string>();
  for (const frame of frames) {
    for (const placement of at(frame)) {
      const { instance, model, move, name } = placement;
      const what = JSON.stringify([instance, model, move]);
      if (known.has(what)) continue;
      known.add(what);
      if (known.size > placements_max) at(-1);
      if (frame <= first) yield placement;
      else {
        const text = name === '' ? `Frame ${frame}` : `${name} (frame ${frame})`;
        yield { ...placement, name: text, hidden: true };
      }
    }
  }
}

/** The models that no shape names, as hidden ones. */
function left({ scene, models, source }: Shown, report: Report): Placement[] {
  if (scene.empty) return [];
  const named = scene.named();
  const placements = unplaced(models, (model) => named.has(model), true);
  const message = `Models of ${source} stand nowhere in its scene, and became hidden layers.`;
  report.warn('WARN_UNPLACED', message, undefined, placements.length);
  return placements;
}

function unplaced(models: number, but: (model: number) => boolean, hidden = false): Placement[] {
  const all = Array.from({ length: models }, (_, model) => model);
  const placement = (model: number) => ({ ...UNMOVED, model, instance: -1 - model, hidden });
  return all.filter((model) => !but(model)).map(placement);
}
