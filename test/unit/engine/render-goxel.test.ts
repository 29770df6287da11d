/**
 * Our pictures beside those that real Goxel exported: the same camera, all layers merged, of the
 * default material. Its shadow map is coarser than ours and its corners are darkened from a
 * texture, so shadows' edges and a level here and there differ; shapes and colours do not.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatFor } from '../../../engine/formats/index.ts';
import { mergeOver } from '../../../engine/ops/combine.ts';
import { groupsOf } from '../../../engine/render/groups.ts';
import type { RenderOptions } from '../../../engine/render/options.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { type Fixture, models, voxelLines } from '../../support/fixtures.ts';
import { decodePicture, type Pixels, render } from '../../support/pictures.ts';

/**
 * What is allowed of the pixels inside the model, a little above what was measured: the mean of the
 * largest difference of a channel (bytes), and shares (percent) of pixels that differ by more than
 * 3 and by more than 12. Typical is a mean of 0.02 to 0.3 and 0.0 to 0.9 %.
 */
const TOLERANCE = { mean: 0.4, over3: 1.3, over12: 0.25 };
const EXCEPTIONS: Readonly<Record<string, typeof TOLERANCE>> = {
  // Steps of one voxel everywhere, so shadows' edges everywhere.
  big_terrain: { mean: 0.9, over3: 9, over12: 0.05 },
  // A strong shadow of a light near the horizon.
  multi: { mean: 0.7, over3: 0.9, over12: 0.3 },
};

/** Goxel's export: 2×2 samples, no layer's material. */
const AS_EXPORTED: Omit<RenderOptions, 'views'> = { materials: false };

const documentOf = ({ bytes, title }: Fixture) => formatFor('a.gox').read!(bytes, title);

function ours({ width, height }: Pixels, fixture: Fixture, background: 'gradient' | 'transparent') {
  const view = { width, height, camera: { active: true } } as const;
  return render(documentOf(fixture), view, { ...AS_EXPORTED, background });
}

/** The largest difference of a colour channel. */
function difference(a: Pixels, b: Pixels, at: number): number {
  let most = 0;
  for (let c = 0; c < 3; c++) most = Math.max(most, Math.abs(a.data[at + c]! - b.data[at + c]!));
  return most;
}

const test = suite('pictures beside real Goxel');

/** One of each name: the larger corpus has the small one's too. */
const pictured = new Map(
  models()
    .filter((fixture) => fixture.gui('.png') ?? fixture.gui('.transparent.png'))
    .map((fixture) => [fixture.name, fixture]),
);

for (const fixture of pictured.values()) {
  const bytes = fixture.gui('.png');
  if (bytes !== undefined) {
    test(`${fixture.title} has Goxel's colours`, () => {
      const real = decodePicture(bytes);
      const mine = ours(real, fixture, 'gradient');
      const cover = ours(real, fixture, 'transparent');
      const { mean, over3, over12 } = EXCEPTIONS[fixture.name] ?? TOLERANCE;
      let [inside, sum, above3, above12, outside] = [0, 0, 0, 0, 0];
      for (let at = 0; at < real.data.length; at += 4) {
        const by = difference(mine, real, at);
        if (cover.data[at + 3] === 0) {
          // Goxel's gradient is rounded otherwise in places.
          if (by > 1) outside++;
          continue;
        }
        inside++;
        sum += by;
        if (by > 3) above3++;
        if (by > 12) above12++;
      }
      const percent = (count: number) => (100 * count) / Math.max(inside, 1);
      const found = `mean ${sum / inside}, ${percent(above3)} %, ${percent(above12)} %`;
      assert.ok(sum <= mean * inside, found);
      assert.ok(percent(above3) <= over3, found);
      assert.ok(percent(above12) <= over12, found);
      assert.ok(outside <= 8, `${outside} pixels of the background differ`);
    });
  }
  const transparent = fixture.gui('.transparent.png');
  if (transparent === undefined) continue;
  test(`${fixture.title} has Goxel's silhouette`, () => {
    const real = decodePicture(transparent);
    const mine = ours(real, fixture, 'transparent');
    let [covered, above1, above3] = [0, 0, 0];
    for (let at = 0; at < real.data.length; at += 4) {
      const by = Math.abs(mine.data[at + 3]! - real.data[at + 3]!);
      if (real.data[at + 3] !== 0) covered++;
      // One sample of four is 64 levels: edges may fall on the other side of a sample.
      if (by > 1) above1++;
      if (by > 65) above3++;
    }
    assert.ok(above1 <= 2 + covered / 100, `${above1} of ${covered} pixels by a sample`);
    assert.ok(above3 <= 1, `${above3} pixels by more than a sample`);
  });
}

test('each direction has the light that Goxel gives it', () => {
  // Arms along the axes show faces up, to +X and to -Y, which is turned away.
  const fixture = pictured.get('axes')!;
  const real = decodePicture(fixture.gui('.png')!);
  const mine = ours(real, fixture, 'gradient');
  for (const [x, y] of [
    [528, 462],
    [536, 485],
    [520, 485],
    [575, 455],
    [560, 515],
    [604, 560],
    [555, 532],
  ] as const) {
    const by = difference(mine, real, (y * real.width + x) * 4);
    assert.ok(by <= 1, `${x} ${y}: ${by}`);
  }
});

test.run();

const layers = suite('what the screen shows of layers');

for (const fixture of models()) {
  const truth = fixture.beside('.render.voxels.txt');
  if (truth === undefined) continue;
  layers(`${fixture.title} combines layers by their modes`, () => {
    const all = new Volume();
    for (const { volume } of groupsOf(documentOf(fixture), true)) mergeOver(all, volume);
    assert.is(voxelLines(all), truth.toString());
  });
}

layers.run();
