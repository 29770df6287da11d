/**
 * What limits refuse, for every format and every method with a result: the refusal names the key,
 * what is needed at least and what is allowed, and it comes before the work is done.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode as encodeJpeg } from 'jpeg-js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ErrorObject } from '../../../conf/errors.ts';
import { METHODS } from '../../../engine/catalogue/methods.ts';
import { Document } from '../../../engine/document/document.ts';
import { type ExportOptions, FORMATS } from '../../../engine/formats/index.ts';
import { encodePng } from '../../../engine/image/png.ts';
import { Job } from '../../../engine/jobs/job.ts';
import { BLOCK_BYTES } from '../../../engine/volume/block.ts';
import { boxMatrix } from '../../../engine/volume/matrix.ts';
import { decode, TestEngine } from '../../support/engine.ts';
import { LooseProject } from '../../support/project.ts';
import { matrix, model, node, project as qbclProject } from '../../support/qbcl-file.ts';
import { refused, taken } from '../../support/refused.ts';
import { temporaryDirectory } from '../../support/tmp.ts';
import { meshOf, threemfOf } from '../../support/zip-maker.ts';

const BLOCKS_MAX = 512;
const BYTES_MAX = BLOCKS_MAX * BLOCK_BYTES;
/** Made before any are counted: at once, and then by the job when that takes long. */
const MADE_MAX = 2 * 64;

const SIDE = 480;
const GREEN = 0xff00_ff00;
const directory = temporaryDirectory();
const MESHES = ['obj', 'ply', 'stl', 'gltf', 'glb'];

/** A plate one voxel thick, in the middle, of far more blocks than there may be. */
function plate(side: number): Document {
  const document = Document.empty();
  const box = { min: [-side / 2, -side / 2, 0], max: [side / 2, side / 2, 1] } as const;
  document.activeLayer.volume.fillBox(box.min, box.max, GREEN);
  document.set({ box: boxMatrix(box) });
  return document;
}

function written(name: string): Buffer {
  if (name === 'png') return Buffer.from(encodePng(picture()));
  if (name === 'jpeg') return encodeJpeg({ ...picture(), data: Buffer.from(picture().rgba) }).data;
  if (name === 'qbcl') return qbcl();
  // Which of Minecraft's formats a file is tells its content.
  if (name === 'mcstructure') return written('nbt');
  if (name === '3mf') return threemfOf(`<object id="1">${SHEET}</object>`, '<item objectid="1"/>');
  if (name === 'dae') return Buffer.from(dae());
  if (name === 'points') return Buffer.from(points());
  const format = FORMATS.find((one) => one.name === name)!;
  const options: ExportOptions = MESHES.includes(name) ? { mesh: 'greedy' } : {};
  return Buffer.concat([...format.write!(plate(SIDE), options)]);
}

function picture() {
  const rgba = new Uint8Array(SIDE * SIDE * 4).fill(255);
  return { width: SIDE, height: SIDE, rgba };
}

const CORNERS = ['0 0 0', `${SIDE} 0 0`, `${SIDE} ${SIDE} 0`, `0 ${SIDE} 0`];
const SHEET = meshOf(CORNERS, ['0 1 2', '0 2 3']);

function dae(): string {
  return `<?xml version="1.0"?><COLLADA version="1.4.1"><asset><up_axis>Z_UP</up_axis></asset>
<library_geometries><geometry id="g"><mesh><source id="p"><float_array id="a" count="12">
${CORNERS.join(' ')}</float_array><technique_common><accessor source="#a" count="4" stride="3"/>
</technique_common></source><vertices id="v"><input semantic="POSITION" source="#p"/></vertices>
<polylist count="1"><input semantic="VERTEX" source="#v" offset="0"/><vcount>4</vcount>
<p>0 1 2 3</p></polylist></mesh></geometry></library_geometries><library_visual_scenes>
<visual_scene id="s"><node><instance_geometry url="#g"/></node></visual_scene>
</library_visual_scenes><scene><instance_visual_scene url="#s"/></scene></COLLADA>`;
}

/** One in each block. */
function points(): string {
  const along = Array.from({ length: SIDE / 16 }, (_, i) => i * 16);
  return along.flatMap((y) => along.map((x) => `${x} ${y} 0\n`)).join('');
}

/** One matrix of columns that are one voxel high. */
function qbcl(): Buffer {
  const one = Buffer.concat([Buffer.from([1, 0]), Buffer.from(Uint32Array.of(GREEN).buffer)]);
  const cells = Buffer.concat(Array.from({ length: SIDE * SIDE }, () => one));
  return qbclProject(model('m', 1, node(0, 'plate', 1, matrix([0, 0, 0], cells, [SIDE, 1, SIDE]))));
}

