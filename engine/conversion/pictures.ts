/** Pictures of models as files, which need what draws; loaded for these only. */

import { WRITING_FORMATS } from '../catalogue/writing.ts';
import type { Document } from '../document/document.ts';
import { formatFor } from '../formats/index.ts';
import { asResult, Report, tellUnused, type Warning } from '../formats/report.ts';
import { runJob } from '../jobs/kinds.ts';
import { exportPicture } from '../methods/render.ts';
import { JobControl } from '../port/job-control.ts';
import type { Files } from '../project/files.ts';
import { paletteOf } from '../project/palettes.ts';
import { shaped } from '../project/shaping.ts';
import type { Writing } from '../project/writing.ts';

/** Draws a document to a PNG or JPEG file. Throws GOX_STRICT, and as `Files.write`. */
export function writePicture(
  document: Document,
  { path, format, options }: Writing & { readonly path: string },
  { files }: { readonly files: Files },
): { readonly format: string; readonly bytes: number; readonly warnings?: Warning[] } {
  const { name } = formatFor(path, format);
  const report = new Report();
  tellUnused(report, options, WRITING_FORMATS, name);
  const palette = paletteOf(files, options.palette, report);
  const shape = shaped(document, options, report, { format: name, palette });
  report.check(options.strict, path);
  const drawn = { files, document: shape, job_threads: 1 };
  runJob(exportPicture(drawn, path, name, {}), { files, control: new JobControl() });
  return { format: name, bytes: files.sizeOf(path), ...asResult(report.warnings()) };
}
