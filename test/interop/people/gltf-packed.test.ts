/** Meshes of glTF that Draco and meshoptimizer packed are those that they were packed of. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatFor } from '../../../engine/formats/index.ts';
import { Report } from '../../../engine/formats/report.ts';
import { voxelLines } from '../../support/fixtures.ts';
import type { GltfMaker } from '../../support/gltf-maker.ts';
import { dracoSheet, meshoptSheet, plainSheet, sheet } from '../../support/gltf-packed.ts';
import { assertRefused } from '../../support/mesh-shapes.ts';

const SHEET = sheet(24);

function linesOf(maker: GltfMaker): string[] {
  const report = new Report();
  const document = formatFor('a.glb').read!(maker.glb(), 'a.glb', { report });
  assert.equal(report.warnings(), []);
  return voxelLines(document.merged()).split('\n');
}

const PLAIN = linesOf(plainSheet(SHEET));

const test = suite('packed meshes of glTF');

/** By place; packing may turn triangles, which rounds colours otherwise. */
function colorsOf(lines: readonly string[]): Map<string, number> {
  const entries = lines.filter(Boolean).map((line): [string, number] => {
    const blank = line.lastIndexOf(' ');
    return [line.slice(0, blank), Number.parseInt(line.slice(blank + 1), 16)];
  });
  return new Map(entries);
}

function assertNear(lines: readonly string[]): void {
  const [plain, found] = [colorsOf(PLAIN), colorsOf(lines)];
  const places = [...plain.keys()].filter((place) => found.has(place));
  assert.ok(places.length > plain.size * 0.995, `${places.length} of ${plain.size} are there`);
  assert.ok(found.size < plain.size * 1.005, `${found.size} are there of ${plain.size}`);
  const far = places.filter((place) => {
    const [a, b] = [plain.get(place)!, found.get(place)!];
    return [0, 8, 16, 24].some(
      (shift) => Math.abs(((a >>> shift) & 255) - ((b >>> shift) & 255)) > 8,
    );
  });
  assert.ok(far.length <= places.length / 100, `${far.length} have another colour`);
}

for (const name of ['EXT_meshopt_compression', 'KHR_meshopt_compression']) {
  test(`${name} is unpacked`, async () => {
    assert.ok(PLAIN.length > 2000);
    assertNear(linesOf(await meshoptSheet(SHEET, name)));
  });
}

test('KHR_draco_mesh_compression is unpacked', async () => {
  assertNear(linesOf(await dracoSheet(SHEET)));
});

test('damage to packed bytes is told, and refused where nothing else is there', async () => {
  for (const maker of [
    await dracoSheet(SHEET),
    await meshoptSheet(SHEET, 'EXT_meshopt_compression'),
  ]) {
    const glb = maker.glb();
    const json = glb.readUInt32LE(12) + 28;
    let refused = 0;
    for (let i = 0; i < 30; i++) {
      const bytes = Buffer.from(glb);
      const at = json + Math.floor(((i * 37) % 100) * 0.01 * (glb.length - json));
      bytes[at] = bytes[at]! ^ (1 << (i % 8));
      try {
        formatFor('a.glb').read!(bytes, 'a.glb', { voxel_bytes_max: 2 ** 26 });
      } catch (error) {
        assertRefused(
          () => {
            throw error;
          },
          /^GOX_(FORMAT_BROKEN|MEMORY_LIMIT)$/.exec(
            String((error as { code?: string }).code),
          )?.[0] ?? '',
        );
        refused++;
      }
    }
    assert.ok(refused > 2, `${refused} were refused`);
    // And the decoder goes on to work.
    assert.ok(linesOf(maker).length > 2000);
  }
});

test('sizes that a file only claims cost nothing', async () => {
  const maker = await meshoptSheet(SHEET, 'EXT_meshopt_compression');
  const [view] = maker.json.bufferViews as { extensions: Record<string, { count: number }> }[];
  view!.extensions.EXT_meshopt_compression!.count = 2 ** 40;
  assertRefused(() => linesOf(maker), 'GOX_MEMORY_LIMIT', /numbers/);
});

test.run();
