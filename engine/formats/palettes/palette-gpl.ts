/**
 * GIMP's palettes (.gpl): a line `GIMP Palette`, lines `Name: …` and `Columns: …`, then a line
 * `red green blue name` for each colour; lines that are blank or begin with # say nothing.
 */

import { GoxError } from '../../../conf/errors.ts';
import type { Palette } from '../../document/palette.ts';
import { channels, pack } from '../../volume/color.ts';

const MAGIC = 'GIMP Palette';
const NEWLINE = 0x0a;
const LINE_BYTES_MAX = 1024;
const COLOR = /^\s*(\d{1,3})\s+(\d{1,3})\s+(\d{1,3})(?:\s+(.*))?$/;
const HEADING = /^(\w+):\s*(.*)$/;
const SILENT = /^\s*(?:#|$)/;

/** `name` is for a palette that names none. Throws GOX_FORMAT_BROKEN (details: line, offset). */
export function readGpl(bytes: Uint8Array, source: string, name: string): Palette {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const colors: number[] = [];
  const names: string[] = [];
  let title = name;
  for (let at = 0, line = 1; line === 1 || at < text.length; line++) {
    const newline = text.indexOf(NEWLINE, at);
    const end = newline < 0 ? text.length : newline;
    if (end - at > LINE_BYTES_MAX) fail(source, line, at, 'the line is too long');
    const content = text.toString('utf8', at, end).trimEnd();
    const color = COLOR.exec(content);
    const heading = HEADING.exec(content);
    if (line === 1) {
      if (content !== MAGIC) fail(source, line, at, `it does not begin with "${MAGIC}"`);
    } else if (color !== null) {
      const [red, green, blue] = [Number(color[1]), Number(color[2]), Number(color[3])];
      if (Math.max(red, green, blue) > 255) fail(source, line, at, 'a channel is above 255');
      colors.push(pack(red, green, blue, 255));
      names.push(color[4] ?? '');
    } else if (heading?.[1] === 'Name') title = heading[2]!;
    else if (heading === null && !SILENT.test(content)) {
      fail(source, line, at, 'not "red green blue name"');
    }
    at = end + 1;
  }
  return { name: title, colors: Uint32Array.from(colors), names };
}

/** Alpha is lost; the format has none. */
export function writeGpl({ name, colors, names }: Palette): Uint8Array {
  const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();
  const lines = [MAGIC, `Name: ${oneLine(name)}`, 'Columns: 0', '#'];
  for (const [i, color] of colors.entries()) {
    const rgb = channels(color).slice(0, 3).join(' ');
    lines.push(`${rgb}\t${oneLine(names[i] ?? '')}`.trimEnd());
  }
  return Buffer.from(`${lines.join('\n')}\n`);
}

function fail(file: string, line: number, offset: number, why: string): never {
  const message = `${file} is damaged in line ${line}, byte ${offset}: ${why}.`;
  throw new GoxError('GOX_FORMAT_BROKEN', message, { file, line, offset });
}
