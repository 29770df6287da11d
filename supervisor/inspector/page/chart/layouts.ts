/** Layouts of machines, made in a thread of their own, one at a time, and kept. */

import * as elk from 'elkjs/lib/elk-api.js';
import { type Layout, layOutChart } from './layout.ts';
import { type ChartNode, statesById } from './model.ts';
import { BOLD_WEIGHT, FONT, type Measure } from './text.ts';

/** Many actors share a few dozen machines; one takes some ten kB. */
const KEPT_MAX = 100;
/**
 * A machine of this project takes a second at most, for all its arrangements. On a busy machine the
 * best is taken that was found by then, and what has found none in the end is given up.
 */
const ENOUGH_MS = 3000;
const LIMIT_MS = 60_000;
/** More than that nobody reads; ELK would take minutes. */
const STATES_MAX = 300;
const WORKER = 'elk-worker.min.js';

type Elk = InstanceType<typeof elk.default>;

/** By the machine as JSON, the one that was used last at the end. */
const kept = new Map<string, Promise<Layout>>();
/** Those that are there, by the machine as it was given. */
const ready = new WeakMap<ChartNode, Layout>();
let queue: Promise<unknown> = Promise.resolve();

/** The layout of a machine that has been laid out; so that nothing flickers. */
export function layoutNow(machine: ChartNode): Layout | undefined {
  return ready.get(machine);
}

/** Fails with an error whose message says why, in words for the person who looks. */
export async function layoutFor(machine: ChartNode): Promise<Layout> {
  const layout = await keptFor(machine);
  ready.set(machine, layout);
  return layout;
}

function keptFor(machine: ChartNode): Promise<Layout> {
  const key = JSON.stringify(machine);
  const known = kept.get(key);
  if (known !== undefined) {
    kept.delete(key);
    kept.set(key, known);
    return known;
  }
  const made = queue.then(() => make(machine));
  queue = made.catch(() => {});
  kept.set(key, made);
  // What failed may have failed of something that passes.
  made.catch(() => kept.delete(key));
  for (const oldest of kept.keys()) {
    if (kept.size <= KEPT_MAX) break;
    kept.delete(oldest);
  }
  return made;
}

let thread: { elk: Elk; failed: Promise<never>; end(): void } | undefined;

async function make(machine: ChartNode): Promise<Layout> {
  const states = statesById(machine).size;
  if (states > STATES_MAX) {
    throw new Error(`It has ${states} states; charts are drawn of up to ${STATES_MAX}.`);
  }
  thread ??= start();
  const { failed, elk: engine, end } = thread;
  let timer = 0;
  const late = new Promise<never>((_, reject) => {
    const why = new Error(`Its layout took longer than ${LIMIT_MS / 1000} s and was given up.`);
    timer = setTimeout(() => reject(why), LIMIT_MS);
  });
  try {
    const begun_ms = performance.now();
    const made = layOutChart(
      machine,
      measured(),
      (graph) => engine.layout(graph),
      () => performance.now() - begun_ms > ENOUGH_MS,
    );
    return await Promise.race([made, late, failed]);
  } catch (error) {
    // Whatever the thread is at, it is of no use.
    end();
    thread = undefined;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function start(): NonNullable<typeof thread> {
  const worker = new Worker(WORKER);
  const failed = new Promise<never>((_, reject) => {
    worker.onerror = ({ message }) =>
      reject(new Error(`The thread for layouts failed: ${message || `${WORKER} is not there`}.`));
  });
  failed.catch(() => {});
  return {
    ...{ elk: new ElkOfPackage({ workerFactory: () => worker }), failed },
    end: () => worker.terminate(),
  };
}

/** The package is CommonJS: what a bundler takes for its default may be the module itself. */
const ElkOfPackage = ((elk.default as { default?: unknown }).default ??
  elk.default) as typeof elk.default;

/** Widths as the browser draws them. */
function measured(): Measure {
  const context = document.createElement('canvas').getContext('2d');
  if (context === null) return (text, size) => text.length * size * 0.65;
  let font = '';
  return (text, size, bold) => {
    const wanted = `${bold ? `${BOLD_WEIGHT} ` : ''}${size}px ${FONT}`;
    if (font !== wanted) {
      context.font = wanted;
      font = wanted;
    }
    return context.measureText(text).width;
  };
}
