/** A .vox file read by our reader, and what that tells. */

import type { Document } from '../../engine/document/document.ts';
import { formatFor, type ImportOptions } from '../../engine/formats/index.ts';
import { Report } from '../../engine/formats/report.ts';

/** The warnings are "CODE COUNT". */
export function readVox(
  bytes: Buffer,
  options: ImportOptions = {},
): { document: Document; told: string[] } {
  const report = new Report();
  const document = formatFor('x.vox').read!(bytes, 'x.vox', { ...options, report });
  return { document, told: report.warnings().map(({ code, count }) => `${code} ${count}`) };
}
