/** What a picture as a file is drawn of: the document in the shape that the request wants. */

import { WRITING_FORMATS } from '../catalogue/writing.ts';
import type { Document } from '../document/document.ts';
import { asResult, Report, tellUnused, type Warning } from '../formats/report.ts';
import type { Files } from './files.ts';
import { paletteOf } from './palettes.ts';
import { shaped } from './shaping.ts';
import type { Writing } from './writing.ts';

/**
 * Throws GOX_STRICT, and as `shaped` and reading a palette do.
 *
 * @param name of the format
 * @param path what errors call the file
 */
export function pictured(
  files: Files,
  document: Document,
  { options, ceiling }: Pick<Writing, 'options' | 'ceiling'>,
  name: string,
  path: string,
): { readonly document: Document; readonly told: { readonly warnings?: Warning[] } } {
  const report = new Report();
  tellUnused(report, options, WRITING_FORMATS, name);
  const palette = paletteOf(files, options.palette, report);
  const shape = shaped(document, options, report, { format: name, palette, ceiling });
  report.check(options.strict, path);
  return { document: shape, told: asResult(report.warnings()) };
}
