/** The file formats, chosen by the extension of a file's name or by their own name. */

import { GoxError } from '../../conf/errors.ts';
import type { Format } from './format.ts';
import { gox } from './gox.ts';
import { obj } from './obj.ts';
import { ply } from './ply.ts';
import { txt } from './txt.ts';

export type { ExportOptions, Format } from './format.ts';

const FORMATS: readonly Format[] = [gox, obj, ply, txt];

/**
 * The format of that name (or extension) if one is given, else that of the path's extension. Throws
 * GOX_FORMAT_UNKNOWN.
 */
export function formatFor(path: string, name?: string): Format {
  const dot = path.lastIndexOf('.');
  const wanted = (name ?? (dot < 0 ? '' : path.slice(dot + 1))).toLowerCase();
  const found = FORMATS.find((f) => f.name === wanted || f.extensions.includes(wanted));
  if (found !== undefined) return found;
  const supported = FORMATS.flatMap((f) => f.extensions);
  const what = name === undefined ? `The extension of "${path}"` : `The format "${name}"`;
  const message = `${what} is not supported; there are ${supported.join(', ')}.`;
  throw new GoxError('GOX_FORMAT_UNKNOWN', message, { path, format: wanted, supported });
}
