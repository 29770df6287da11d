/** What light does in traced pictures: energy, shadows, emitters, veils, layers, and smoothing. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Document } from '../../../engine/document/document.ts';
import { LINEAR } from '../../../engine/render/lighting.ts';
import type { View } from '../../../engine/render/options.ts';
import type { TraceOptions } from '../../../engine/trace/options.ts';
import { Bounce } from '../../../engine/trace/surface.ts';
import {
  BLUE,
  boxes,
  CLEAR,
  cube,
  GREY,
  type Pixels,
  pixelAt,
  RED,
  render,
  WHITE,
} from '../../support/pictures.ts';
import { trace } from '../../support/trace.ts';
import { DARK, FURNACE, layerOf, lightOf, looking } from '../../support/trace-scenes.ts';

const SMALL: View = { width: 40, height: 30 };

/** Seen from above, 2 pixels a voxel, with the voxel at the origin's corner in the middle. */
const ABOVE: View = { width: 80, height: 80, camera: { eye: [0, 0, 90], target: [0, 0, 0] } };
const FROM_ABOVE = { ...ABOVE, orthographic: true, fit: false, pixels_per_voxel: 2 } as const;
const above = (picture: Pixels, x: number, y: number) =>
  pixelAt(picture, Math.floor(40 + 2 * x), Math.floor(40 - 2 * y));

const energy = suite('energy');

energy('a white body in white light is white, whatever it is made of', () => {
  for (const metallic of [0, 0.2, 1]) {
    for (const roughness of [0, 0.3, 1]) {
      const document = looking(cube(5), { metallic, roughness });
      const { each } = lightOf(document, { views: [SMALL], samples: 8, ...FURNACE });
      assert.ok(each.length > 100);
      for (const light of each) assert.ok(Math.abs(light - 1) < 1e-5, `${light}`);
    }
  }
});

energy('corners that light bounces between are white too', () => {
  const document = boxes([[0, 0, 0], [9, 9, 1], WHITE], [[0, 4, 0], [9, 9, 6], WHITE]);
  document.activeLayer.volume.fillBox([3, 0, 0], [4, 9, 9], WHITE);
  for (const [metallic, roughness] of [
    [0, 1],
    [1, 0.5],
  ] as const) {
    const body = looking(document, { metallic, roughness });
    const options = { views: [SMALL], samples: 64, bounces: 64, ...FURNACE };
    const { mean } = lightOf(body, options);
    assert.ok(Math.abs(mean - 1) < 0.01, `${mean}`);
    // Without the light of other surfaces they are not.
    assert.ok(lightOf(body, { ...options, bounces: 0 }).mean < 0.97);
  }
});

energy('a white pit is white to its ground', () => {
  const document = boxes([[0, 0, 0], [7, 7, 12], WHITE]);
  document.activeLayer.volume.fillBox([1, 1, 1], [6, 6, 12], 0);
  const view = { width: 24, height: 24, camera: 'top' } as const;
  const options = { views: [view], samples: 64, bounces: 64, ...FURNACE };
  const { mean } = lightOf(looking(document, {}), options);
  assert.ok(Math.abs(mean - 1) < 0.02, `${mean}`);
});

energy('lobes give directions above the surface, and as much light as they take', () => {
  const bounce = new Bounce();
  const { on, back, weight } = bounce;
  Object.assign(bounce, { red: 1, green: 1, blue: 1 });
  for (const [metallic, roughness] of [
    [0, 1],
    [1, 0],
    [1, 0.6],
  ] as const) {
    Object.assign(bounce, { metallic, roughness });
    back.set([0.6, 0, 0.8]);
    let height = 0;
    for (let i = 0; i < 400; i++) {
      const [u, v] = [((i % 20) + 0.5) / 20, (Math.floor(i / 20) + 0.5) / 20];
      if (!bounce.scatter(0.99, u, v)) bounce.diffuse(u, v);
      assert.ok(Math.abs(Math.hypot(...on) - 1) < 1e-9 && on[2]! > 0);
      height += on[2]! / 400;
      if (roughness > 0) continue;
      const off = Math.hypot(on[0]! + 0.6, on[1]!, on[2]! - 0.8);
      assert.ok(off < 0.05, `${off} from the mirrored direction`);
    }
    // The mean cosine of what is scattered by the cosine.
    if (metallic === 0) assert.ok(Math.abs(height - 2 / 3) < 0.005, `${height}`);
    if (roughness === 0) continue;
    // Light from all the sky, by the way that the sun takes.
    let sum = 0;
    for (let i = 0; i < 10_000; i++) {
      on[2] = ((i % 100) + 0.5) / 100;
      const radius = Math.sqrt(1 - on[2]! ** 2);
      on[0] = radius * Math.cos((2 * Math.PI * i) / 10_000);
      on[1] = radius * Math.sin((2 * Math.PI * i) / 10_000);
      bounce.receive();
      sum += (weight[0]! * 2 * Math.PI) / 10_000;
    }
    // Light that facets take from each other is lost on this way: 0.20 of it in truth at 0.6.
    assert.ok(sum > 0.74 && sum < 1.03, `${sum} of metallic ${metallic}`);
  }
});