/** How many blocks are made while something is done. */
function blocksMade(action: () => void): number {
  const Real = globalThis.SharedArrayBuffer;
  let made = 0;
  globalThis.SharedArrayBuffer = new Proxy(Real, {
    construct(_target, [length]: [number]) {
      if (length === BLOCK_BYTES) made++;
      return new Real(length);
    },
  });
  try {
    action();
  } finally {
    globalThis.SharedArrayBuffer = Real;
  }
  return made;
}

/**
 * A project with what a file needs, as the refusals say, which ask for no more than that: a picture
 * needs other memory before its voxels do.
 */
function enough(bytes: number, params: object): LooseProject {
  const made = new LooseProject(bytes, directory);
  const needed = refusedOrNot(() => imported(made, params));
  if (needed === undefined) return made;
  assert.ok(needed > bytes, `${needed} bytes`);
  const again = new LooseProject(needed, directory);
  taken(() => imported(again, params), `with ${needed} bytes`);
  return again;
}

/** The bytes that a refusal asks for. */
function refusedOrNot(action: () => unknown): number | undefined {
  try {
    action();
  } catch (error) {
    return refused(() => {
      throw error;
    }).details?.bytes as number;
  }
  return undefined;
}

function imported(made: LooseProject, params: object): unknown {
  const result = made.run('goxel.import_file', params);
  return result instanceof Job ? made.finish('goxel.import_file', result) : result;
}

const files = suite('refused files');

for (const { name, extensions, read } of FORMATS) {
  if (read === undefined) continue;
  for (const solid of MESHES.includes(name) ? [false, true] : [undefined]) {
    const which = solid === undefined ? name : `${name}, ${solid ? 'solid' : 'surface'}`;
    files(`${which}: refused before its blocks are made, and made where they fit`, () => {
      const path = join(directory, `a.${extensions[0]}`);
      writeFileSync(path, written(name));
      const params = { path, ...(solid === undefined ? {} : { solid }) };
      const small = new LooseProject(BYTES_MAX, directory);
      let error: ReturnType<typeof refused> | undefined;
      const made = blocksMade(() => {
        error = refused(() => imported(small, params));
      });
      const { code, details, message } = error!;
      assert.is(code, 'GOX_MEMORY_LIMIT', message);
      const { key, bytes, bytes_max } = details as Record<string, number>;
      assert.is(String(key), 'limits.voxel_bytes_max', message);
      assert.is(bytes_max, BYTES_MAX);
      assert.ok(made <= MADE_MAX, `${made} blocks are made`);
      for (const said of [key, bytes, bytes_max]) assert.match(message, String(said));
      const large = enough(bytes!, params);
      const { layers } = large.project.document;
      const blocks = layers.reduce((sum, { volume }) => sum + volume.blockCount, 0);
      assert.ok(blocks > BLOCKS_MAX, `${blocks} blocks`);
    });
  }
  files(`${name}: a file that is larger than files may be is not read`, () => {
    const path = join(directory, `large.${extensions[0]}`);
    writeFileSync(path, Buffer.alloc(2048));
    const engine = new TestEngine({ roots: [directory], file_bytes_max: 1024 });
    const { code, details = {} } = engine.fail('goxel.load_project', { path }).data;
    assert.is(code, 'GOX_FILE');
    const { key, bytes, bytes_max } = details;
    assert.equal([key, bytes, bytes_max], ['limits.file_bytes_max', 2048, 1024]);
  });
}

const results = suite('refused results');

for (const spec of METHODS) {
  const [example] = spec.examples;
  if (spec.scope !== 'project' || example === undefined) continue;
  results(`${spec.name}: a result that is too large is refused with its size`, async () => {
    const inside = temporaryDirectory();
    process.chdir(inside);
    const tight = new TestEngine({ roots: [inside], result_bytes_max: 1 });
    // What is done for the example has a result as well, which is refused, and is done.
    for (const request of example.given ?? []) await tight.runAsync([request]);
    const [answer] = await tight.runAsync([{ method: spec.name, params: example.params }]);
    const { data, message } = decode(answer!) as ErrorObject;
    assert.ok(answer!.failed);
    assert.is(data.code, 'GOX_RESULT_TOO_LARGE', message);
    const { key, bytes, bytes_max } = data.details as Record<string, number>;
    assert.is(String(key), 'limits.result_bytes_max');
    assert.is(bytes_max, 1);
    assert.ok(bytes! > 1);
    for (const said of [key, bytes, bytes_max]) assert.match(message, String(said));
  });
}

files.run();
results.run();
