/** What a request wants of a document before it is written: layers, a place, colours. */

import type { WritingOptions } from '../catalogue/writing.ts';
import type { Document } from '../document/document.ts';
import type { Report } from '../formats/report.ts';

/** The document as it is to be written; the one that is given stays as it is. */
export function shaped(document: Document, _options: WritingOptions, _report: Report): Document {
  return document;
}
