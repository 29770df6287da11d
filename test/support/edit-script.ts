/**
 * The beginning of an edit script (`ops/NAME.lab`): the commands that make a model, one voxel or
 * one cube at a time. What a test is about comes after it.
 */

import { pack } from '../../engine/volume/color.ts';
import { Volume } from '../../engine/volume/volume.ts';
import type { Fixture } from './fixtures.ts';

export interface EditScript {
  /** The layer that the script begins with. */
  readonly volume: Volume;
  /** The commands that follow, in words, without the `dump` at the end. */
  readonly rest: string[][];
}

const BUILDING = ['set', 'mode', 'shape', 'color', 'op'];

export function editScript({ bytes, title }: Fixture): EditScript {
  const lines = bytes.toString().trim().split('\n');
  const commands = lines.map((line) => line.split(' ')).filter(([name]) => name !== 'dump');
  const end = commands.findIndex(([name]) => !BUILDING.includes(name!));
  const volume = new Volume();
  let [mode, color] = ['over', 0xffff_ffff];
  for (const [name, ...words] of commands.slice(0, end)) {
    const [a, b, c, d, e, f, g] = words.map(Number) as [number, number, number, ...number[]];
    if (name === 'mode') mode = words[0]!;
    else if (name === 'color') color = pack(a, b, c, d!);
    else if (name === 'set') volume.set(a, b, c, pack(d!, e!, f!, g ?? 255));
    else if (name === 'op') {
      for (let z = c; z < f!; z++) {
        for (let y = b; y < e!; y++) {
          for (let x = a; x < d!; x++) {
            if (mode === 'over' || volume.get(x, y, z) !== 0) volume.set(x, y, z, color);
          }
        }
      }
    } else if (words[0] !== 'cube') throw new Error(`${title} needs "${name} ${words.join(' ')}"`);
  }
  return { volume, rest: commands.slice(end) };
}

/** The numbers of a command. */
export function numbers(command: readonly string[] | undefined): number[] {
  return command!.slice(1).map(Number);
}
