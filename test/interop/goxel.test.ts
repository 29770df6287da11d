/**
 * What we save, real Goxel opens with the same voxels, and what it makes of our text files is what
 * we wrote. Debian's Goxel 0.11 is the judge; it needs a display, so it runs under Xvfb.
 *
 * Its command line appends a .gox to a new image, where a clone of layer 2 finds the wrong base, so
 * clones and shapes are made plain layers first.
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../engine/document/document.ts';
import { formatFor } from '../../engine/formats/index.ts';
import type { Volume } from '../../engine/volume/volume.ts';
import { model, models } from '../support/fixtures.ts';
import { chunk, goxFile } from '../support/gox-file.ts';
import { SEED } from '../support/seed.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const GOXEL_TIMEOUT_S = 30;
const RUN_TIMEOUT_MS = 110_000;
const BIG = 100_000;

const bytesOf = (document: Document, extension: string) =>
  Buffer.concat([...formatFor(`x.${extension}`).write!(document, { yUp: false })]);

/** Lines of voxels without comments, in an order that does not depend on blocks. */
const sortedLines = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .sort();

/** The faces of an .obj, each as its four corners with their colours. */
function facesOf(text: string): string[] {
  const vertices: string[] = [];
  const faces: string[] = [];
  for (const line of text.split('\n')) {
    const [kind, ...rest] = line.split(' ');
    // Goxel 0.11 adds noise of 1e-6 to coordinates in negative blocks.
    if (kind === 'v') {
      const numbers = rest.map(Number);
      vertices.push([...numbers.slice(0, 3).map(Math.round), ...numbers.slice(3)].join(' '));
    } else if (kind === 'f') {
      faces.push(rest.map((corner) => vertices[Number.parseInt(corner, 10) - 1]).join(', '));
    }
  }
  return faces.sort().map((face) => face.replaceAll('-0 ', '0 '));
}

function plainModel(name: string): Document {
  const document = formatFor('x.gox').read!(model(name).bytes, name);
  for (const layer of document.layers) if (layer.derived) layer.makePlain();
  return document;
}

/** Voxels all over, on block borders and far away, in two layers. */
function scattered(): Document {
  const document = Document.empty();
  let state = SEED;
  const next = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * below);
  };
  const scatter = (volume: Volume) => {
    for (let i = 0; i < 500; i++) {
      const [x, y, z] = [next(200) - 100, next(200) - 100, next(40) - 20];
      volume.set(x, y, z, (next(0xff_ffff) | 0xff00_0000) >>> 0);
    }
    volume.set(5000, -7000, 3, 0xff12_3456);
  };
  scatter(document.activeLayer.volume);
  scatter(document.addLayer('zweite Ebene – 层').volume);
  return document;
}

function withUnknownChunks(): Document {
  const file = bytesOf(plainModel('two'), 'gox');
  const strange = chunk('ZZZZ', Buffer.from('strange'));
  return formatFor('x.gox').read!(goxFile(strange, file.subarray(8), strange), 'strange.gox');
}

const small = models().filter(
  ({ title, bytes }) => !title.startsWith('corpus') && bytes.length < BIG,
);
const documents = new Map<string, Document>([
  ...small.map(({ name }) => [name, plainModel(name)] as const),
  ['scattered', scattered()],
  ['unknown-chunks', withUnknownChunks()],
]);

/** A script that has Goxel convert every file, one process each, within one virtual display. */
function conversions(directory: string): string {
  const lines = ['status=0'];
  const convert = (from: string, to: string) => {
    const paths = `"${join(directory, from)}" -e "${join(directory, to)}"`;
    lines.push(
      `timeout ${GOXEL_TIMEOUT_S} goxel ${paths} || { echo "${from}: exit $?"; status=1; }`,
    );
  };
  for (const [name, document] of documents) {
    writeFileSync(join(directory, `${name}.gox`), bytesOf(document, 'gox'));
    writeFileSync(join(directory, `${name}.txt`), bytesOf(document, 'txt'));
    convert(`${name}.gox`, `${name}.gox.txt`);
    convert(`${name}.gox`, `${name}.gox.obj`);
    convert(`${name}.txt`, `${name}.txt.txt`);
  }
  lines.push('exit $status');
  const script = join(directory, 'convert.sh');
  writeFileSync(script, lines.join('\n'));
  return script;
}

/**
 * Runs Goxel on everything; a uvu hook that throws would pass in silence, so the tests call this.
 */
function convertAll(): string {
  for (const program of ['goxel', 'xvfb-run']) {
    if (spawnSync('sh', ['-c', `command -v ${program}`]).status === 0) continue;
    throw new Error(`${program} is not installed: run test/setup.sh, which installs it`);
  }
  const directory = temporaryDirectory();
  const home = join(directory, 'home');
  mkdirSync(home);
  const env = {
    ...process.env,
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_DATA_HOME: join(home, 'data'),
    LIBGL_ALWAYS_SOFTWARE: '1',
  };
  const run = spawnSync('xvfb-run', ['-a', 'sh', conversions(directory)], {
    env,
    encoding: 'utf8',
    timeout: RUN_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  assert.is(run.status, 0, `Goxel failed: ${run.stdout}${run.stderr}`);
  return directory;
}

let converted: string | undefined;
function resultOf(file: string): string {
  converted ??= convertAll();
  return readFileSync(join(converted, file), 'latin1');
}

const test = suite('real Goxel');

for (const [name, document] of documents) {
  test(`opens ${name}.gox with our voxels`, () => {
    const ours = sortedLines(bytesOf(document, 'txt').toString('latin1'));
    assert.equal(sortedLines(resultOf(`${name}.gox.txt`)), ours);
  });
  test(`makes the same faces of ${name}.gox`, () => {
    const ours = facesOf(bytesOf(document, 'obj').toString('latin1'));
    assert.equal(facesOf(resultOf(`${name}.gox.obj`)), ours);
  });
  test(`reads ${name}.txt with our voxels`, () => {
    const ours = sortedLines(bytesOf(document, 'txt').toString('latin1'));
    assert.equal(sortedLines(resultOf(`${name}.txt.txt`)), ours);
  });
}

test('was asked about models that hold something', () => {
  const held = [...documents.values()].filter((document) => document.merged().count() > 0);
  assert.ok(held.length > 20, `${held.length} of ${documents.size}`);
});

test.run();
