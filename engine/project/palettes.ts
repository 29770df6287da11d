/** The palette that a request names, for what is to have its colours. */

import { GoxError } from '../../conf/errors.ts';
import { didYouMean } from '../../conf/suggest.ts';
import { paramProblem } from '../catalogue/params.ts';
import { sketch } from '../catalogue/sketch.ts';
import type { WritingOptions } from '../catalogue/writing.ts';
import { builtInPalettes } from '../document/built-in-palettes.ts';
import { readPalette } from '../formats/palettes/palette-file.ts';
import type { Report } from '../formats/report.ts';
import { packedColor } from '../methods/voxel-params.ts';
import type { Files } from './files.ts';

/** Of each other colour the nearest is looked for among them, one by one. */
const COLORS_MAX = 4096;

/**
 * The packed colours of a list, of a built-in palette, or of a file below the roots. Throws
 * GOX_INVALID_PARAMS, GOX_FORMAT_LIMIT, and as reading a file and a palette does.
 */
export function paletteOf(
  files: Files,
  asked: WritingOptions['palette'],
  report: Report,
): Uint32Array | undefined {
  if (asked === undefined) return undefined;
  if (typeof asked !== 'string') {
    return Uint32Array.from(asked, (color, i) => packedColor(color, () => `.palette[${i}]`));
  }
  // A single colour of a list that is written without brackets.
  if (asked.startsWith('#')) return Uint32Array.of(packedColor(asked, () => '.palette'));
  const named = builtInPalettes().find(({ name }) => name.toLowerCase() === asked.toLowerCase());
  if (named !== undefined) return named.colors;
  requireFileName(asked);
  const path = files.absolute(asked);
  const { colors } = readPalette(readBeside(files, path), path, report);
  if (colors.length > 0 && colors.length <= COLORS_MAX) return colors;
  const message = `${asked} has ${colors.length} colours; a palette has 1 to ${COLORS_MAX}.`;
  const advice = 'Give another palette; with `dither` few colours look like more.';
  throw new GoxError('GOX_FORMAT_LIMIT', message, { path, colors: colors.length, advice });
}

/** What is read to write another file. Errors tell that it is not the one that is written. */
export function readBeside(files: Files, path: string): Uint8Array {
  try {
    return files.read(path);
  } catch (error) {
    if (!(error instanceof GoxError)) throw error;
    throw new GoxError(error.code, error.message, { ...error.details, is_read: true }, error);
  }
}

function requireFileName(asked: string): void {
  if (/[./\\]/.test(asked)) return;
  const names = builtInPalettes().map(({ name }) => name);
  const expected = `expected a palette file or one of ${names.join(', ')}`;
  throw paramProblem('.palette', `${expected}, got ${sketch(asked)}${didYouMean(asked, names)}`);
}
