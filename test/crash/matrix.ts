/**
 * The crash matrix: clients edit projects of every kind of lane, while engines die in every way and
 * the daemon is killed and started again. After each death of the daemon, and at quiet moments
 * between those of engines, each project must be what its lane says.
 */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../fuzz/random.ts';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { WAYS, type Way } from '../support/dying.ts';
import { killEngine, mortal } from '../support/engine-deaths.ts';
import { eventually } from '../support/raw.ts';
import { Lane } from './lane.ts';
import { Wire } from './wire.ts';

export interface MatrixOptions {
  readonly seed: number;
  /** An empty directory. */
  readonly directory: string;
  /** How many daemons are killed, and at least so many engines. */
  readonly runs: number;
  /** Whether daemons are killed, or only engines; with `nobody` the model itself is tried. */
  readonly dies: 'all' | 'engines' | 'nobody';
  /**
   * Whether engines hang, too. They are found out by their silence, which must be short then: on a
   * very busy machine, others are as silent.
   */
  readonly hangs: boolean;
  onRun(report: MatrixReport): void;
}

/** Counts, from the begin on. */
export interface MatrixReport {
  readonly run: number;
  readonly kills: number;
  readonly deaths: Readonly<Record<string, number>>;
  readonly answered: number;
}

const ENGINES = 2;

/** Deaths come again and again, and none is to end an engine for good. */
const SETTINGS = {
  'workers.count': ENGINES,
  'workers.heap_bytes_max': 64 * 1024 * 1024,
  'health.restart_delay_ms': 0,
  'health.max_restart_attempts': 1000,
  'health.restart_window_ms': 1000,
  'performance.max_connections': 64,
  'logging.level': 'warn',
};

/** Generous, on a busy machine; a request that is never answered is a fault. */
const ANSWERS_MS = 30_000;

/** Of engines that hang. */
const HANG_SETTINGS = { 'health.heartbeat_timeout_ms': 8000, 'health.check_interval_ms': 100 };

export class Matrix {
  readonly #options: MatrixOptions;
  readonly #random: Random;
  readonly #ways: readonly Way[];
  readonly #lanes: readonly Lane[];
  readonly #deaths: Record<string, number> = {};
  #kills = 0;

  constructor(options: MatrixOptions) {
    this.#options = options;
    this.#random = new Random('crash matrix', options.seed);
    this.#ways = WAYS.filter((way) => options.hangs || way !== 'looped');
    const files = join(options.directory, 'files');
    mkdirSync(files);
    this.#lanes = lanesOf(options.seed, files);
  }

  async run(): Promise<MatrixReport> {
    const { runs, onRun } = this.#options;
    let daemon = await this.#start();
    try {
      await withWire(daemon, async (wire) => {
        for (const lane of this.#lanes) await lane.begin(wire);
      });
      for (let run = 1; run <= runs; run += 1) {
        daemon = await this.#once(daemon);
        onRun(this.#report(run));
      }
      await withWire(daemon, async (wire) => {
        for (const lane of this.#lanes) await lane.walk(wire);
      });
    } catch (error) {
      await daemon.kill();
      const printed = `${daemon.stdout()}${daemon.stderr()}`.slice(-6000);
      throw new Error(`${(error as Error).message}\nthe daemon printed:\n${printed}`, {
        cause: error,
      });
    }
    await daemon.stop();
    return this.#report(runs);
  }

  #report(run: number): MatrixReport {
    const answered = this.#lanes.reduce((sum, lane) => sum + lane.answered, 0);
    return { run, kills: this.#kills, deaths: { ...this.#deaths }, answered };
  }

  #start(): Promise<Daemon> {
    const { directory, hangs } = this.#options;
    return startDaemon({
      settings: { ...SETTINGS, ...(hangs ? HANG_SETTINGS : {}) },
      cwd: directory,
      socket: join(directory, 'd.sock'),
      state: join(directory, 'state'),
      env: mortal(join(directory, `dying-${this.#kills}`)),
    });
  }

  /** Load with an engine's death or two in it, and then that of the daemon. */
  async #once(daemon: Daemon): Promise<Daemon> {
    const random = this.#random;
    const wayOf = join(this.#options.directory, `dying-${this.#kills}`);
    let stopped = false;
    const load = Promise.all(
      this.#lanes.map((lane) =>
        lane.run(
          () => Wire.open(daemon.socket),
          () => stopped,
        ),
      ),
    );
    // It is awaited below; until then a failure of it is no stray one.
    load.catch(() => {});
    const { dies } = this.#options;
    await sleep(random.below(dies === 'nobody' ? 2000 : 100));
    for (let deaths = dies === 'nobody' ? 0 : 1 + random.small(3); deaths > 0; deaths -= 1) {
      await this.#killEngine(wayOf, random.below(ENGINES), random.pick(this.#ways));
      await sleep(random.below(120));
    }
    if (dies !== 'all') {
      stopped = true;
      await this.#within(load);
      await this.#settle(daemon);
      return daemon;
    }
    await daemon.kill();
    this.#kills += 1;
    await this.#within(load);
    const next = await this.#start();
    await this.#settle(next);
    return next;
  }

  /** What ends by itself: whoever was not answered by then never will be. */
  async #within(load: Promise<unknown>): Promise<void> {
    const watch = new AbortController();
    const late = sleep(ANSWERS_MS, true, { signal: watch.signal }).catch(() => false);
    const isLate = await Promise.race([load.then(() => false), late]);
    watch.abort();
    if (!isLate) return;
    const left = this.#lanes.flatMap((lane) => lane.unanswered);
    throw new Error(`not answered in ${ANSWERS_MS} ms:\n  ${left.join('\n  ')}`);
  }

  /** One dies only once the one before has come back and done something. */
  async #killEngine(path: string, engine: number, way: Way): Promise<void> {
    const before = this.#lanes.map(({ answered }) => answered);
    if (!(await killEngine(path, engine, way))) return;
    this.#deaths[way] = (this.#deaths[way] ?? 0) + 1;
    await eventually(`after an engine ${way}, every lane went on`, () =>
      this.#lanes.every(({ answered }, i) => answered > before[i]!),
    );
  }

  async #settle(daemon: Daemon): Promise<void> {
    await withWire(daemon, async (wire) => {
      for (const lane of this.#lanes) await lane.settle(wire);
    });
  }
}

function lanesOf(seed: number, directory: string): Lane[] {
  const saved = new Map();
  const kinds = [
    { project: 'one by one', clients: 1, named: false, depth: 1 },
    { project: 'pipelined', clients: 1, named: false, depth: 16 },
    { project: 'named', clients: 1, named: true, depth: 8 },
    { project: 'shared', clients: 3, named: true, depth: 4 },
  ];
  return kinds.map((kind) => {
    return new Lane({ ...kind, key: [seed, kind.project], directory, saved });
  });
}

async function withWire(daemon: Daemon, use: (wire: Wire) => Promise<void>): Promise<void> {
  const wire = await Wire.open(daemon.socket);
  try {
    await use(wire);
  } finally {
    wire.close();
  }
}