energy('grey matt sends back its part', () => {
  const document = looking(boxes([[0, 0, 0], [5, 5, 5], GREY]), {});
  const { mean } = lightOf(document, { views: [SMALL], samples: 64, sky: 0.5, ...FURNACE });
  const expected = 0.5 * (0.04 + 0.96 * LINEAR[128]!);
  assert.ok(Math.abs(mean - expected) < 0.002, `${mean}, not ${expected}`);
});

energy.run();

const sun = suite('sun');

/** A plate with a pole, and the sun in the direction +X at 45°. */
function pole(): Document {
  const document = boxes([[-18, -18, 0], [18, 18, 1], WHITE], [[0, 0, 1], [1, 1, 9], WHITE]);
  return looking(document, {});
}
const SUN = { pitch_degrees: 45, yaw_degrees: 90, intensity: 2, ambient: 0, shadow: 1 };
const SHARP = { light: SUN, sun_degrees: 0, background: 'transparent', bounces: 0 } as const;

sun('shadows land where geometry says', () => {
  const picture = trace(pole(), { views: [FROM_ABOVE], samples: 4, ...SHARP });
  for (const x of [-7.5, -4.5, -0.5]) assert.is(above(picture, x, 0.5)[0], 0, `shadow at ${x}`);
  for (const x of [-8.5, 1.5, 7.5]) assert.ok(above(picture, x, 0.5)[0]! > 100, `light at ${x}`);
  for (const y of [-0.5, 1.5]) assert.ok(above(picture, -4, y)[0]! > 100, `light beside at ${y}`);
});

sun('shadows and light are those of the rasteriser', () => {
  for (const yaw_degrees of [0, 90, 200, 310]) {
    const light = { ...SUN, yaw_degrees, pitch_degrees: 50 };
    const traced = trace(pole(), { views: [FROM_ABOVE], samples: 4, ...SHARP, light });
    const drawn = render(pole(), FROM_ABOVE, { light, occlusion: 0, background: 'transparent' });
    let [differ, dark] = [0, 0];
    for (let at = 0; at < drawn.data.length; at += 4) {
      if (drawn.data[at + 3] !== 255) continue;
      const [a, b] = [drawn.data[at]! < 110, traced.data[at]! < 110];
      if (b) dark++;
      if (a !== b) differ++;
    }
    assert.ok(dark > 20, `${dark} pixels of shadow`);
    assert.ok(differ < 0.01 * 72 * 72, `${differ} pixels differ of ${dark}`);
    const lit = Math.abs(above(traced, 10, 10)[0]! - above(drawn, 10, 10)[0]!);
    assert.ok(lit <= 3, `${lit} levels`);
  }
});

sun('a wide sun has soft edges of shadow', () => {
  const levels = (sun_degrees: number) => {
    const options = { views: [FROM_ABOVE], samples: 64, ...SHARP, sun_degrees };
    const picture = trace(pole(), options);
    const line = Array.from({ length: 20 }, (_, i) => above(picture, -9.5 + i / 2, 0.5)[0]!);
    return line.filter((value) => value > 40 && value < 170).length;
  };
  assert.ok(levels(0) <= 1);
  assert.ok(levels(20) >= 3);
});

sun('the floor takes shadows and gives light', () => {
  const document = looking(cube(4), {});
  const options = { views: [FROM_ABOVE], samples: 4, ...SHARP };
  const with_floor = trace(document, { ...options, floor: true });
  assert.is(above(with_floor, -2.5, 2)[0], 0, 'shadow');
  const [red, green, , alpha] = above(with_floor, -10, 10);
  assert.ok(red! > 100 && green! > red! + 3 && alpha === 255, `${red} ${green} ${alpha}`);
  assert.is(above(trace(document, options), -10, 10)[3], 0);
  // A side that the sun does not reach.
  const side = { width: 20, height: 20, camera: 'left' } as const;
  const seen = (floor: boolean) =>
    lightOf(document, { views: [side], samples: 16, ...SHARP, bounces: 1, floor }).mean;
  assert.ok(seen(true) > seen(false) + 0.01);
});

sun.run();

const matter = suite('matter');

matter('what shines has its light and gives it to what is near', () => {
  const document = looking(boxes([[-18, -18, 0], [18, 18, 1], WHITE]), {});
  const options = { views: [FROM_ABOVE], samples: 256, ...DARK };
  const black = trace(document, options);
  assert.ok(black.data.every((value, i) => i % 4 === 3 || value === 0));
  layerOf(document, { emission: [0.5, 2, 0.5] }).fillBox([0, 0, 1], [2, 2, 3], RED);
  const picture = trace(document, options);
  // Its light has the colour of its voxels.
  assert.equal(above(picture, 1, 1), [188, 0, 0, 255]);
  const around = (r: number) => {
    let sum = 0;
    for (let i = 0; i < 16; i++) {
      const angle = (2 * Math.PI * i) / 16;
      sum += above(picture, 1 + r * Math.cos(angle), 1 + r * Math.sin(angle))[0]!;
    }
    return sum / 16;
  };
  assert.ok(around(2) > 40, `${around(2)}`);
  assert.ok(around(2) > around(4) + 10 && around(4) > around(12) + 3);
});

