/**
 * GIMP's palettes (.gpl): a line `GIMP Palette`, lines `Name: …` and `Columns: …`, then a line
 * `red green blue name` for each colour; lines that are blank or begin with # say nothing. Aseprite
 * has a line `Channels: RGBA`, and then an alpha before the name. A line that says nothing of the
 * kind is told and passed over.
 */

import { GoxError } from '../../../conf/errors.ts';
import type { Palette } from '../../document/palette.ts';
import { channels, pack } from '../../volume/color.ts';
import type { Report } from '../report.ts';
import { PaletteColors } from './palette-colors.ts';

const MAGIC = 'GIMP Palette';
const LINE_LENGTH_MAX = 1024;
const COLOR = /^\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})(?:[\s,]+(.*))?$/;
const ALPHA = /^\d{1,3}\s*/;
const HEADING = /^(\w+):\s*(.*)$/;
const SILENT = /^\s*(?:#|$)/;

/**
 * `name` is for a palette that names none. Throws GOX_FORMAT_BROKEN (details: line) where no line
 * is that of a colour, but one should be.
 */
export function readGpl(bytes: Uint8Array, source: string, name: string, report?: Report): Palette {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const colors = new PaletteColors(source);
  let title = name;
  let alpha = false;
  const bad: { line: number; why: string }[] = [];
  for (const [i, content] of text.split(/\r\n|\r|\n/).entries()) {
    const line = content.trimEnd();
    if (SILENT.test(line) || (i === 0 && line === MAGIC)) continue;
    const [, heading, value = ''] = HEADING.exec(line) ?? [];
    if (heading === 'Name') title = value;
    else if (heading === 'Channels') alpha = value === 'RGBA';
    else if (heading === undefined) {
      const why = takeColor(line, colors, alpha);
      if (why !== undefined) bad.push({ line: i + 1, why });
    }
  }
  const [first] = bad;
  if (first !== undefined && colors.length === 0) fail(source, first.line, first.why);
  const message = 'A line of the palette is not "red green blue name", and was passed over.';
  const where = { file: source, line: first?.line ?? 1 };
  report?.warn('WARN_DETAIL_SKIPPED', message, where, bad.length);
  return colors.length > 0
    ? colors.named(title)
    : { name: title, colors: new Uint32Array(0), names: [] };
}

/** Says what is wrong with the line of a colour. */
function takeColor(line: string, colors: PaletteColors, alpha: boolean): string | undefined {
  const found = line.length > LINE_LENGTH_MAX ? null : COLOR.exec(line);
  if (found === null) return 'not "red green blue name"';
  const [red, green, blue] = [Number(found[1]), Number(found[2]), Number(found[3])];
  if (Math.max(red, green, blue) > 255) return 'a channel is above 255';
  const rest = found[4] ?? '';
  colors.add(pack(red, green, blue, 255), alpha ? rest.replace(ALPHA, '') : rest);
  return undefined;
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

function fail(file: string, line: number, why: string): never {
  const message = `${file} is damaged in line ${line}: ${why}.`;
  throw new GoxError('GOX_FORMAT_BROKEN', message, { file, line });
}
