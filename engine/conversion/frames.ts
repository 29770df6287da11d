/** A file for each frame of an animation: `{frame}` in the name of an output. */

import type { SoloFile, SoloOutput, SoloResult, SoloTask } from '../port/solo.ts';

/** In OUT it stands for the number of a frame, with zeros before it, so that names sort. */
export const FRAME = '{frame}';

export function isFramed({ path }: SoloFile): boolean {
  return path.includes(FRAME);
}

/**
 * One task for each frame; what is named without a frame is made of the first. What has no frames
 * is named as the first of them, and no frame is asked for.
 */
export function frameTasks(task: SoloTask, frames: readonly number[]): SoloTask[] {
  if (frames.length === 0) return [{ ...task, outputs: named(task.outputs, '0') }];
  const digits = Math.max(...frames.map((frame) => String(frame).length));
  return frames.map((frame, place) => {
    const outputs = task.outputs.filter((output) => place === 0 || isFramed(output));
    const number = String(frame).padStart(digits, '0');
    return { ...task, outputs: named(outputs, number), reading: { ...task.reading, frame } };
  });
}

function named(outputs: SoloTask['outputs'], number: string): SoloTask['outputs'] {
  return outputs.map((output) => ({ ...output, path: output.path.replaceAll(FRAME, number) }));
}

/** What was made of all frames; what was told of several of them is told once. */
export function gathered(results: readonly SoloResult[]): SoloResult {
  const [first] = results;
  if (first === undefined) throw new Error('an animation has a frame');
  const warnings = new Map<string, SoloResult['warnings'][0]>();
  for (const warning of results.flatMap((result) => result.warnings)) {
    const key = `${warning.code} ${warning.message}`;
    if (!warnings.has(key)) warnings.set(key, warning);
  }
  const outputs = results.flatMap((result): SoloOutput[] => {
    const { layer_count, voxel_count } = result;
    return result.outputs.map((output) => ({ ...output, layer_count, voxel_count }));
  });
  return { ...first, outputs, warnings: [...warnings.values()] };
}
