/** Pictures of models as files, which need what draws; loaded for these only. */

import type { Document } from '../document/document.ts';
import { formatFor } from '../formats/index.ts';
import type { Warning } from '../formats/report.ts';
import { runJob } from '../jobs/kinds.ts';
import { exportPicture } from '../methods/render.ts';
import { JobControl } from '../port/job-control.ts';
import type { Files } from '../project/files.ts';
import { pictured } from '../project/pictured.ts';
import type { Writing } from '../project/writing.ts';

/** Draws a document to a PNG or JPEG file. Throws GOX_STRICT, and as `Files.write`. */
export function writePicture(
  document: Document,
  { path, format, options, ceiling }: Writing & { readonly path: string },
  { files }: { readonly files: Files },
): { readonly format: string; readonly bytes: number; readonly warnings?: Warning[] } {
  const { name } = formatFor(path, format);
  const shape = pictured(files, document, { options, ceiling }, name, path);
  const drawn = { files, document: shape.document, job_threads: 1 };
  runJob(exportPicture(drawn, path, name, {}), { files, control: new JobControl() });
  return { format: name, bytes: files.sizeOf(path), ...shape.told };
}
