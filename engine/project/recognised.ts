/** Files of another kind than their names say: read as what they are, or named as that. */

import { extname } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { GoxError } from '../../conf/errors.ts';
import { cutPath } from '../catalogue/sketch.ts';
import type { Format } from '../formats/format.ts';
import { FORMATS, formatFor } from '../formats/index.ts';
import { isPacked, type Kind, kindOf } from '../formats/kinds.ts';
import { Report } from '../formats/report.ts';
import { isText, mayBe, PLAIN_TEXT, shapeOf, TEXT_FORMATS } from '../formats/shapes.ts';

export type Reader = Format & Required<Pick<Format, 'read'>>;

interface Asked {
  readonly path: string;
  /** Named by the request, which then knows better than the file. */
  readonly format?: string | undefined;
  /** Of slices. */
  readonly count?: number | undefined;
  readonly columns?: number | undefined;
}

/** With what messages call it. */
interface Labelled extends Asked {
  readonly label: string;
}

/** Reads content with a reader and tells a report of it; `empty` when there was nothing in it. */
type Attempt<T> = (
  reader: Reader,
  content: Uint8Array,
  report: Report,
) => { readonly made: T; readonly empty: boolean };

/** What gzip may unpack to. */
const UNPACKED_BYTES_MAX = 2 ** 28;
export const GZIP_NAME = /\.(?:gz|gzip)$/i;
const UTF_16 = ['fffe', 'feff'];

/**
 * Reads a file with what reads its bytes: by the format that is asked for, else by a signature,
 * whatever the name says, else by the name, and where that cannot read them by their shape. What
 * the name does not say is warned of. Throws GOX_FORMAT_UNKNOWN for what nothing here reads, with
 * what it is; GOX_FORMAT_BROKEN only for what is damaged.
 */
export function recognised<T>(
  bytes: Uint8Array,
  reading: Asked,
  report: Report,
  attempt: Attempt<T>,
): T {
  const packed = isPacked(bytes);
  const content = plain(packed ? unpacked(bytes, reading) : bytes);
  const label = `${cutPath(reading.path)}${packed ? ', unpacked,' : ''}`;
  const asked = { ...reading, path: reading.path.replace(GZIP_NAME, ''), label };
  if (packed && !GZIP_NAME.test(reading.path)) {
    const message = `${cutPath(asked.path)} is packed with gzip, and was unpacked.`;
    report.warn('WARN_FORMAT_BY_CONTENT', message);
  }
  const named = asked.format === undefined ? byName(asked.path) : readerOf(asked);
  const kind = kindOf(content);
  if (kind === undefined) {
    if (named === undefined) return byShape(content, asked, report, attempt);
    return byNameFirst(named, content, asked, report, attempt);
  }
  if (named !== undefined && kind.formats.includes(named.name)) {
    const reader = sliced(kind, named, asked, report);
    return attempt(reader, content, report).made;
  }
  const other = readerFor(kind);
  if (other === undefined || asked.format !== undefined) throw otherKind(asked, kind, named);
  tellOther(asked, kind, report);
  return attempt(other, content, report).made;
}

/** The reader of slices for a picture of them, as it says itself or those say who number them. */
function sliced(kind: Kind, named: Reader, asked: Labelled, report: Report): Reader {
  const [format] = kind.formats;
  const isAsked = asked.count !== undefined || asked.columns !== undefined;
  if (named.name !== 'png' || asked.format !== undefined) return named;
  if (!isAsked && format === 'png') return named;
  if (!isAsked) tellOther(asked, kind, report);
  return readerOf({ ...asked, format: 'png slices' });
}

/**
 * The name of the format that bytes of that path would be read as, as far as that can be told
 * without reading them; '' of what nothing here reads.
 */
export function formatOf(bytes: Uint8Array, path: string): string {
  const named = byName(path.replace(GZIP_NAME, ''));
  try {
    const content = plain(isPacked(bytes) ? unpacked(bytes, { path }) : bytes);
    const kind = kindOf(content) ?? (named === undefined ? shapeOf(content) : undefined);
    if (kind === undefined || kind.formats.includes(named?.name ?? '')) return named?.name ?? '';
    return readerFor(kind)?.name ?? '';
  } catch {
    // Who reads it is told what is wrong.
    return named?.name ?? '';
  }
}

/** The format that is asked for, or is that of the name. Throws GOX_FORMAT_UNKNOWN. */
export function readerOf({ path, format: name }: Asked): Reader {
  const format = formatFor(path.replace(GZIP_NAME, ''), name);
  const { read } = format;
  if (read !== undefined) return { ...format, read };
  const message = `The format "${format.name}" cannot be read.`;
  throw new GoxError('GOX_FORMAT_UNKNOWN', message, { path, format: format.name });
}

function byName(path: string): Reader | undefined {
  const extension = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  const format = FORMATS.find(({ extensions }) => extensions.includes(extension));
  return format?.read === undefined ? undefined : { ...format, read: format.read };
}

function readerFor({ formats }: Kind): Reader | undefined {
  for (const name of formats) {
    const format = FORMATS.find((one) => one.name === name);
    if (format?.read !== undefined) return { ...format, read: format.read };
  }
  return undefined;
}

function byShape<T>(content: Uint8Array, asked: Labelled, report: Report, attempt: Attempt<T>): T {
  if (content.length === 0) throw emptyFile(asked);
  const kind = shapeOf(content);
  // Says which formats there are.
  if (kind === undefined) throw noFormat(asked);
  return ofKind(kind, content, asked, report, attempt);
}

