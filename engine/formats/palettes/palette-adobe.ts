/**
 * Adobe's palettes: Photoshop's .aco and .act ("Adobe Photoshop File Formats Specification",
 * https://www.adobe.com/devnet-apps/photoshop/fileformatashtml/) and Swatch Exchange (.ase, as
 * described at http://www.selapa.net/swatches/colors/fileformats.php). Big-endian.
 */

import { GoxError } from '../../../conf/errors.ts';
import type { Palette } from '../../document/palette.ts';
import { pack } from '../../volume/color.ts';
import { ByteReader } from '../bytes.ts';
import type { Report } from '../report.ts';
import { PaletteColors } from './palette-colors.ts';

const ACT_COLORS = 256;
const ACT_BYTES = ACT_COLORS * 3;
/** With how many colours there are, and which is transparent. */
const ACT_LONG_BYTES = ACT_BYTES + 4;

/** 256 colours of 8 bits, or fewer, where the end says so or the file has no more. */
export function readAct(bytes: Uint8Array, source: string, name: string): Palette {
  const there = Math.min(Math.floor(bytes.length / 3), ACT_COLORS);
  if (bytes.length < ACT_BYTES && bytes.length % 3 > 0) {
    new ByteReader(bytes, source, 'big').fail('its bytes are not those of whole colours');
  }
  const said =
    bytes.length >= ACT_LONG_BYTES ? (bytes[ACT_BYTES]! << 8) | bytes[ACT_BYTES + 1]! : 0;
  const count = said > 0 && said <= ACT_COLORS ? said : there;
  const colors = new PaletteColors(source);
  for (let i = 0; i < count; i++) {
    colors.add(pack(bytes[3 * i]!, bytes[3 * i + 1]!, bytes[3 * i + 2]!, 255));
  }
  return colors.named(name);
}

function tellCut(file: string, report: Report | undefined): void {
  report?.warn('WARN_DETAIL_SKIPPED', 'The palette was cut off, and has fewer colours.', { file });
}

/** Numbers of colour spaces in .aco. */
const ACO = { rgb: 0, hsb: 1, cmyk: 2, lab: 7, grey: 8, wideCmyk: 9 } as const;

/** Colours without names, and the same with names behind them, where there are any. */
export function readAco(bytes: Uint8Array, source: string, name: string, report?: Report): Palette {
  const reader = new ByteReader(bytes, source, 'big');
  let best = new PaletteColors(source);
  for (let section = 0; section < 2 && reader.left >= 4; section++) {
    const start = reader.at;
    const version = reader.u16('version');
    if (version !== 1 && version !== 2) {
      if (section > 0) break;
      reader.fail(`version ${version} of a .aco palette is not known`, start);
    }
    const count = reader.u16('number of colours');
    const colors = new PaletteColors(source);
    const whole = asFarAsThere(() => {
      for (let i = 0; i < count; i++) readSwatch(reader, version, colors);
    });
    if (colors.length >= best.length) best = colors;
    if (whole) continue;
    tellCut(source, report);
    break;
  }
  return tellLeftOut(best, source, report).named(name);
}

/** Whether all was there; what was read before the end of the file is kept. */
function asFarAsThere(read: () => void): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (!(error instanceof GoxError) || error.code !== 'GOX_FORMAT_BROKEN') throw error;
    return false;
  }
}

function tellLeftOut(colors: PaletteColors, file: string, report?: Report): PaletteColors {
  const message = 'A colour of a book or of a kind that is not known was left out.';
  report?.warn('WARN_DETAIL_SKIPPED', message, { file }, colors.leftOut);
  return colors;
}

