/** What is looked at, out of the signals. */

import { chosen, frame, shot_number, world } from './state.ts';
import { type Look, lookAt, stepFrom } from './store/look.ts';

export function looking(): Look | undefined {
  frame.value;
  return lookAt(world.value, chosen.value, shot_number.value);
}

/** Steps through the snapshots of the chosen actor. */
export function step(steps: number): void {
  const look = looking();
  if (look !== undefined) shot_number.value = stepFrom(world.value, look, steps);
}