/** Throws GOX_FORMAT_UNKNOWN for a kind that is not read, or is no more than guessed. */
function ofKind<T>(
  kind: Kind,
  content: Uint8Array,
  asked: Labelled,
  report: Report,
  attempt: Attempt<T>,
  named?: Reader,
  cause?: GoxError,
): T {
  const reader = readerFor(kind);
  if (reader === undefined || asked.format !== undefined) {
    throw otherKind(asked, kind, named, cause);
  }
  const own = new Report();
  tellOther(asked, kind, own);
  try {
    const { made } = attempt(reader, content, own);
    report.take(own);
    return made;
  } catch (error) {
    if (!(error instanceof GoxError) || error.code !== 'GOX_FORMAT_BROKEN') throw error;
    throw otherKind(asked, kind, named, error);
  }
}

function byNameFirst<T>(
  named: Reader,
  content: Uint8Array,
  asked: Labelled,
  report: Report,
  attempt: Attempt<T>,
): T {
  if (content.length === 0 && !TEXT_FORMATS.includes(named.name)) throw emptyFile(asked);
  // Any numbers would be points.
  const sure = named.name === 'points' ? shapeOf(content) : undefined;
  if (sure !== undefined && readerFor(sure) !== undefined && tellsMore(sure, named)) {
    return ofKind(sure, content, asked, report, attempt, named);
  }
  const own = new Report();
  let failure: GoxError | undefined;
  try {
    const { made, empty } = attempt(named, content, own);
    const kind = empty && !own.empty ? shapeOf(content) : undefined;
    if (kind === undefined || !tellsMore(kind, named)) {
      report.take(own);
      return made;
    }
    return ofKind(kind, content, asked, report, attempt, named);
  } catch (error) {
    if (!(error instanceof GoxError) || error.code !== 'GOX_FORMAT_BROKEN') throw error;
    failure = error;
  }
  const kind = shapeOf(content);
  if (kind !== undefined && tellsMore(kind, named)) {
    return ofKind(kind, content, asked, report, attempt, named, failure);
  }
  if (mayBe(named.name, content)) throw failure;
  throw noKind(asked, named, failure, isText(content));
}

/** Whether a kind is of another format; that a text is one says nothing new of a text. */
function tellsMore({ what, formats }: Kind, { name }: Format): boolean {
  return !formats.includes(name) && !(what === PLAIN_TEXT.what && TEXT_FORMATS.includes(name));
}

/** As UTF-8, if it is text of UTF-16. */
function plain(content: Uint8Array): Uint8Array {
  const mark = Buffer.from(content.subarray(0, 2)).toString('hex');
  if (!UTF_16.includes(mark) || kindOf(content) !== undefined) return content;
  const text = new TextDecoder(mark === 'fffe' ? 'utf-16le' : 'utf-16be').decode(content);
  const converted = Buffer.from(text);
  return isText(converted) ? converted : content;
}

function unpacked(bytes: Uint8Array, { path }: Asked): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: UNPACKED_BYTES_MAX });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `${cutPath(path)} is packed with gzip, and cannot be unpacked: ${reason}.`;
    throw new GoxError('GOX_FORMAT_UNKNOWN', message, { path, advice: 'Unpack it first.' });
  }
}

/** Nothing of a name that says nothing, as that of standard input. */
function tellOther({ path, label }: Labelled, { what }: Kind, report: Report): void {
  if (extname(path) === '') return;
  const message = `${label} is ${what} by what it holds, and was read as one.`;
  report.warn('WARN_FORMAT_BY_CONTENT', message);
}

function emptyFile({ path, label }: Labelled): GoxError {
  const advice = 'Copy or download the file again.';
  return new GoxError('GOX_FORMAT_UNKNOWN', `${label} is empty: it has 0 bytes.`, { path, advice });
}

function otherKind(
  { path, label }: Labelled,
  kind: Kind,
  named: Format | undefined,
  cause?: GoxError,
): GoxError {
  const reader = readerFor(kind)?.name;
  const can =
    reader === undefined ? 'which cannot be read here' : `which the format "${reader}" reads`;
  const isNot = named === undefined ? '' : ` and no ${named.name} file`;
  const message = `${label} is ${kind.what}${isNot}, ${can}.`;
  const advice = kind.advice ?? (reader === undefined ? undefined : `Read it as "${reader}".`);
  const details = { path, ...(named && { format: named.name }), ...(advice && { advice }) };
  return new GoxError('GOX_FORMAT_UNKNOWN', message, details, cause);
}

/** Of a text it is said where it is none of the format. */
function noKind(
  { path, label }: Labelled,
  { name }: Format,
  cause: GoxError,
  text: boolean,
): GoxError {
  const hasLine = text && cause.message.includes(' is damaged in line');
  const message = hasLine
    ? cause.message.replace(' is damaged', ` is no ${name} file`)
    : `${label} is no ${name} file, nor of another format that is known here.`;
  const advice = 'Look at what the file is, and where it came from.';
  return new GoxError('GOX_FORMAT_UNKNOWN', message, { path, format: name, advice }, cause);
}

/** Of a name that says nothing, and content that does not either. */
function noFormat({ path, label }: Labelled): GoxError {
  const supported = FORMATS.filter(({ read }) => read).flatMap(({ extensions }) => extensions);
  const message =
    `The extension of "${cutPath(path)}" is not supported, and what ${label} holds is of no` +
    ` format that is known here; there are ${supported.join(', ')}.`;
  return new GoxError('GOX_FORMAT_UNKNOWN', message, { path, supported });
}