matter('a veil takes its part once on the way in and once on the way out', () => {
  const document = looking(boxes([[-18, -18, 0], [18, 18, 1], WHITE]), {});
  // Black, and three voxels thick, which count as one face.
  const roof = layerOf(document, { color: [0, 0, 0, 0.5], metallic: 1 });
  roof.fillBox([-18, -18, 10], [0, 18, 13], WHITE);
  const light = { ...SUN, pitch_degrees: 0 };
  const options = { views: [FROM_ABOVE], samples: 64, ...SHARP, light, refraction: 1 };
  const picture = trace(document, options);
  let [covered, free] = [0, 0];
  for (let i = 0; i < 100; i++) {
    covered += LINEAR[above(picture, -3 - (i % 10), (i % 12) - 5)[0]!]!;
    free += LINEAR[above(picture, 3 + (i % 10), (i % 12) - 5)[0]!]!;
  }
  assert.ok(Math.abs(covered / free - 0.25) < 0.01, `${covered / free}`);
});

matter('alpha is the part of a veil that hides; without any it is not there', () => {
  for (const opacity of [0, 0.25, 0.5]) {
    const document = looking(cube(4), { color: [1, 1, 1, opacity] });
    const options = { views: [FROM_ABOVE], samples: 64, ...CLEAR, refraction: 1 };
    const picture = trace(document, options);
    assert.ok(Math.abs(above(picture, 2, 2)[3]! - opacity * 255) < 3, `${opacity}`);
  }
});

matter('of layers in one place the first is seen, but a veil after it', () => {
  for (const opacity of [1, 0.5]) {
    const document = looking(boxes([[0, 0, 0], [3, 3, 3], RED]), { color: [1, 1, 1, opacity] });
    layerOf(document, {}).fillBox([0, 0, 0], [3, 3, 3], BLUE);
    const [red, , blue] = above(trace(document, { views: [FROM_ABOVE], ...CLEAR }), 1, 1);
    assert.ok(opacity === 1 ? red! > blue! + 50 : blue! > red! + 50, `${red} ${blue}`);
  }
});

matter('a mirror shows what is beside it', () => {
  const document = looking(boxes([[0, 0, 0], [9, 1, 9], WHITE]), { metallic: 1, roughness: 0 });
  layerOf(document, {}).fillBox([0, -12, 0], [9, -11, 9], BLUE);
  // From above the blue wall, at the mirror.
  const camera = { eye: [4.5, -9, 4.5], target: [4.5, 0, 4.5] } as const;
  const picture = trace(document, { views: [{ ...SMALL, camera, fov_degrees: 10 }], ...FURNACE });
  const [red, , blue] = pixelAt(picture, 20, 15);
  assert.ok(blue! > red! + 100, `${red} ${blue}`);
});

matter.run();

const smoothing = suite('smoothing');

smoothing('is nearer to many samples than the noise it was made of, and as sharp', () => {
  const document = looking(pole(), {});
  const views = [{ width: 64, height: 48 }];
  const options: TraceOptions = { views, floor: true, sun_degrees: 8 };
  const truth = trace(document, { ...options, samples: 256 });
  const error = (picture: Pixels) => {
    let [sum, count] = [0, 0];
    const at = (x: number, y: number) => pixelAt(truth, x, y)[0]!;
    for (let y = 1; y < truth.height; y++) {
      for (let x = 1; x < truth.width; x++) {
        // Few samples leave edges rough, smoothed or not.
        if (Math.abs(at(x, y) - at(x - 1, y)) + Math.abs(at(x, y) - at(x, y - 1)) > 12) continue;
        sum += (pixelAt(picture, x, y)[0]! - at(x, y)) ** 2;
        count++;
      }
    }
    return Math.sqrt(sum / count);
  };
  const noisy = error(trace(document, { ...options, samples: 4 }));
  const smooth = error(trace(document, { ...options, samples: 4, denoise: true }));
  assert.ok(smooth < 0.6 * noisy, `${smooth} of ${noisy}`);
  // Colours of voxels stay apart.
  const colors = boxes([[0, 0, 0], [4, 4, 4], RED], [[4, 0, 0], [8, 4, 4], BLUE]);
  const front = { width: 90, height: 50, camera: 'front', orthographic: true } as const;
  const picture = trace(colors, { views: [front], samples: 4, denoise: true });
  const [left, right] = [pixelAt(picture, 43, 25), pixelAt(picture, 46, 25)];
  assert.ok(left[0]! > left[2]! + 60 && right[2]! > right[0]! + 60, `${left} ${right}`);
});

smoothing('leaves shadows their edges', () => {
  const options = { views: [FROM_ABOVE], samples: 4, ...SHARP, denoise: true };
  const picture = trace(pole(), options);
  for (const x of [-7, -4.5, -1]) assert.ok(above(picture, x, 0.5)[0]! < 40, `shadow at ${x}`);
  for (const y of [-1, 2]) assert.ok(above(picture, -4, y)[0]! > 100, `light at ${y}`);
});

smoothing.run();
