/** Small meshes of the formats that are only read, and packed and posed ones of glTF. */

import { GltfMaker } from '../support/gltf-maker.ts';
import { skinnedModel } from '../support/gltf-skins.ts';
import { meshOf, threemfOf } from '../support/zip-maker.ts';
import { PNG } from './pictures.ts';
import { Random } from './random.ts';

const POINTS = ['0 0 0', '8 0 0', '8 8 0', '0 8 5'];

/** A square in two triangles: coloured, and with a picture. */
function threemf(level: 0 | 6): Buffer {
  const groups = `<basematerials id="5"><base name="a" displaycolor="#FF0000"/></basematerials>
<m:colorgroup id="6"><m:color color="#00FF00FF"/><m:color color="#FFFFFF80"/></m:colorgroup>
<m:compositematerials id="7" matid="5" matindices="0 0"><m:composite values="1 0"/>
</m:compositematerials><m:multiproperties id="8" pids="6 5"><m:multi pindices="1 0"/>
</m:multiproperties><m:texture2d id="3" path="/3D/a.png" contenttype="image/png"/>
<m:texture2dgroup id="4" texid="3"><m:tex2coord u="0" v="0"/><m:tex2coord u="1" v="1"/>
</m:texture2dgroup>`;
  const mesh = meshOf(POINTS, [
    '0 1 2 pid="6" p1="0" p2="1"',
    '0 2 3 pid="4" p1="0" p2="1" p3="1"',
  ]);
  const objects = `<object id="1" name="plate" pid="8" pindex="0">${mesh}</object>
<object id="2"><components><component objectid="1" transform="1 0 0 0 1 0 0 0 1 0 0 5"/>
</components></object>`;
  const items = '<item objectid="1"/><item objectid="2" transform="1 0 0 0 1 0 0 0 1 9 0 0"/>';
  return threemfOf(groups + objects, items, { '3D/a.png': PNG }, '', level);
}

const DAE = `<?xml version="1.0"?><COLLADA version="1.4.1"><asset><up_axis>Z_UP</up_axis></asset>
<library_images><image id="i"><init_from>a.png</init_from></image></library_images>
<library_effects><effect id="e"><profile_COMMON><newparam sid="su"><surface type="2D">
<init_from>i</init_from></surface></newparam><newparam sid="sa"><sampler2D><source>su</source>
</sampler2D></newparam><technique sid="c"><phong><diffuse><texture texture="sa" texcoord="UV"/>
</diffuse><transparency><float>0.5</float></transparency></phong></technique></profile_COMMON>
</effect></library_effects><library_materials><material id="mat"><instance_effect url="#e"/>
</material></library_materials><library_geometries><geometry id="g"><mesh><source id="p">
<float_array id="pa" count="12">0 0 0 8 0 0 8 8 0 0 8 5</float_array><technique_common>
<accessor source="#pa" count="4" stride="3"/></technique_common></source><source id="w">
<float_array id="wa" count="2">1 0.5</float_array></source><vertices id="v">
<input semantic="POSITION" source="#p"/></vertices><polylist material="m" count="2">
<input semantic="VERTEX" source="#v" offset="0"/><input semantic="TEXCOORD" source="#p" offset="1"/>
<vcount>4 3</vcount><p>0 0 1 1 2 2 3 3 0 0 2 1 1 0</p></polylist><lines count="1">
<input semantic="VERTEX" source="#v" offset="0"/><p>0 2</p></lines></mesh></geometry>
</library_geometries><library_controllers><controller id="k"><skin source="#g">
<bind_shape_matrix>1 0 0 0 0 1 0 0 0 0 1 3 0 0 0 1</bind_shape_matrix><source id="names">
<Name_array>j</Name_array></source><joints><input semantic="JOINT" source="#names"/></joints>
<vertex_weights count="4"><input semantic="JOINT" source="#names" offset="0"/>
<input semantic="WEIGHT" source="#w" offset="1"/><vcount>1 1 1 1</vcount><v>0 0 0 1 0 0 0 1</v>
</vertex_weights></skin></controller></library_controllers><library_visual_scenes>
<visual_scene id="s"><node sid="j" name="plate"><rotate>0 0 1 45</rotate>
<instance_geometry url="#g"><bind_material><technique_common><instance_material symbol="m"
target="#mat"/></technique_common></bind_material></instance_geometry></node><node>
<translate>9 0 0</translate><instance_controller url="#k"/></node></visual_scene>
</library_visual_scenes><scene><instance_visual_scene url="#s"/></scene></COLLADA>
`;

