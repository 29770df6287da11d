/**
 * Debian's Goxel 0.11 as a judge. It is asked for many conversions at once: they run two at a time
 * in one virtual display, when the first result is wanted. (A uvu hook that throws passes in
 * silence, so tests ask for results instead.)
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from './tmp.ts';

const GOXEL_TIMEOUT_S = 90;
/** Below what the test runner gives a file. */
const RUN_TIMEOUT_S = 220;
const AT_A_TIME = 2;

/** Without `-noreset` the display starts anew, deaf meanwhile, whenever its last client leaves. */
const DISPLAY = '-screen 0 640x480x24 -nolisten tcp -noreset';

/** Takes the paths of an input and an output; says how Goxel ended. */
const CONVERT = `timeout ${GOXEL_TIMEOUT_S} goxel "$0" -e "$1" >"$1.log" 2>&1
echo "$? $1"`;

interface Run {
  readonly directory: string;
  readonly statuses: ReadonlyMap<string, number>;
  /** What kept it from running them all. */
  readonly fault: string;
}

export class Goxel {
  readonly #files = new Map<string, () => Uint8Array>();
  readonly #conversions = new Map<string, string>();
  readonly #timeout_s: number;
  #ran: Run | undefined;

  constructor(timeout_s = RUN_TIMEOUT_S) {
    this.#timeout_s = timeout_s;
  }

  /** A file that conversions may start from. */
  add(name: string, content: () => Uint8Array): void {
    this.#files.set(name, content);
  }

  /** Has a file read, and written in the format of the other's extension. */
  convert(from: string, to: string): void {
    this.#conversions.set(to, from);
  }

  /** A file that Goxel wrote. Throws, with what it printed, when it failed. */
  result(to: string): Buffer {
    this.#ran ??= this.#run();
    const { directory, statuses, fault } = this.#ran;
    const status = statuses.get(to);
    if (status === 0) return readFileSync(join(directory, to));
    if (status === undefined) throw new Error(`Goxel did not come to ${to}: ${fault}`);
    const log = readFileSync(join(directory, `${to}.log`), 'latin1');
    throw new Error(`Goxel ended with ${status} instead of writing ${to}: ${log}`);
  }

  #run(): Run {
    for (const program of ['goxel', 'xvfb-run']) {
      if (spawnSync('sh', ['-c', `command -v ${program}`]).status === 0) continue;
      throw new Error(`${program} is not installed: run test/setup.sh, which installs it`);
    }
    const directory = temporaryDirectory();
    const home = join(directory, 'home');
    mkdirSync(home);
    for (const [name, content] of this.#files) writeFileSync(join(directory, name), content());
    const names = [...this.#conversions].flatMap(([to, from]) => [from, to]);
    const convert = ['xargs', '-0', '-n', '2', '-P', String(AT_A_TIME), 'sh', '-c', CONVERT];
    // The time limit is inside, so that the display goes with the rest.
    const limited = ['timeout', String(this.#timeout_s), ...convert];
    const run = spawnSync('xvfb-run', ['-a', '-s', DISPLAY, ...limited], {
      cwd: directory,
      // Its renderer would start a thread for each processor in every process.
      env: {
        ...process.env,
        HOME: home,
        XDG_CONFIG_HOME: join(home, 'config'),
        XDG_CACHE_HOME: join(home, 'cache'),
        XDG_DATA_HOME: join(home, 'data'),
        LIBGL_ALWAYS_SOFTWARE: '1',
        LP_NUM_THREADS: '1',
      },
      input: names.map((name) => `${name}\0`).join(''),
      encoding: 'utf8',
    });
    const statuses = new Map<string, number>();
    for (const line of run.stdout.split('\n')) {
      const space = line.indexOf(' ');
      statuses.set(line.slice(space + 1), Number(line.slice(0, space)));
    }
    const fault = run.status === 0 ? '' : `the run ended with ${run.status} ${run.stderr}`;
    return { directory, statuses, fault };
  }
}

/** The voxels of a text file, without comments, in an order that does not depend on blocks. */
export function sortedLines(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .sort();
}
