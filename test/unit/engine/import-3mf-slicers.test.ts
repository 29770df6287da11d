/** What slicers write into .3mf files: colours of filaments, painted faces, modifiers, units. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatFor } from '../../../engine/formats/index.ts';
import { Report } from '../../../engine/formats/report.ts';
import { meshOf, threemfOf } from '../../support/zip-maker.ts';

const POINTS = ['0 0 0', '8 0 0', '8 8 0', '0 8 0'];
const ITEM = '<item objectid="1"/>';

/** A square of two triangles, each with more attributes. */
function painted(first = '', second = first): string {
  return `<object id="1">${meshOf(POINTS, [`0 1 2 ${first}`, `0 2 3 ${second}`])}</object>`;
}

function readTold(bytes: Uint8Array) {
  const report = new Report();
  const document = formatFor('a.3mf').read!(bytes, 'a.3mf', { report });
  const told = report.warnings().map(({ code, count }) => `${code} ${count}`);
  const colors = [
    [6, 1],
    [1, 6],
  ].map(([x, y]) => document.merged().get(x!, y!, 0).toString(16));
  return { document, told, colors };
}

const BAMBU = {
  'Metadata/project_settings.config': JSON.stringify({
    filament_colour: ['#FF0000', '#00FF00FF', '#0000FF', '#010101', '#020202'],
  }),
};
const PRUSA = {
  'Metadata/Slic3r_PE.config': `; extruder_colour = "";#00FF00
; filament_colour = #FF0000;#FFFFFF
`,
};

const test = suite('slicers of 3mf');

test('faces that are painted have the colours of filaments', () => {
  const colors = (paint: string, other: string, name: string, more: Record<string, string>) => {
    const mesh = painted(`${name}="${paint}"`, `${name}="${other}"`);
    return readTold(threemfOf(mesh, ITEM, more)).colors;
  };
  const prusa = 'slic3rpe:mmu_segmentation';
  assert.equal(colors('4', '8', 'paint_color', BAMBU), ['ff0000ff', 'ff00ff00']);
  assert.equal(colors('0C', '2C', 'paint_color', BAMBU), ['ffff0000', 'ff020202']);
  assert.equal(colors('4', '8', prusa, PRUSA), ['ff0000ff', 'ff00ff00']);
  // Three quarters of the face are of the second filament.
  assert.equal(colors('48883', '0', 'paint_color', BAMBU), ['ff00ff00', 'ff0000ff']);
});

test('what is painted in parts, or by colours that are not there, is told', () => {
  const told = (paint: string, more: Record<string, string>) => {
    return readTold(threemfOf(painted(`paint_color="${paint}"`), ITEM, more)).told;
  };
  assert.equal(told('48883', BAMBU), ['WARN_DETAIL_SKIPPED 2']);
  assert.equal(told('4', {}), ['WARN_COLORS_LOST 1']);
  assert.equal(told('4', BAMBU), []);
});

test('objects have their filaments, and modifiers are hidden', () => {
  const settings = `<config><object id="2"><metadata key="name" value="cup"/>
   <metadata key="extruder" value="2"/><part id="1" subtype="normal_part">
   <metadata key="extruder" value="3"/></part><part id="3" subtype="modifier_part"/></object>
   </config>`;
  const inner = painted().replace('id="1"', 'id="3"');
  const whole = '<object id="2"><components><component objectid="1"/><component objectid="3"/>';
  const parts = `${painted()}${inner}${whole}</components></object>`;
  const more = { ...BAMBU, 'Metadata/model_settings.config': settings };
  const { document, colors } = readTold(threemfOf(parts, '<item objectid="2"/>', more));
  assert.equal(colors, ['ffff0000', 'ffff0000']);
  assert.equal(
    document.layers.map(({ name, visible, volume }) => [name, visible, volume.count()]),
    [
      ['cup', true, 81],
      ['cup (modifier)', false, 81],
    ],
  );
});

test('volumes of PrusaSlicer are ranges of triangles', () => {
  const settings = `<config><object id="1"><metadata type="object" key="name" value="cup"/>
   <volume firstid="0" lastid="0"><metadata type="volume" key="extruder" value="2"/></volume>
   <volume firstid="1" lastid="1"><metadata type="volume" key="modifier" value="1"/></volume>
   </object></config>`;
  const more = { ...PRUSA, 'Metadata/Slic3r_PE_model.config': settings };
  const { document, colors } = readTold(threemfOf(painted(), ITEM, more));
  assert.equal(colors, ['ff00ff00', '0']);
  assert.equal(
    document.layers.map(({ name, visible }) => [name, visible]),
    [
      ['cup', true],
      ['cup (modifier)', false],
    ],
  );
});

test('supports, and what is not to be printed, are hidden layers', () => {
  const support = painted().replace('id="1"', 'id="1" type="support"');
  const visible = (parts: string, item: string) =>
    readTold(threemfOf(parts, item)).document.layers.map((layer) => layer.visible);
  assert.equal(visible(support, ITEM), [false]);
  assert.equal(visible(painted(), '<item objectid="1" printable="0"/>'), [false]);
});

test('parts of a package have their units', () => {
  const part = `<?xml version="1.0"?><model unit="centimeter"
   xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02">
   <resources>${painted()}</resources></model>`;
  const whole = `<object id="2"><components><component objectid="1" p:path="/3D/b.model"/>
   </components></object>`;
  const bytes = threemfOf(whole, '<item objectid="2"/>', { '3D/b.model': part });
  assert.is(readTold(bytes).document.merged().count(), 81 * 81);
});

test('settings that are damaged cost only themselves', () => {
  const more = { 'Metadata/model_settings.config': '<config><object', ...BAMBU };
  const { document, told } = readTold(threemfOf(painted(), ITEM, more));
  assert.is(document.merged().count(), 81);
  assert.equal(told, ['WARN_DETAIL_SKIPPED 1']);
});

test.run();
