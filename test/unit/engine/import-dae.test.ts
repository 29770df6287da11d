/** Reading COLLADA files. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatFor } from '../../../engine/formats/index.ts';
import { encodePng } from '../../../engine/image/png.ts';
import { dae, NODE, read, source, TWO, told } from '../../support/dae-maker.ts';
import { assertRefused, readDamaged } from '../../support/mesh-shapes.ts';

const test = suite('reading dae');

test('a square stands where it is, and its layer has the name of its node', () => {
  const document = read(dae());
  assert.is(document.merged().count(), 81);
  assert.is.not(document.merged().get(8, 8, 0), 0);
  assert.is(document.layers[0]!.name, 'plate');
});

test('the axis that is up is the one that the file says', () => {
  const at = (up: string) => {
    const volume = read(dae({ up })).merged();
    const far: [number, number, number][] = [
      [8, 8, 0],
      [8, 0, 8],
      [-8, 0, 8],
    ];
    return far.findIndex(([x, y, z]) => volume.get(x, y, z) !== 0);
  };
  assert.is(at('Z_UP'), 0);
  assert.is(at('Y_UP'), 1);
  assert.is(at('X_UP'), 2);
});

test('faces of every kind', () => {
  const vertex = '<input semantic="VERTEX" source="#v" offset="0"/>';
  const count = (mesh: string) => read(dae({ mesh })).merged().count();
  assert.is(count(`<polylist count="1">${vertex}<vcount>4</vcount><p>0 1 2 3</p></polylist>`), 81);
  assert.is(count(`<polygons count="1">${vertex}<p>0 1 2 3</p></polygons>`), 81);
  assert.is(count(`<trifans count="1">${vertex}<p>0 1 2 3</p></trifans>`), 81);
  assert.is(count(`<tristrips count="1">${vertex}<p>0 1 3 2</p></tristrips>`), 81);
  assert.is(count(`<lines count="2">${vertex}<p>0 1 1 2</p></lines>`), 17);
  assert.is(count(`<linestrips count="1">${vertex}<p>0 1 2</p></linestrips>`), 17);
});

test('polygons may be concave, and have holes', () => {
  const points = '0 0 0 12 0 0 12 12 0 0 12 0 4 4 0 4 8 0 8 8 0 8 4 0';
  const vertex = '<input semantic="VERTEX" source="#v" offset="0"/>';
  const hole = `<polygons>${vertex}<ph><p>0 1 2 3</p><h>4 5 6 7</h></ph></polygons>`;
  const volume = read(dae({ mesh: hole, points })).merged();
  assert.is(volume.get(6, 6, 0), 0);
  assert.is.not(volume.get(2, 6, 0), 0);
  assert.is.not(volume.get(10, 6, 0), 0);
  const bow = `<polygons>${vertex}<p>0 1 2 4</p></polygons>`;
  assert.is(
    read(dae({ mesh: bow, points }))
      .merged()
      .get(3, 9, 0),
    0,
  );
});

test('nodes are placed by their transforms in order, and by instances of nodes', () => {
  const turned = `<node><translate>10 0 0</translate><rotate>0 0 1 90</rotate><scale>2 1 1</scale>
   <instance_geometry url="#g"/></node>`;
  const volume = read(dae({ nodes: turned })).merged();
  assert.is(volume.count(), 17 * 9);
  assert.is.not(volume.get(2, 16, 0), 0);
  const matrix = '<matrix>1 0 0 5 0 1 0 6 0 0 1 7 0 0 0 1</matrix>';
  const inner = `<node>${matrix}<node>${matrix}<instance_geometry url="#g"/></node></node>`;
  assert.is.not(
    read(dae({ nodes: inner }))
      .merged()
      .get(10, 12, 14),
    0,
  );
  const more = `<library_nodes><node id="o"><instance_geometry url="#g"/></node></library_nodes>`;
  const twice = `<node><instance_node url="#o"/></node>
   <node><translate>0 0 9</translate><instance_node url="#o"/></node>`;
  assert.is(
    read(dae({ nodes: twice, more }))
      .merged()
      .count(),
    162,
  );
});

function material(shader: string, params = ''): string {
  return `<library_images><image id="i"><init_from>file:///C:/a/my%20t.png</init_from></image>
  </library_images><library_materials><material id="mat"><instance_effect url="#e"/></material>
  </library_materials><library_effects><effect id="e"><profile_COMMON>${params}
  <technique sid="common"><lambert>${shader}</lambert></technique></profile_COMMON></effect>
  </library_effects>`;
}
const BOUND = `<node><instance_geometry url="#g"><bind_material><technique_common>
  <instance_material symbol="m" target="#mat"><bind_vertex_input semantic="UVMap"
   input_semantic="TEXCOORD" input_set="1"/></instance_material>
  </technique_common></bind_material></instance_geometry></node>`;

test('colours and opacity of materials', () => {
  const color = (shader: string) =>
    read(dae({ nodes: BOUND, more: material(shader) }))
      .merged()
      .get(4, 4, 0)
      .toString(16);
  const red = '<diffuse><color>1 0 0 1</color></diffuse>';
  assert.is(color(red), 'ff0000ff');
  const opaque = '<transparent opaque="A_ONE"><color>0 0 0 1</color></transparent>';
  const glass = `${red}${opaque}<transparency><float>0.5</float></transparency>`;
  assert.is(color(glass), 'ff0000ff');
  const { layers, materials } = read(dae({ nodes: BOUND, more: material(glass) }));
  assert.equal([...materials[layers[0]!.material]!.color], [1, 1, 1, 0.5]);
  const zero = '<transparent opaque="RGB_ZERO"><color>0 0 0 1</color></transparent>';
  assert.is(color(`${red}${zero}<transparency><float>1</float></transparency>`), 'ff0000ff');
  const none = '<transparency><float>0</float></transparency>';
  assert.is(color(red + none), 'ff0000ff');
  assert.equal(told(dae({ nodes: BOUND, more: material(red + none) })), ['WARN_OPACITY']);
});

test('what shines is a layer with a material that does', () => {
  const shader = '<emission><color>0 1 0 1</color></emission>';
  const document = read(dae({ nodes: BOUND, more: material(shader) }));
  assert.is(document.merged().get(4, 4, 0), 0xff00_ff00);
  const [layer] = document.layers;
  assert.equal([...document.materials[layer!.material]!.emission], [0, 1, 0]);
});

test('pictures, whose v runs up, by the coordinates that are bound', () => {
  const rgba = Uint8Array.of(255, 0, 0, 255, 0, 255, 0, 255);
  const picture = encodePng({ width: 1, height: 2, rgba });
  const params = `<newparam sid="su"><surface type="2D"><init_from>i</init_from></surface>
   </newparam><newparam sid="sa"><sampler2D><source>su</source></sampler2D></newparam>`;
  const shader = '<diffuse><texture texture="sa" texcoord="UVMap"/></diffuse>';
  const sources = source('a', 2, '0 0') + source('b', 2, '0 0 1 0 1 1 0 1');
  const mesh = `<triangles material="m" count="2"><input semantic="VERTEX" source="#v" offset="0"/>
   <input semantic="TEXCOORD" source="#a" offset="1" set="0"/>
   <input semantic="TEXCOORD" source="#b" offset="2" set="1"/>
   <p>0 0 0 1 0 1 2 0 2 0 0 0 2 0 2 3 0 3</p></triangles>`;
  const text = dae({ nodes: BOUND, more: material(shader, params), mesh, sources });
  const names: string[] = [];
  const resolve = (name: string) => {
    names.push(name);
    return picture;
  };
  const volume = read(text, { resolve }).merged();
  assert.equal(names, ['C:/a/my t.png']);
  assert.is(volume.get(4, 1, 0), 0xff00_ff00);
  assert.is(volume.get(4, 7, 0), 0xff00_00ff);
  assert.equal(told(text), ['WARN_TEXTURE_MISSING']);
});

test('colours of corners', () => {
  const mesh = `<triangles count="2"><input semantic="VERTEX" source="#v" offset="0"/>
   <input semantic="COLOR" source="#c" offset="1"/><p>0 0 1 0 2 0 0 0 2 0 3 0</p></triangles>`;
  const sources = source('c', 3, '1 0.5 0');
  assert.is(read(dae({ mesh, sources })).merged().get(4, 4, 0), 0xff00_80ff);
});

test('skins stand where their joints are', () => {
  const more = `<library_controllers><controller id="k"><skin source="#g">
   <bind_shape_matrix>1 0 0 0 0 1 0 0 0 0 1 3 0 0 0 1</bind_shape_matrix>
   <source id="names"><Name_array id="na" count="2">left right</Name_array></source>
   ${source('bind', 16, '1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1 1 0 0 -8 0 1 0 0 0 0 1 0 0 0 0 1')}
   ${source('w', 1, '1 0.5')}
   <joints><input semantic="JOINT" source="#names"/>
    <input semantic="INV_BIND_MATRIX" source="#bind"/></joints>
   <vertex_weights count="4"><input semantic="JOINT" source="#names" offset="0"/>
    <input semantic="WEIGHT" source="#w" offset="1"/><vcount>1 1 2 1</vcount>
    <v>0 0 1 0 1 1 1 1 0 0</v></vertex_weights></skin></controller></library_controllers>`;
  const nodes = `<node><scale>100 100 100</scale><instance_controller url="#k"/></node>
   <node sid="left" type="JOINT"><node sid="right" type="JOINT"><translate>20 0 0</translate></node>
   </node>`;
  const volume = read(dae({ nodes, more })).merged();
  // The right corners are at 8 - 8 + 20, and all three above the ground.
  assert.is(volume.count(), 21 * 9);
  assert.is.not(volume.get(20, 8, 3), 0);
  const unknown = nodes.replace('sid="right"', 'sid="other"');
  assert.is(
    read(dae({ nodes: unknown, more }))
      .merged()
      .count(),
    81,
  );
  assert.equal(told(dae({ nodes: unknown, more })), ['WARN_DETAIL_SKIPPED']);
});

test('what is damaged costs itself', () => {
  const nodes = `${NODE}<node><instance_geometry url="#none"/></node>`;
  assert.is(read(dae({ nodes })).merged().count(), 81);
  assert.equal(told(dae({ nodes })), ['WARN_FACES_SKIPPED']);
  const mesh = `${TWO}<p>0 1 2 0 2 3 0 1 9 0 1 x 0 1</p></triangles>`;
  assert.is(read(dae({ mesh })).merged().count(), 81);
  assert.equal(told(dae({ mesh })), ['WARN_FACES_SKIPPED']);
  const bad = `${TWO}<p>0 1 9</p></triangles>`;
  assertRefused(() => read(dae({ mesh: bad })), 'GOX_FORMAT_BROKEN', /not there/);
  assertRefused(() => read('<html/>'), 'GOX_FORMAT_BROKEN', /no COLLADA/);
  assertRefused(() => read('COLLADA'), 'GOX_FORMAT_BROKEN', /empty/);
});

test('small files that ask for endless work are refused', () => {
  const levels = Array.from({ length: 40 }, (_, i) => {
    const instance = `<instance_node url="#o${i + 1}"/>`;
    return `<node id="o${i}">${instance}${instance}</node>`;
  });
  const more = `<library_nodes>${levels.join('')}</library_nodes>`;
  const doubled = dae({ nodes: '<node><instance_node url="#o0"/></node>', more });
  assertRefused(() => read(doubled), 'GOX_MEMORY_LIMIT');
  const self = '<node id="n"><instance_node url="#n"/><instance_geometry url="#g"/></node>';
  assert.is(
    read(dae({ nodes: self }))
      .merged()
      .count(),
    81,
  );
  const entities = `<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;">]>`;
  assert.is(
    read(entities + dae().replace('<?xml version="1.0"?>', ''))
      .merged()
      .count(),
    81,
  );
});

test('damaged files are refused as such, or read', () => {
  const damaged = (bytes: Uint8Array) => formatFor('a.dae').read!(bytes, 'a.dae');
  assert.ok(readDamaged(damaged, Buffer.from(dae())) > 100);
});

test.run();
