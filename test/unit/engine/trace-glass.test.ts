/** Glass: it reflects, bends, tints and shadows as physics has it, and loses no light. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Document } from '../../../engine/document/document.ts';
import { reflectance, refract, squareOutside } from '../../../engine/trace/glass.ts';
import { prepareTrace } from '../../../engine/trace/job.ts';
import type { TraceOptions } from '../../../engine/trace/options.ts';
import { Ray } from '../../../engine/trace/ray.ts';
import { Sampler } from '../../../engine/trace/sampler.ts';
import { runTracePart } from '../../../engine/trace/trace.ts';
import type { Vec3 } from '../../../engine/volume/box.ts';
import { pack } from '../../../engine/volume/color.ts';
import { boxes, GREY, pixelAt, RED, WHITE } from '../../support/pictures.ts';
import { freeControl, trace } from '../../support/trace.ts';
import {
  byChance,
  DARK,
  FURNACE,
  type Look,
  layerOf,
  lightOfJob,
  looking,
} from '../../support/trace-scenes.ts';

/** As clear as can be told from what is not there. */
const CLEAR_GLASS: Look = { color: [1, 1, 1, 1e-6] };
const near = (value: number, expected: number, within: number, what = '') =>
  assert.ok(Math.abs(value - expected) <= within, `${what} ${value}, not ${expected}`);

const boundary = suite('boundary of glass');

boundary('reflects as Fresnel says', () => {
  near(reflectance(1, 1.5), 0.04, 1e-12);
  near(reflectance(0, 1.5), 1, 1e-12);
  assert.is(reflectance(0.3, 1), 0);
  // At Brewster's angle, whose tangent is the index, one polarisation is not reflected at all.
  near(
    reflectance(Math.cos(Math.atan(1.5)), 1.5),
    ((1.5 ** 2 - 1) / (1.5 ** 2 + 1)) ** 2 / 2,
    1e-12,
  );
});

boundary('bends as Snell says, and lets nothing out beyond the critical angle', () => {
  const [sine, cosine] = [Math.sin(0.7), Math.cos(0.7)];
  const direction = Float64Array.from([sine * 0.6, sine * 0.8, -cosine]);
  refract(direction, 2, 1 / 1.5);
  near(Math.hypot(direction[0]!, direction[1]!), sine / 1.5, 1e-12);
  near(Math.hypot(...direction), 1, 1e-12);
  near(squareOutside(-direction[2]!, 1.5), cosine ** 2, 1e-12);
  refract(direction, 2, 1.5);
  near(direction[2]!, -cosine, 1e-12);
  const critical = Math.asin(1 / 1.5);
  assert.ok(squareOutside(Math.cos(critical - 0.01), 1.5) > 0);
  assert.ok(squareOutside(Math.cos(critical + 0.01), 1.5) < 0);
});

boundary.run();

const rays = suite('rays through glass');

/** A ray that was not reflected where that is left to chance, after it went from a point. */
function rayOf(document: Document, point: Vec3, direction: Vec3, isTurned = false): Ray {
  const options = { views: [{ width: 4, height: 4 }], ...DARK };
  const job = prepareTrace(document, options);
  runTracePart(job, 0, 0, freeControl());
  const sampler = new Sampler();
  for (let sample = 0; sample < 64; sample++) {
    sampler.pixel(1, 0, sample, 0);
    sampler.sample(0);
    const ray = new Ray(job, sampler);
    ray.point.set(point);
    ray.direction.set(direction);
    ray.begin();
    const meets = ray.meet();
    if (ray.isTurned === isTurned && meets) return ray;
  }
  throw new Error('no ray went that way');
}

/** A wall at z = 0, and glass over it from z = 10 on. */
function wall(): Document {
  return looking(boxes([[-40, -40, -1], [40, 40, 0], GREY]), {});
}

const ANGLE = Math.PI / 4;
const DOWN: Vec3 = [Math.sin(ANGLE), 0, -Math.cos(ANGLE)];
/** How far a pane shifts a ray at 45° along the wall. */
const shiftOf = (thick: number) => thick * (1 - Math.tan(Math.asin(Math.SQRT1_2 / 1.5)));

