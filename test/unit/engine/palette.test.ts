/** Palettes: those that come with the program, and their files. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import { builtInPalettes, magicaVoxelColors } from '../../../engine/document/built-in-palettes.ts';
import { newPalette } from '../../../engine/document/palette.ts';
import { readPalette } from '../../../engine/formats/palettes/palette-file.ts';
import { writeGpl } from '../../../engine/formats/palettes/palette-gpl.ts';
import { Report } from '../../../engine/formats/report.ts';
import { encodePng } from '../../../engine/image/png.ts';
import { aco, ase, PALETTE_FILES, THREE } from '../../support/palette-files.ts';

const hex = (colors: Uint32Array) =>
  Array.from(colors, (color) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(color);
    return bytes.toString('hex');
  });

function refused(bytes: Uint8Array, path: string, code: string, message: RegExp): GoxError {
  try {
    readPalette(bytes, path);
  } catch (error) {
    if (!(error instanceof GoxError)) throw error;
    assert.is(error.code, code, error.message);
    assert.match(error.message, message);
    return error;
  }
  return assert.unreachable(`not refused: ${message}`) as never;
}

const test = suite('palettes');

test('come with as many different colours as Goxel has in them', () => {
  const sizes = builtInPalettes().map(({ name, colors }) => [name, colors.length]);
  assert.equal(sizes, [
    ['DB32', 32],
    ['DB16', 16],
    ['Gray', 256],
    ['MagicaVoxel', 256],
    ['Pico8', 16],
    ['Tango', 27],
    ['WebHex', 216],
  ]);
  for (const { name, colors, names } of builtInPalettes()) {
    assert.is(new Set(colors).size, colors.length, name);
    assert.is(names.length, colors.length, name);
    assert.ok(colors.every((color) => color >>> 24 === 255));
  }
  assert.is(builtInPalettes(), builtInPalettes());
});

test("MagicaVoxel's are the web colours, ramps, and black", () => {
  const colors = hex(magicaVoxelColors());
  assert.equal(colors.slice(0, 8), [
    'ffffffff',
    'ffffccff',
    'ffff99ff',
    'ffff66ff',
    'ffff33ff',
    'ffff00ff',
    'ffccffff',
    'ffccccff',
  ]);
  assert.equal(
    [colors[214], colors[215], colors[225], colors[235], colors[245]],
    ['000033ff', 'ee0000ff', '00ee00ff', '0000eeff', 'eeeeeeff'],
  );
  assert.equal([colors[254], colors[255]], ['111111ff', '000000ff']);
});

test('a GIMP palette comes back as it was written', () => {
  for (const palette of [...builtInPalettes(), { ...newPalette(), name: 'ä 層' }]) {
    assert.equal(readPalette(writeGpl(palette), 'x.gpl'), palette);
  }
});

test('a GIMP palette is read with its names, however it is laid out', () => {
  const text =
    'GIMP Palette\r\nName: Fünf\r\nColumns: 3\n#\n# talk\n  1   2 \t3\tdark one \n' +
    '\n255 255 255\n0 128 0\t\t#008000\n7 7 7 a';
  const palette = readPalette(Buffer.from(text), '/some/where/five.GPL');
  assert.is(palette.name, 'Fünf');
  assert.equal(hex(palette.colors), ['010203ff', 'ffffffff', '008000ff', '070707ff']);
  assert.equal(palette.names, ['dark one', '', '#008000', 'a']);
  assert.is(readPalette(Buffer.from('GIMP Palette\n1 1 1'), '/some/where/five.gpl').name, 'five');
});

test('names with line ends do not break a GIMP palette', () => {
  const palette = { name: 'a\nb', colors: Uint32Array.of(0xff00_0000), names: ['c\r\n1 2 3'] };
  const back = readPalette(writeGpl(palette), 'x.gpl');
  assert.equal([back.name, ...back.names], ['a b', 'c 1 2 3']);
});

test('a damaged GIMP palette is refused with its line and byte', () => {
  const gpl = (text: string) => Buffer.from(text);
  for (const [text, why] of [
    ['GIMP palette\n', /not "red green blue name"/],
    ['GIMP Palette\n1 2 256 x', /above 255/],
    ['GIMP Palette\n1 2', /not "red green blue name"/],
    ['GIMP Palette\n-1 2 3', /not "red green blue name"/],
    [`GIMP Palette\n1 2 3 ${'x'.repeat(2000)}`, /not "red green blue name"/],
  ] as const) {
    refused(gpl(text), 'x.gpl', 'GOX_FORMAT_BROKEN', why);
  }
  const error = refused(gpl('GIMP Palette\n\nno'), 'x.gpl', 'GOX_FORMAT_BROKEN', /line 3/);
  assert.equal(error.details, { file: 'x.gpl', line: 3 });
});

test('a Build palette has 256 colours of 6 bits, and may go on', () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i < 768 ? i % 64 : 255));
  const { name, colors } = readPalette(bytes, 'PALETTE.DAT');
  assert.is(name, 'PALETTE');
  assert.is(colors.length, 256);
  assert.equal(hex(colors.subarray(0, 2)), ['000408ff', '0c1014ff']);
  assert.equal(hex(colors.subarray(21, 22)), ['fc0004ff']);
  refused(bytes.subarray(0, 767), 'x.dat', 'GOX_FORMAT_BROKEN', /before its 256 colours/);
  const error = refused(bytes.with(700, 64), 'x.dat', 'GOX_FORMAT_BROKEN', /above 63/);
  assert.equal(error.details, { file: 'x.dat', offset: 700 });
});

test('a picture has its distinct colours by rows, but for transparent ones', () => {
  const rgba = Uint8Array.of(1, 2, 3, 255, 9, 9, 9, 0, 4, 5, 6, 128, 1, 2, 3, 255);
  const { name, colors } = readPalette(encodePng({ width: 2, height: 2, rgba }), 'four.png');
  assert.is(name, 'four');
  assert.equal(hex(colors), ['010203ff', '04050680']);
});

test('a picture that is too large or damaged is refused before it is unpacked', () => {
  const png = encodePng({ width: 1, height: 1, rgba: Uint8Array.of(1, 2, 3, 255) });
  const sized = (width: number, height: number) => {
    const bytes = Buffer.from(png);
    bytes.writeUInt32BE(width, 16);
    bytes.writeUInt32BE(height, 20);
    return bytes;
  };
  refused(sized(2049, 1), 'x.png', 'GOX_FORMAT_LIMIT', /2049 x 1/);
  refused(sized(1, 0xffff_ffff), 'x.png', 'GOX_FORMAT_LIMIT', /too large/);
  refused(sized(2048, 2048), 'x.png', 'GOX_FORMAT_BROKEN', /checksum/);
  for (let length = 0; length < png.length; length++) {
    refused(png.subarray(0, length), 'x.png', 'GOX_FORMAT_BROKEN', /damaged/);
  }
  // The width and the height have their own limit.
  for (let i = 24; i < png.length; i++) {
    refused(png.with(i, png[i]! ^ 1), 'x.png', 'GOX_FORMAT_BROKEN', /damaged/);
  }
});

test('another extension is refused with those there are', () => {
  for (const path of ['a.docx', 'gpl', '', 'a.']) {
    refused(Buffer.from('x'), path, 'GOX_FORMAT_UNKNOWN', /there are gpl, dat, png/);
  }
});

for (const [name, bytes] of PALETTE_FILES) {
  test(`${name} is read`, () => {
    const { colors, names } = readPalette(bytes, name);
    assert.equal(
      hex(colors).map((color) => color.slice(0, 6)),
      THREE,
    );
    assert.is(names.length, 3);
    if (/ase|aco|gpl/.test(name)) assert.match(names[0]!, /^r(ed)?$/);
  });

  test(`${name} is refused where it is cut, or is shorter`, () => {
    for (let length = 0; length < bytes.length; length++) {
      try {
        assert.ok(readPalette(bytes.subarray(0, length), name).colors.length <= 256);
      } catch (error) {
        assert.instance(error, GoxError);
        assert.is((error as GoxError).code, 'GOX_FORMAT_BROKEN');
      }
    }
  });
}

test('what a palette is says its content, whatever its name', () => {
  for (const [name, bytes] of PALETTE_FILES.filter(([name]) => /ase|riff|jasc|gpl/.test(name))) {
    assert.is(readPalette(bytes, `${name}.act`).colors.length, 3, name);
  }
  refused(Buffer.from('x'), 'a.docx', 'GOX_FORMAT_UNKNOWN', /gpl, dat, png, ase/);
});

test('colours of other models are near to what they are', () => {
  const file = ase();
  const green = file.indexOf('CMYK');
  file.write('LAB ', green);
  for (const [i, part] of [0.5, 0, 0].entries()) file.writeFloatBE(part, green + 4 + i * 4);
  // L 50 without colour is the grey 119 of sRGB.
  assert.is(hex(readPalette(file, 'a.ase').colors)[1], '777777ff');
});

test('bytes without a sign are of 6 bits where all of them may be', () => {
  const vga = Buffer.alloc(768, 63);
  assert.is(hex(readPalette(vga, 'game.pal').colors)[0], 'fcfcfcff');
  assert.is(hex(readPalette(Buffer.alloc(768, 64), 'game.pal').colors)[0], '404040ff');
});

const ODD =
  'GIMP Palette\nChannels: RGBA\nhello\n200 0 0 128 r\n300 0 0 no\n0 200 0 255\n0 0 200 255';

/** As people and other programs have them; how many things are told. */
const VARIANTS: readonly (readonly [name: string, content: string | Buffer, told: number])[] = [
  ['a.gpl', ODD, 2],
  ['old-mac.gpl', 'GIMP Palette\rName: x\r200 0 0\r0 200 0\r0 0 200\r', 0],
  ['headless.gpl', '200 0 0 red\n0 200 0\n0 0 200', 0],
  ['line.hex', 'c80000 00c800, 0000c8', 0],
  ['dashes.hex', 'c80000-00c800-0000c8', 0],
  ['names.hex', '0xc80000 red\n#00c800 green\n\n# no\n0000c8ff\nwhat', 1],
  ['powershell.hex', Buffer.from('\ufeffc80000\r\n00c800\r\n0000c8\r\n', 'utf16le'), 0],
  ['numbers.txt', '200,0,0\n0,200,0\n0;0;200', 0],
  ['alpha.pal', 'JASC-PAL\n0100\n9\n200 0 0 255\n# c\n0 200 0 0\nno\n0 0 200', 1],
  ['bare.pal', '200 0 0\n0 200 0\n0 0 200', 0],
  ['list.json', '{"name": "x", "colors": [\n"c80000",\n"#00c800", "0000c8"\n]\n}', 1],
  ['none', 'c80000\n00c800\n0000c8', 0],
  ['short.act', Buffer.from('c8000000c8000000c8', 'hex'), 0],
  ['cut.aco', Buffer.concat([aco().subarray(0, 34), Buffer.from('00020003', 'hex')]), 1],
];

for (const [name, content, told] of VARIANTS) {
  test(`${name} is read as its colours`, () => {
    const report = new Report();
    const { colors } = readPalette(Buffer.from(content), name, report);
    assert.equal(
      hex(colors).map((color) => color.slice(0, 6)),
      THREE,
    );
    const count = report.warnings().reduce((sum, one) => sum + one.count, 0);
    assert.is(count, told, JSON.stringify(report.warnings()));
  });
}

test('a picture, page or model in the place of a palette is named', () => {
  refused(Buffer.from('<html>404</html>'), 'a.png', 'GOX_FORMAT_UNKNOWN', /a web page, and no pal/);
  refused(
    Buffer.from('VOX 1234'),
    'a.vox',
    'GOX_FORMAT_UNKNOWN',
    /a MagicaVoxel model, and no pal/,
  );
});

test('a palette of more colours than any is refused', () => {
  const lines = Buffer.from('c80000\n'.repeat(70_000));
  refused(lines, 'a.hex', 'GOX_FORMAT_LIMIT', /65536 colours at most/);
  refused(Buffer.alloc(9 * 2 ** 20, 'c80000\n'), 'a.hex', 'GOX_FORMAT_LIMIT', /8388608 bytes/);
});

test.run();
