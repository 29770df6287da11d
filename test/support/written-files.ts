/** What a writer makes: the file, those beside it, and what it tells. */

import type { Document } from '../../engine/document/document.ts';
import { type ExportOptions, formatFor } from '../../engine/formats/index.ts';
import { Report, type Warning } from '../../engine/formats/report.ts';

export interface Files {
  readonly main: Buffer;
  /** By their extensions. */
  readonly beside: ReadonlyMap<string, Buffer>;
  readonly warnings: readonly Warning[];
}

/** The file is called `model`. */
export function filesOf(document: Document, format: string, options: ExportOptions = {}): Files {
  const beside = new Map<string, Buffer>();
  const report = new Report();
  const put: ExportOptions['beside'] = (extension, pieces) => {
    beside.set(extension, Buffer.concat([...pieces]));
    return `model.${extension}`;
  };
  const asked = { beside: put, report, ...options };
  const main = Buffer.concat([...formatFor('', format).write!(document, asked)]);
  return { main, beside, warnings: report.warnings() };
}