rays('are shifted by a pane, and go on as they came', () => {
  const document = wall();
  layerOf(document, CLEAR_GLASS).fillBox([-40, -40, 10], [40, 40, 16], WHITE);
  const ray = rayOf(document, [-20.3, 0.4, 20], DOWN);
  near(ray.point[0]!, -0.3 - shiftOf(6), 1e-9);
  near(ray.point[1]!, 0.4, 1e-9);
  for (const axis of [0, 1, 2]) near(ray.direction[axis]!, DOWN[axis]!, 1e-9);
  // Glass seems thinner than it is, by its index.
  const inside = 6 / Math.cos(Math.asin(Math.SQRT1_2 / 1.5)) / 1.5;
  near(ray.reach, 14 / Math.cos(ANGLE) + inside, 1e-9);
});

rays('know no boundary between voxels of glass, of one material or of two, over all blocks', () => {
  const document = wall();
  layerOf(document, CLEAR_GLASS).fillBox([-60, -40, 10], [60, 40, 22], WHITE);
  const other = layerOf(document, { ...CLEAR_GLASS, roughness: 0.3 });
  other.fillBox([-60, -40, 22], [60, 40, 40], WHITE);
  const ray = rayOf(document, [-50.3, 0.4, 50], DOWN);
  near(ray.point[0]!, -0.3 - shiftOf(30), 1e-9);
});

rays('of a pane with a hole in its middle are shifted by what is glass', () => {
  const document = wall();
  const glass = layerOf(document, CLEAR_GLASS);
  glass.fillBox([-60, -40, 10], [60, 40, 14], WHITE);
  glass.fillBox([-60, -40, 30], [60, 40, 33], WHITE);
  const ray = rayOf(document, [-50.3, 0.4, 50], DOWN);
  near(ray.point[0]!, -0.3 - shiftOf(7), 1e-9);
});

rays('are kept in by the side of a block', () => {
  const document = wall();
  layerOf(document, CLEAR_GLASS).fillBox([0, -9, 4], [9, 9, 40], WHITE);
  // In at the top at x = 8, out at the bottom, and mirrored by the sides at 9 and 0 on the way.
  const ray = rayOf(document, [8 - 10, 0.3, 50], DOWN, true);
  const across = 8 + 36 * Math.tan(Math.asin(Math.SQRT1_2 / 1.5));
  const turns = Math.floor(across / 9);
  assert.is(turns, 3);
  near(ray.point[0]!, 9 - (across - 9 * turns) - 4, 1e-9);
  near(ray.direction[0]!, -Math.SQRT1_2, 1e-9);
  near(ray.direction[2]!, -Math.SQRT1_2, 1e-9);
});

rays('with index 1 go straight and untinted', () => {
  const document = wall();
  layerOf(document, CLEAR_GLASS).fillBox([-40, -40, 10], [40, 40, 16], RED);
  const job = prepareTrace(document, { views: [{ width: 4, height: 4 }], refraction: 1 });
  runTracePart(job, 0, 0, freeControl());
  const ray = new Ray(job, new Sampler());
  ray.point.set([-20.3, 0.4, 20]);
  ray.direction.set(DOWN);
  ray.begin();
  assert.ok(ray.meet() && !ray.isTurned);
  near(ray.point[0]!, -0.3, 1e-9);
  assert.equal([...ray.passed], [1, 1, 1]);
});

/** What of light passes from above to a point at the wall. */
function passedTo(document: Document, toward: Vec3): number[] | undefined {
  const ray = rayOf(document, [0.5, 0.5, 2], [0, 0, -1]);
  ray.direction.set(toward);
  return ray.passes() ? [...ray.passed] : undefined;
}

rays('of the sun lose what a pane reflects, hides and tints, in and out', () => {
  for (const [opacity, rgba, tint] of [
    [1e-6, WHITE, [1, 1, 1]],
    [0.3, pack(0, 0, 0, 255), [1, 1, 1]],
    [0.25, RED, [1, 0, 0]],
  ] as const) {
    const document = wall();
    const glass = layerOf(document, { color: [1, 1, 1, opacity] });
    glass.fillBox([-40, -40, 10], [40, 40, 16], rgba);
    const toward: Vec3 = [Math.SQRT1_2, 0, Math.SQRT1_2];
    const left = (1 - Math.fround(opacity)) * (1 - reflectance(Math.SQRT1_2, 1.5)) ** 2;
    const passed = passedTo(document, toward)!;
    for (const [c, share] of tint.entries()) near(passed[c]!, left * share, 1e-9, `${opacity}`);
  }
});

