/**
 * The order of the work: passes of few samples over all tiles of all pictures, so that whenever
 * time is over, pixels have had the same number of samples but for one pass. Every tile gets its
 * passes in order, so sums do not depend on who adds to them.
 */

import {
  BEGUN,
  NEXT,
  STOPPED,
  SUMS,
  SUMS_GUIDED,
  TILE,
  type TraceJob,
  type TraceView,
} from './job.ts';
import type { TraceControl } from './options.ts';
import { PathTracer } from './path.ts';

/** Samples a pixel of each pass after the first ones of 1, 1 and 2. */
const PASS_SAMPLES = 4;
/** How long to wait for another thread before looking whether to go on. */
const WAIT_MS = 10;

/** How many samples a pixel has had after some passes. */
export function samplesAfter(passes: number, samples: number): number {
  const planned = passes < 3 ? passes : (passes - 2) * PASS_SAMPLES;
  return Math.min(planned, samples);
}

function passesFor(samples: number): number {
  return samples < 3 ? samples : Math.ceil(samples / PASS_SAMPLES) + 2;
}

/**
 * Traces tiles until there are none left or time is over; false when it was asked to yield before.
 * Whoever goes on then finds the tiles that are left, and the time.
 */
export function traceTiles(job: TraceJob, control: TraceControl): boolean {
  const { settings, tiles, state, done } = job;
  const { samples, time_ms } = settings;
  const units = tiles * passesFor(samples);
  const tracer = new PathTracer(job);
  const started = begunAt(state, control.now_ms());
  try {
    for (;;) {
      // Before it takes a tile: nobody shall wait for one that waits itself.
      if (control.takeYield?.() === true) return false;
      const unit = Atomics.add(state, NEXT, 1);
      if (unit >= units) break;
      const pass = Math.floor(unit / tiles);
      const tile = unit % tiles;
      const elapsed = control.now_ms() - started;
      if (elapsed >= time_ms) Atomics.store(state, STOPPED, 1);
      // The first pass is always finished: there is no picture without it.
      if (pass > 0 && !mayGoOn(job, tile, pass, control)) break;
      const view = job.views.findLast(({ firstTile }) => firstTile <= tile)!;
      const from = samplesAfter(pass, samples);
      traceTile(
        tracer,
        view,
        tile - view.firstTile,
        from,
        samplesAfter(pass + 1, samples),
        control,
      );
      Atomics.store(done, tile, pass + 1);
      Atomics.notify(done, tile);
      control.progress = Math.max((unit + 1) / units, Math.min(elapsed / time_ms, 1));
    }
  } catch (error) {
    // Nobody shall wait for tiles that will not come.
    Atomics.store(state, STOPPED, 1);
    throw error;
  }
  control.progress = 1;
  return true;
}

/** When the first part began to trace, by the clock that says `now_ms`. */
function begunAt(state: Int32Array, now_ms: number): number {
  // So many milliseconds as a word takes are 24 days, which no job lasts; 0 says "not yet".
  const now = now_ms & 0x7fff_ffff || 1;
  const before = Atomics.compareExchange(state, BEGUN, 0, now);
  return before === 0 ? now_ms : now_ms - ((now - before) & 0x7fff_ffff);
}

/** Waits until a tile has had the passes before; false when work has stopped. */
function mayGoOn(
  { state, done }: TraceJob,
  tile: number,
  pass: number,
  control: TraceControl,
): boolean {
  for (;;) {
    if (Atomics.load(state, STOPPED) !== 0) return false;
    const had = Atomics.load(done, tile);
    if (had >= pass) return true;
    Atomics.wait(done, tile, had, WAIT_MS);
    control.check();
  }
}

function traceTile(
  tracer: PathTracer,
  view: TraceView,
  tile: number,
  from: number,
  to: number,
  control: TraceControl,
): void {
  const { width, height, sums, tilesAcross } = view;
  const numbers = sums.length === width * height * SUMS ? SUMS : SUMS_GUIDED;
  const x0 = (tile % tilesAcross) * TILE;
  const y0 = Math.floor(tile / tilesAcross) * TILE;
  const x1 = Math.min(x0 + TILE, width);
  const y1 = Math.min(y0 + TILE, height);
  tracer.open(view);
  for (let y = y0; y < y1; y++) {
    control.check();
    for (let x = x0; x < x1; x++) {
      tracer.pixel(x, y, from, to);
      const at = (y * width + x) * numbers;
      for (let i = 0; i < numbers; i++) sums[at + i]! += tracer.sums[i]!;
    }
  }
}

/** How many samples a pixel of a tile has had. */
export function samplesOf(job: TraceJob, view: TraceView, x: number, y: number): number {
  const tile = Math.floor(y / TILE) * view.tilesAcross + Math.floor(x / TILE);
  return samplesAfter(job.done[view.firstTile + tile]!, job.settings.samples);
}
