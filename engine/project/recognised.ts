/** Files of another kind than their names say: read as what they are, or named as that. */

import { GoxError } from '../../conf/errors.ts';
import { cutPath } from '../catalogue/sketch.ts';
import type { Format } from '../formats/format.ts';
import { FORMATS } from '../formats/index.ts';
import { guessOf, type Kind, kindOf } from '../formats/kinds.ts';
import type { Report } from '../formats/report.ts';

type Reader = Format & Required<Pick<Format, 'read'>>;

interface Asked {
  readonly path: string;
  /** Named by the request, which then knows better than the file. */
  readonly format?: string | undefined;
}

/**
 * What reads the bytes, where `reader` is by the name: another one, with a warning, when they are
 * of a format that is known by its beginning. Throws GOX_FORMAT_UNKNOWN for what nothing here
 * reads; so does the reader itself, in the place of GOX_FORMAT_BROKEN, when they look like that.
 */
export function recognised(
  reader: Reader,
  bytes: Uint8Array,
  asked: Asked,
  report: Report,
): Reader {
  const kind = kindOf(bytes);
  if (kind === undefined || kind.formats.includes(reader.name)) return guessing(reader);
  const other = FORMATS.find(({ name, read }) => kind.formats.includes(name) && read);
  if (other?.read === undefined) throw otherKind(cutPath(asked.path), kind, reader);
  if (asked.format !== undefined) return guessing(reader);
  const message = `${cutPath(asked.path)} is ${kind.what} by what it holds, and was read as one.`;
  report.warn('WARN_FORMAT_BY_CONTENT', message);
  return { ...other, read: other.read };
}

/** The same reader, which does not call damaged what is of another kind. */
function guessing(reader: Reader): Reader {
  const read: Reader['read'] = (bytes, source, options) => {
    try {
      return reader.read(bytes, source, options);
    } catch (error) {
      if (!(error instanceof GoxError) || error.code !== 'GOX_FORMAT_BROKEN') throw error;
      const kind = guessOf(bytes);
      if (kind === undefined || kind.formats.includes(reader.name)) throw error;
      throw otherKind(source, kind, reader, error);
    }
  };
  return { ...reader, read };
}

function otherKind(file: string, kind: Kind, { name }: Format, cause?: GoxError): GoxError {
  const [format] = kind.formats.filter((one) => FORMATS.some((known) => known.name === one));
  const advice =
    format === undefined ? 'which cannot be read here' : `which the format "${format}" reads`;
  const message = `${file} is ${kind.what} and no ${name} file, ${advice}.`;
  return new GoxError('GOX_FORMAT_UNKNOWN', message, { path: file, format: name }, cause);
}
