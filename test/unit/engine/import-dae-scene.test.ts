/** Scenes of COLLADA as programs write them: transforms, morphs, skeletons, archives, odd text. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatFor } from '../../../engine/formats/index.ts';
import { Report } from '../../../engine/formats/report.ts';
import { encodePng } from '../../../engine/image/png.ts';
import { dae, NODE, read, source, told } from '../../support/dae-maker.ts';
import { zipOf } from '../../support/zip-maker.ts';

const placed = (transforms: string) => {
  return read(dae({ nodes: `<node>${transforms}<instance_geometry url="#g"/></node>` })).merged();
};

const test = suite('scenes of dae');

test('lookat and skew', () => {
  // From the point at (0, 0, 5) to the side: the square's x is up, and its y away from the eye.
  const seen = placed('<lookat>0 0 5 0 1 5 1 0 0</lookat>');
  assert.is(seen.count(), 81);
  assert.is.not(seen.get(8, 0, 5), 0);
  assert.is.not(seen.get(0, 0, -3), 0);
  const tilted = placed('<skew>45 0 1 0 1 0 0</skew>');
  assert.is.not(tilted.get(16, 8, 0), 0);
  assert.is.not(tilted.get(8, 8, 0), 0);
  assert.is(tilted.get(6, 8, 0), 0);
  assert.is(placed('<skew>45 0 1</skew><lookat>1 2</lookat>').count(), 81);
});

test('a node within itself is told, and all others are read', () => {
  const nodes = `<node id="n"><instance_geometry url="#g"/><instance_node url="#n"/>
   <instance_node url="#n"/></node>`;
  assert.is(read(dae({ nodes })).merged().count(), 81);
  assert.equal(told(dae({ nodes })), ['WARN_FACES_SKIPPED']);
});

test('what is not visible is a hidden layer', () => {
  const extra =
    '<extra><technique profile="FCOLLADA"><visibility>0</visibility></technique></extra>';
  const nodes = `${NODE}<node>${extra}<node name="x"><instance_geometry url="#g"/></node></node>`;
  assert.equal(
    read(dae({ nodes })).layers.map(({ name, visible, volume }) => [name, visible, volume.count()]),
    [
      ['plate', true, 81],
      ['x', false, 81],
    ],
  );
});

test('what is beside the model is told, with how many', () => {
  const more = `<library_animations><animation/><animation/></library_animations>`;
  const nodes = `${NODE}<node><instance_camera url="#c"/><instance_light url="#l"/>
   <instance_light url="#l"/></node>`;
  const report = new Report();
  read(dae({ nodes, more }), { report });
  assert.equal(
    report.warnings().map(({ code, count }) => `${code} ${count}`),
    ['WARN_FRAMES_LEFT_OUT 2', 'WARN_CAMERAS_LOST 1', 'WARN_MATERIALS_LOST 2'],
  );
});

test('geometries are read that no scene shows', () => {
  assert.is(
    read(dae({ nodes: '<node/>' }))
      .merged()
      .count(),
    81,
  );
  assert.equal(told(dae({ nodes: '<node/>' })), ['WARN_UNPLACED']);
});

test('meshes morph as their weights say', () => {
  const target = (id: string, points: string) => `<library_geometries><geometry id="${id}"><mesh>
   ${source(`${id}-p`, 3, points)}<vertices id="${id}-v">
   <input semantic="POSITION" source="#${id}-p"/></vertices></mesh></geometry>
   </library_geometries>`;
  const morphed = (method: string, weights: string, points: string) =>
    read(
      dae({
        nodes: '<node><translate>0 0 3</translate><instance_controller url="#k"/></node>',
        more: `${target('t', points)}<library_controllers><controller id="k">
         <morph source="#g" method="${method}"><source id="ts">
         <IDREF_array count="1">t</IDREF_array></source>${source('ws', 1, weights)}
         <targets><input semantic="MORPH_TARGET" source="#ts"/>
         <input semantic="MORPH_WEIGHT" source="#ws"/></targets></morph></controller>
         </library_controllers>`,
      }),
    ).merged();
  const wide = morphed('NORMALIZED', '0.5', '0 0 0 24 0 0 24 8 0 0 8 0');
  assert.is(wide.count(), 17 * 9);
  assert.is.not(wide.get(16, 8, 3), 0);
  assert.is(morphed('RELATIVE', '0.5', '0 0 0 16 0 0 16 0 0 0 0 0').count(), 17 * 9);
  assert.is(morphed('NORMALIZED', '0', '0 0 0 24 0 0 24 8 0 0 8 0').count(), 81);
  assert.is(morphed('NORMALIZED', '1', '0 0 0').count(), 81);
});

test('joints are looked for below the skeleton that is named', () => {
  const more = `<library_controllers><controller id="k"><skin source="#g">
   <source id="names"><Name_array id="na" count="1">hip</Name_array></source>${source('w', 1, '1')}
   <joints><input semantic="JOINT" source="#names"/></joints>
   <vertex_weights count="4"><input semantic="JOINT" source="#names" offset="0"/>
    <input semantic="WEIGHT" source="#w" offset="1"/><vcount>1 1 1 1</vcount>
    <v>0 0 0 0 0 0 0 0</v></vertex_weights></skin></controller></library_controllers>`;
  const joint = (id: string, x: number) => {
    return `<node id="${id}"><translate>${x} 0 0</translate><node sid="hip"/></node>`;
  };
  const skin = (id: string) => {
    return `<node><instance_controller url="#k"><skeleton>#${id}</skeleton>
     </instance_controller></node>`;
  };
  const nodes = joint('a', 100) + joint('b', 200) + skin('a') + skin('b');
  const volume = read(dae({ nodes, more })).merged();
  assert.is(volume.count(), 162);
  assert.is.not(volume.get(100, 0, 0), 0);
  assert.is.not(volume.get(208, 8, 0), 0);
});

test('a hole that no straight slit leads to', () => {
  const points = '0 0 0 20 0 0 20 20 0 10 2 0 0 20 0 14 4 0 16 4 0 16 8 0 1 3 0 5 3 0 1 11 0';
  const vertex = '<input semantic="VERTEX" source="#v" offset="0"/>';
  const mesh = `<polygons>${vertex}<ph><p>4 0 1 2 3</p><h>5 6 7</h><h>8 9 10</h></ph></polygons>`;
  const volume = read(dae({ mesh, points })).merged();
  assert.is(volume.get(10, 8, 0), 0);
  assert.is(volume.get(2, 5, 0), 0);
  assert.is.not(volume.get(0, 8, 0), 0);
  assert.is.not(volume.get(18, 8, 0), 0);
});

test('decimal commas, and names in the letters of other countries', () => {
  const points = '0,000000 0 0 8,0 0,00 0 8,0e0 8,0 0 0,0 8,0 -0,0';
  assert.is(read(dae({ points })).merged().count(), 81);
  const nodes = NODE.replace('plate', 'Würfel');
  const text = dae({ nodes }).replace('"1.0"?', '"1.0" encoding="ISO-8859-1"?');
  const { layers } = formatFor('a.dae').read!(Buffer.from(text, 'latin1'), 'a.dae');
  assert.is(layers[0]!.name, 'Würfel');
});

const PICTURE = Buffer.from(
  encodePng({ width: 1, height: 1, rgba: Uint8Array.of(0, 255, 0, 255) }),
);

/** A square with a picture, which an image element gives. */
function pictured(image: string): string {
  const uv = source('t', 2, '0 0 1 0 1 1 0 1');
  const mesh = `<triangles material="m" count="2"><input semantic="VERTEX" source="#v" offset="0"/>
   <input semantic="TEXCOORD" source="#t" offset="0"/><p>0 1 2 0 2 3</p></triangles>`;
  const more = `<library_images><image id="i">${image}</image></library_images>
   <library_materials><material id="mat"><instance_effect url="#e"/></material></library_materials>
   <library_effects><effect id="e"><profile_COMMON><technique sid="c">
   <newparam sid="s"><surface type="2D"><init_from>i</init_from></surface></newparam>
   <newparam sid="p"><sampler2D><source>s</source></sampler2D></newparam>
   <lambert><diffuse><texture texture="p" texcoord="UV"/></diffuse></lambert></technique>
   </profile_COMMON></effect></library_effects>`;
  const nodes = `<node><instance_geometry url="#g"><bind_material><technique_common>
   <instance_material symbol="other" target="#mat"/></technique_common></bind_material>
   </instance_geometry></node>`;
  return dae({ sources: uv, mesh, more, nodes });
}

