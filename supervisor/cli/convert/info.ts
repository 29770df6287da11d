/** `goxel-supervisor info`: what is in models. */

import {
  type Described,
  type SoloSizing,
  type SoloTask,
  STANDARD,
} from '../../../engine/port/solo.ts';
import type { CommandLine } from '../args.ts';
import { askedBy } from '../catalogued.ts';
import { columns } from '../columns.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { writeData, writeTalk } from '../output.ts';
import { lookedAt } from './plan.ts';
import { type End, failureText, firstFailure, tellNotes, warningText } from './told.ts';
import { requireValue } from './values.ts';
import { work } from './work.ts';

type Line = Extract<CommandLine, { command: 'info' }>;

/** So many layers of a model are listed; --json has all. */
const LAYERS_MAX = 50;

export async function info({ options, positionals }: Line): Promise<ExitCode> {
  const { from, recursive = false, json = false } = options;
  const wish = { inputs: positionals, from, recursive };
  const { tasks, notes } = lookedAt(wish, askedBy(options, requireValue));
  await tellNotes(notes);
  const codes: ExitCode[] = [];
  const found: object[] = [];
  await work(tasks, undefined, async (task, end) => {
    const { path = '' } = task.inputs[0] ?? {};
    found.push(resultOf(path, end));
    if ('failure' in end) {
      const { text, exit_code } = failureText(end);
      codes.push(exit_code);
      return await writeTalk(text);
    }
    codes.push(EXIT.OK);
    if (json) return;
    await writeData(`${codes.length > 1 ? '\n' : ''}${textOf(path, end)}`);
    await writeTalk(end.warnings.map(warningText).join(''));
  });
  if (json) {
    const all = tasks.length === 1 && !isFolder(tasks, positionals) ? found[0] : found;
    await writeData(`${JSON.stringify(all, undefined, 2)}\n`);
  }
  return firstFailure(codes);
}

/** A list is a list however many are in it. */
function isFolder(tasks: readonly SoloTask[], positionals: readonly string[]): boolean {
  return positionals.length > 1 || !tasks[0]?.inputs[0]?.path.endsWith(positionals[0] ?? '');
}

function resultOf(path: string, end: End): object {
  if ('failure' in end) {
    const { code, message, details } = end.failure;
    const error = { code, message, ...(details === undefined ? {} : { details }) };
    return { success: false, path, error };
  }
  const { described, warnings, sizings } = end;
  const sized = sizings[0] === undefined ? {} : { sizing: sizings[0] };
  return {
    success: true,
    path,
    ...described,
    ...sized,
    ...(warnings.length === 0 ? {} : { warnings }),
  };
}

function textOf(path: string, { described, sizings }: Exclude<End, { failure: unknown }>): string {
  if (described === undefined) throw new Error('a model was not described');
  const { format, size, position, layers, materials, cameras } = described;
  const { voxel_count, color_count, frame_count } = described;
  const rows: [string, string][] = [
    ['format', format],
    ['size', `${size.join(' × ')}${position === undefined ? '' : ` from ${position.join(' ')}`}`],
    ...sizings.map((sizing): [string, string] => ['scale', scaleText(sizing)]),
    ['voxels', String(voxel_count)],
    ['colours', String(color_count)],
    ...(frame_count === undefined ? [] : [['frames', String(frame_count)] as [string, string]]),
    ...(materials.length === 0 ? [] : [['materials', materials.join(', ')] as [string, string]]),
    ...(cameras.length === 0 ? [] : [['cameras', cameras.join(', ')] as [string, string]]),
    ['layers', String(layers.length)],
    ...layers.slice(0, LAYERS_MAX).map((layer): [string, string] => ['', layerText(layer)]),
    ...(layers.length > LAYERS_MAX ? [['', '…'] as [string, string]] : []),
  ];
  return `${path === STANDARD ? 'standard input' : path}\n${columns(rows).join('\n')}\n`;
}

function scaleText({ by, voxels_per_unit }: SoloSizing): string {
  const said = { default: 'by itself', file: 'as the file says' };
  const how = by in said ? said[by as keyof typeof said] : `by --${by.replace('_', '-')}`;
  return `${Number(voxels_per_unit.toPrecision(6))} voxels a unit, ${how}`;
}

function layerText({
  name,
  visible,
  voxel_count,
  size,
  position,
  material,
}: Described['layers'][0]) {
  const parts = [
    voxel_count === 1 ? '1 voxel' : `${voxel_count} voxels`,
    ...(size === undefined || voxel_count === 0 ? [] : [size.join(' × ')]),
    ...(position === undefined ? [] : [`from ${position.join(' ')}`]),
    ...(material === undefined ? [] : [`of ${material}`]),
    ...(visible ? [] : ['hidden']),
  ];
  return `${name}: ${parts.join(', ')}`;
}
