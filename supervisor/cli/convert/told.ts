/** What the commands that work on models tell of it: sentences, JSON, exit codes. */

import { type ErrorCode, GoxError } from '../../../conf/errors.ts';
import { cutPath } from '../../../engine/catalogue/sketch.ts';
import {
  type SoloFailure,
  type SoloResult,
  type SoloSizing,
  type SoloTask,
  type SoloWarning,
  STANDARD,
} from '../../../engine/port/solo.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { failureOf, writeTalk } from '../output.ts';

/** How a task ended. */
export type End = SoloResult | { readonly failure: SoloFailure };

/** What the catalogue of errors says to clients of a daemon, for a command line. */
const ADVICE: Partial<Record<ErrorCode, string>> = {
  GOX_FORMAT_UNKNOWN:
    'Give a file name with a supported extension, or the format by --from or --to;' +
    ' `goxel-supervisor formats` lists them.',
  GOX_FILE: 'Check that the path exists and that you may read or write it.',
  GOX_INVALID_PARAMS: 'See `goxel-supervisor convert --help`.',
  GOX_INTERNAL: 'Where memory is short, --jobs 1 does one file at a time; else please report it.',
  GOX_MEMORY_LIMIT: 'Give a smaller --size or --scale; `convert --help` says how to allow more.',
  GOX_LAYER_NOT_FOUND: '`goxel-supervisor info FILE` lists the layers of a file.',
  GOX_STRICT: 'Mend what the warnings tell, or leave --strict out.',
};

const EMPTY_ADVICE = '--allow-empty writes a file without voxels.';

/** What a full disk says, and a broken one. */
const WRITE_FAILURES = ['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG'];

/** What to say of a task that failed, and the exit code. */
export function failureText({ failure }: { readonly failure: SoloFailure }): {
  readonly text: string;
  readonly exit_code: ExitCode;
} {
  const { code, message, details, stage } = failure;
  const said =
    code === 'GOX_INVALID_PARAMS' ? message.replace(/^params\.(\w+)(\[\d+\])?/, '--$1') : message;
  const own = typeof details?.advice === 'string' ? details.advice : undefined;
  // What is written is empty for another reason than what is read.
  const general = stage === 'writing' && code === 'GOX_EMPTY' ? EMPTY_ADVICE : ADVICE[code];
  const { text, exit_code } = failureOf(new GoxError(code, said, details), own ?? general);
  if (code === 'GOX_INVALID_PARAMS') return { text, exit_code: EXIT.USAGE };
  const isRead = stage === 'reading' || details?.is_read === true;
  if (code !== 'GOX_FILE' || isRead) return { text, exit_code };
  const failed = WRITE_FAILURES.includes(String(details?.errno));
  return { text, exit_code: failed ? EXIT.IOERR : EXIT.CANTCREAT };
}

/** One line on standard error; a message that names the file itself does it alone. */
export function warningText(warning: SoloWarning): string {
  const { stage, path, code, message, count, where } = warning;
  const place = Object.entries(where ?? {}).map(([name, value]) =>
    name === 'object' ? JSON.stringify(value) : `${name} ${value}`,
  );
  const facts = [code, ...(count > 1 ? [`${count} times`] : []), ...place].join(', ');
  const name = nameOf(path, stage);
  const of = message.includes(cutPath(name)) ? '' : `${name}: `;
  return `goxel-supervisor: warning: ${of}${message} (${facts})\n`;
}

function nameOf(path: string, stage: SoloWarning['stage'] = 'reading'): string {
  if (path !== STANDARD) return path;
  return stage === 'reading' ? 'standard input' : 'standard output';
}

/** That nobody chose the size of a mesh. */
export function sizingText({ path, voxels_per_unit, longest_side }: SoloSizing): string {
  const [side, scale] = [longest_side, voxels_per_unit].map((one) => Number(one.toPrecision(4)));
  const facts = `its longest side of ${side} became 64 voxels, ${scale} a unit`;
  const advice = '--size, --scale or --voxel-size say otherwise';
  return `goxel-supervisor: ${nameOf(path)}: ${facts}; ${advice}\n`;
}

export async function tellNotes(notes: readonly string[]): Promise<void> {
  if (notes.length > 0)
    await writeTalk(notes.map((note) => `goxel-supervisor: ${note}\n`).join(''));
}

/** The results of a task: one for each file that was written, or the failure. */
export function results({ inputs, outputs }: SoloTask, end: End): object[] {
  const [first, ...more] = inputs.map(({ path }) => path);
  const from = more.length === 0 ? first : [first, ...more];
  if ('failure' in end) {
    const { stage, code, message, details } = end.failure;
    const error = { code, message, ...(details === undefined ? {} : { details }), stage };
    return outputs.map(({ path }) => ({ success: false, from, to: path, error }));
  }
  const { warnings, sizings, layer_count, voxel_count } = end;
  return end.outputs.map(({ path, ...written }) => ({
    ...{ success: true, from, to: path, layer_count, voxel_count, ...written },
    ...(sizings.length === 0 ? {} : { sizing: inputs.length === 1 ? sizings[0] : sizings }),
    ...(warnings.length === 0 ? {} : { warnings }),
  }));
}

/** The exit code of several: of the first that failed. */
export function firstFailure(codes: readonly ExitCode[]): ExitCode {
  return codes.find((code) => code !== EXIT.OK) ?? EXIT.OK;
}