/** Two by two faces, packed by Draco. */
const DRACO =
  'RFJBQ08CAgEBAAAACQgBCAEAA+/TGv8BEf8CiEAC/wAAAAAAAQAJAwAAAgECAgQAAQEBAQEAFQORIzsdBwdVFQQo/z2E' +
  '//////94Fv3///7/f2fRAADQ//8AACAAAAAAUA0XAAAAAAD//w8AAAAAAAAAAAAAAAAAAACAQBQBAQEACQOtKgcdBx0H' +
  'Bx0HBK/c/4YSDqAB0QEADQAAAAAAAAAA/wAAAAAA';
/** And by meshoptimizer: places, colours, corners. */
const MESHOPT =
  'oAAAAQ88wAD//////wEzzwAAgH+Af4AAAAEADAAA/wEDAAAAgAE//8AA145K145K144BP//AAM7yQM7yQM7yAT//wABd' +
  '6Ild6Ild6AE774AAfn9+f34AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAoAE//8AAEhIjEhIjEhIBAwwA' +
  'AA4OAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABQ/wDh/h4QDk4eEg4PBgB2h1ZneKmGZYlomAFpAAAA';

function packedOf(base64: string, views: readonly object[], extensions?: object): GltfMaker {
  const maker = new GltfMaker();
  maker.view(Buffer.from(base64, 'base64'));
  Object.assign(maker.json, {
    bufferViews: views,
    accessors: [
      { bufferView: 0, componentType: 5126, type: 'VEC3', count: 9 },
      { bufferView: 1, componentType: 5121, type: 'VEC4', count: 9, normalized: true },
      { bufferView: 2, componentType: 5123, type: 'SCALAR', count: 24 },
    ],
    meshes: [{ primitives: [{ attributes: { POSITION: 0, COLOR_0: 1 }, indices: 2, extensions }] }],
  });
  return maker;
}

function meshoptView(at: number, length: number, stride: number, count: number, mode: string) {
  const packed = { byteOffset: at, byteLength: length, byteStride: stride, count, mode };
  const extensions = { EXT_meshopt_compression: { buffer: 0, ...packed } };
  return { buffer: 1, byteOffset: 0, byteLength: stride * count, extensions };
}

function gltf(): GltfMaker[] {
  const attributes = { POSITION: 0, COLOR_0: 1 };
  return [
    skinnedModel(new Random(5)),
    packedOf(DRACO, [{ buffer: 0, byteLength: 166 }], {
      KHR_draco_mesh_compression: { bufferView: 0, attributes },
    }),
    packedOf(MESHOPT, [
      meshoptView(0, 118, 12, 9, 'ATTRIBUTES'),
      meshoptView(120, 55, 4, 9, 'ATTRIBUTES'),
      meshoptView(176, 27, 2, 24, 'TRIANGLES'),
    ]),
  ];
}

const MAKERS = gltf();

export const MESHES = {
  '3mf': [
    { name: 'handmade.3mf', bytes: threemf(6) },
    { name: 'unpacked.3mf', bytes: threemf(0) },
  ],
  dae: [{ name: 'handmade.dae', bytes: Buffer.from(DAE) }],
  gltf: MAKERS.map((maker, i) => ({ name: `packed-${i}.gltf`, bytes: maker.gltf() })),
  glb: MAKERS.map((maker, i) => ({ name: `packed-${i}.glb`, bytes: maker.glb() })),
};