rays('of the sun do not go through the corner of a block', () => {
  const document = wall();
  layerOf(document, CLEAR_GLASS).fillBox([2, -40, 3], [40, 40, 6], WHITE);
  // In at the side, and out at the top: glass would keep them in.
  assert.is(passedTo(document, [0.4, 0, Math.sqrt(1 - 0.4 ** 2)]), undefined);
});

rays.run();

const energy = suite('energy of glass');

const VIEW = { width: 24, height: 18 };

energy('clear glass in a white world is invisible', () => {
  const document = looking(boxes([[0, 0, 0], [6, 6, 6], WHITE]), CLEAR_GLASS);
  const glass = document.activeLayer.volume;
  glass.fillBox([2, 2, 6], [4, 4, 9], WHITE);
  glass.fillBox([3, 3, 2], [5, 5, 4], 0);
  const options = { views: [VIEW], samples: 64, light: FURNACE.light };
  const picture = trace(document, { ...options, background: [255, 255, 255, 255] as const });
  for (let at = 0; at < picture.data.length; at++) {
    assert.ok(picture.data[at]! >= 254, `${picture.data[at]} at ${at}`);
  }
  // Something is seen of it in front of black.
  const black = trace(document, { ...options, background: [0, 0, 0, 255] as const });
  assert.ok(pixelAt(black, 12, 9)[0]! > 40);
});

energy('a white body in clear glass is white', () => {
  const document = looking(boxes([[1, 1, 1], [4, 4, 4], WHITE]), {});
  layerOf(document, CLEAR_GLASS).fillBox([0, 0, 0], [5, 5, 6], WHITE);
  const options = { views: [VIEW], samples: 128, bounces: 64, ...FURNACE };
  const { mean } = lightOfJob(prepareTrace(document, options));
  near(mean, 1, 0.01);
});

/** Light on the wall from a lamp, with clear glass at some height, asked and by chance. */
function litThrough(low: number, high: number, lampLow: number): number[] {
  const document = wall();
  layerOf(document, CLEAR_GLASS).fillBox([-40, -40, low], [40, 40, high], WHITE);
  const lamp = layerOf(document, { emission: [4, 4, 4] });
  lamp.fillBox([-5, -5, lampLow], [5, 5, lampLow + 1], WHITE);
  const camera = { eye: [0, 0, high + 0.5] as Vec3, target: [0, 0, 0] as Vec3 };
  const view = { width: 16, height: 16, camera, fov_degrees: 80 };
  const options: TraceOptions = { views: [view], samples: 512, bounces: 0, ...DARK };
  const job = prepareTrace(document, options);
  return [lightOfJob(job).mean, lightOfJob(byChance(prepareTrace(document, options))).mean];
}

energy('a lamp gives through a pane what is found there by chance', () => {
  const [asked, found] = litThrough(4, 5, 9) as [number, number];
  near(asked / found, 1, 0.02);
});

energy('and to what lies under glass', () => {
  const [asked, found] = litThrough(0, 2, 6) as [number, number];
  near(asked / found, 1, 0.06);
});

energy('a path that glass keeps in ends', () => {
  const document = looking(boxes([[3, 3, 3], [4, 4, 4], WHITE]), {});
  layerOf(document, CLEAR_GLASS).fillBox([0, 0, 0], [9, 9, 9], WHITE);
  const { each } = lightOfJob(prepareTrace(document, { views: [VIEW], samples: 4, ...FURNACE }));
  assert.ok(each.every((light) => light >= 0 && light <= 1 + 1e-9));
});

energy('glass on the floor shows the floor', () => {
  const document = looking(boxes([[0, 0, 0], [4, 4, 2], WHITE]), CLEAR_GLASS);
  const view = { width: 9, height: 9, camera: 'top', orthographic: true } as const;
  const options = { views: [view], samples: 64, ...FURNACE, floor: true };
  const picture = trace(document, options);
  const [red, green, , alpha] = pixelAt(picture, 4, 4);
  assert.ok(green! > red! && green! > 150 && alpha === 255, `${red} ${green} ${alpha}`);
});

energy.run();