test('pictures in the file, and beside it in an archive', () => {
  const colorOf = (text: string) => read(text).merged().get(4, 4, 0);
  const digits = PICTURE.toString('hex').replace(/.{20}/g, '$&\n');
  assert.is(colorOf(pictured(`<data>${digits}</data>`)), 0xff00_ff00);
  assert.is(
    colorOf(pictured(`<init_from><hex format="png">${digits}</hex></init_from>`)),
    0xff00_ff00,
  );
  const scene = pictured('<init_from>./maps/my%20t.png</init_from>');
  const manifest = '<?xml version="1.0"?><dae_root>./in/b.dae</dae_root>';
  const parts = { 'in/a.dae': dae(), 'in/b.dae': scene, 'in/maps/my t.png': PICTURE };
  const archive = (more: Record<string, string>) => zipOf({ ...parts, ...more });
  const inside = (bytes: Buffer) => formatFor('a.zae').read!(bytes, 'a.zae').merged().get(4, 4, 0);
  assert.is(inside(archive({ 'manifest.xml': manifest })), 0xff00_ff00);
  assert.is(inside(archive({})), 0xffff_ffff);
  assert.throws(() => inside(zipOf({ 'a.txt': 'x' })), /holds no COLLADA scene/);
});

test('colours that are parameters, and lamps of black', () => {
  const colored = (shader: string, params = '') => {
    const more = `<library_materials><material id="m"><instance_effect url="#e"/></material>
     </library_materials><library_effects><effect id="e"><profile_COMMON>${params}<technique>
     <phong>${shader}</phong></technique></profile_COMMON></effect></library_effects>`;
    return read(dae({ more })).merged().get(4, 4, 0).toString(16);
  };
  const param = '<newparam sid="c"><float3>0 0 1</float3></newparam>';
  assert.is(colored('<diffuse><param ref="c"/></diffuse>', param), 'ffff0000');
  const lamp = '<emission><color>1 0 0 1</color></emission>';
  assert.is(colored(`${lamp}<diffuse><color>0 0 0 1</color></diffuse>`), 'ff0000ff');
});

test.run();
