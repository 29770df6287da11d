/** Palette files of each kind with the colours c80000, 00c800 and 0000c8, made by hand. */

export const THREE = ['c80000', '00c800', '0000c8'] as const;

const bytesOf = (color: string) => [...Buffer.from(color, 'hex')];

function be16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [i, value] of values.entries()) bytes.writeUInt16BE(value & 0xffff, i * 2);
  return bytes;
}

function be32(value: number): Buffer {
  return be16(value >>> 16, value);
}

function le(size: 1 | 2 | 4, ...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * size);
  for (const [i, value] of values.entries()) bytes.writeUIntLE(value, i * size, size);
  return bytes;
}

function floats(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) bytes.writeFloatBE(value, i * 4);
  return bytes;
}

function utf16(text: string): Buffer {
  return Buffer.from(`${text}\0`, 'utf16le').swap16();
}

/** A colour of Swatch Exchange in any model. */
function swatch(name: string, model: string, ...parts: readonly number[]): Buffer {
  const text = utf16(name);
  const body = Buffer.concat([
    ...[be16(text.length / 2), text, Buffer.from(model.padEnd(4)), floats(...parts), be16(2)],
  ]);
  return Buffer.concat([be16(1), be32(body.length), body]);
}

export function ase(): Buffer {
  const group = Buffer.concat([be16(2), utf16('g')]);
  const blocks = [
    Buffer.concat([be16(0xc001), be32(group.length), group]),
    swatch('red', 'RGB', 200 / 255, 0, 0),
    swatch('green', 'CMYK', 1, 0, 1, 1 - 200 / 255),
    swatch('blue', 'RGB', 0, 0, 200 / 255),
    Buffer.concat([be16(0xc002), be32(0)]),
  ];
  return Buffer.concat([Buffer.from('ASEF'), be16(1, 0), be32(blocks.length), ...blocks]);
}

/** With the second version, which has names, behind the first. */
export function aco(): Buffer {
  const part = Math.round((200 / 255) * 0xffff);
  const colors = [
    be16(0, part, 0, 0, 0),
    be16(1, Math.round(0xffff / 3), 0xffff, part, 0),
    be16(2, 0, 0, 0xffff, part),
  ];
  const named = colors.map((color, i) => {
    const text = utf16(['r', 'g', 'b'][i]!);
    return Buffer.concat([color, be32(text.length / 2), text]);
  });
  return Buffer.concat([be16(1, 3), ...colors, be16(2, 3), ...named]);
}

function act(): Buffer {
  const colors = Buffer.alloc(768);
  colors.set(THREE.flatMap(bytesOf));
  return Buffer.concat([colors, be16(3, 0xffff)]);
}

function riff(): Buffer {
  const entries = Buffer.from(THREE.flatMap((color) => [...bytesOf(color), 0]));
  const data = Buffer.concat([le(2, 0x300, 3), entries]);
  const size = le(4, 12 + data.length);
  const chunk = Buffer.concat([Buffer.from('data'), le(4, data.length), data]);
  return Buffer.concat([Buffer.from('RIFF'), size, Buffer.from('PAL '), chunk]);
}

/** A picture without cels, of one frame. */
export function aseprite(): Buffer {
  const entries = THREE.map((color, i) => {
    const named = i === 0;
    const name = named ? Buffer.concat([le(2, 3), Buffer.from('red')]) : Buffer.alloc(0);
    return Buffer.concat([le(2, named ? 1 : 0), Buffer.from([...bytesOf(color), 255]), name]);
  });
  const body = Buffer.concat([le(4, 3, 0, 2), Buffer.alloc(8), ...entries]);
  const chunk = Buffer.concat([le(4, body.length + 6), le(2, 0x2019), body]);
  const head = Buffer.concat([le(4, 16 + chunk.length), le(2, 0xf1fa, 1, 100, 0), le(4, 1)]);
  const file = Buffer.concat([Buffer.alloc(128), head, chunk]);
  file.writeUInt32LE(file.length, 0);
  file.writeUInt16LE(0xa5e0, 4);
  return file;
}

/** By the names that they have usually. */
export const PALETTE_FILES: readonly (readonly [name: string, bytes: Buffer])[] = [
  ['three.ase', ase()],
  ['sprite.ase', aseprite()],
  ['three.aco', aco()],
  ['three.act', act()],
  ['three.hex', Buffer.from('c80000\r\n00c800\r\n0000C8\r\n')],
  ['sharp.hex', Buffer.from('\ufeff# three\n#c80000\n#00c800ff\n0000c8')],
  ['jasc.pal', Buffer.from('JASC-PAL\r\n0100\r\n3\r\n200 0 0\r\n0 200 0\r\n0 0 200\r\n')],
  ['riff.pal', riff()],
  ['paint.txt', Buffer.from('; paint.net\nFFC80000\nFF00C800\nFF0000C8\n00000000\n')],
  ['three.gpl', Buffer.from('\ufeffGIMP Palette\n200 0 0\tred\n0 200 0\n0 0 200\n')],
];