function readSwatch(reader: ByteReader, version: number, colors: PaletteColors): void {
  const space = reader.u16('colour space');
  const [a, b, c, d] = [0, 0, 0, 0].map(() => reader.u16('colour')) as Four;
  let name = '';
  if (version === 2) {
    const length = reader.u32('length of a name');
    name = utf16(reader.take(length * 2, 'a name'));
  }
  const full = (value: number) => value / 0xffff;
  const signed = (value: number) => ((value << 16) >> 16) / 100;
  if (space === ACO.rgb) colors.addParts([full(a), full(b), full(c)], name);
  else if (space === ACO.hsb) colors.addParts(fromHsb(full(a), full(b), full(c)), name);
  // Inks are counted from paper: 0 is all of it.
  else if (space === ACO.cmyk) {
    colors.addParts(fromCmyk(1 - full(a), 1 - full(b), 1 - full(c), 1 - full(d)), name);
  } else if (space === ACO.lab) colors.addParts(fromLab(a / 100, signed(b), signed(c)), name);
  else if (space === ACO.wideCmyk) {
    const part = (value: number) => value / 10_000;
    colors.addParts(fromCmyk(part(a), part(b), part(c), part(d)), name);
  } else if (space === ACO.grey) colors.addParts(grey(a / 10_000), name);
  else colors.leaveOut();
}

type Four = [number, number, number, number];
type Parts = [red: number, green: number, blue: number];

const ASE_COLOR = 1;

/** Groups are left alone; colours keep their names. */
export function readAse(bytes: Uint8Array, source: string, name: string, report?: Report): Palette {
  const reader = new ByteReader(bytes, source, 'big');
  reader.magic('ASEF', 'Swatch Exchange palette');
  reader.skip(4, 'version');
  const blocks = reader.u32('number of blocks');
  const colors = new PaletteColors(source);
  const whole = asFarAsThere(() => {
    // The number may say more than there is; what is there is read.
    for (let i = 0; i < blocks && reader.left > 0; i++) {
      const kind = reader.u16('kind of a block');
      const length = reader.u32('length of a block');
      const end = reader.at + length;
      reader.need(length, 'a block');
      if (kind === ASE_COLOR) readAseColor(reader, colors);
      if (reader.at > end) reader.fail('a colour is longer than its block', end);
      reader.at = end;
    }
  });
  if (!whole) tellCut(source, report);
  return tellLeftOut(colors, source, report).named(name);
}

function readAseColor(reader: ByteReader, colors: PaletteColors): void {
  const name = utf16(reader.take(reader.u16('length of a name') * 2, 'a name'));
  const model = reader.text(4, 'colour model').trim();
  const next = () => reader.f32('a colour');
  if (model === 'RGB') colors.addParts([next(), next(), next()], name);
  else if (model === 'CMYK') colors.addParts(fromCmyk(next(), next(), next(), next()), name);
  else if (model === 'LAB') colors.addParts(fromLab(next() * 100, next(), next()), name);
  else if (model === 'Gray') colors.addParts(grey(next()), name);
  else colors.leaveOut();
}

/** Big-endian, up to a NUL. */
function utf16(bytes: Uint8Array): string {
  const swapped = Buffer.from(bytes).swap16().toString('utf16le');
  const end = swapped.indexOf('\0');
  return end < 0 ? swapped : swapped.slice(0, end);
}

function grey(value: number): Parts {
  return [value, value, value];
}

function fromCmyk(cyan: number, magenta: number, yellow: number, black: number): Parts {
  return [(1 - cyan) * (1 - black), (1 - magenta) * (1 - black), (1 - yellow) * (1 - black)];
}

function fromHsb(hue: number, saturation: number, brightness: number): Parts {
  const part = (n: number) => {
    const k = (n + hue * 6) % 6;
    return brightness * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1)));
  };
  return [part(5), part(3), part(1)];
}

/** CIE 1976 of white D50, adapted to D65 by Bradford's matrix, to sRGB (IEC 61966-2-1). */
function fromLab(l: number, a: number, b: number): Parts {
  const fy = (l + 16) / 116;
  const cubed = (f: number) => (f ** 3 > 216 / 24_389 ? f ** 3 : (116 * f - 16) / (24_389 / 27));
  const [x, y, z] = [0.96422 * cubed(fy + a / 500), cubed(fy), 0.82521 * cubed(fy - b / 200)];
  const linear: Parts = [
    3.1338561 * x - 1.6168667 * y - 0.4906146 * z,
    -0.9787684 * x + 1.9161415 * y + 0.033454 * z,
    0.0719453 * x - 0.2289914 * y + 1.4052427 * z,
  ];
  return linear.map((value) =>
    value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055,
  ) as Parts;
}
