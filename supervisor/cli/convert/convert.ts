/** `goxel-supervisor convert`: models from one format into another, without a daemon. */

import { type SoloTask, STANDARD } from '../../../engine/port/solo.ts';
import type { CommandLine } from '../args.ts';
import { askedBy } from '../catalogued.ts';
import { CliError, EXIT, type ExitCode } from '../exit-codes.ts';
import { writeData, writeTalk } from '../output.ts';
import { planned, type Wish } from './plan.ts';
import {
  type End,
  failureText,
  firstFailure,
  results,
  sizingText,
  tellNotes,
  warningText,
} from './told.ts';
import { requireValue } from './values.ts';
import { work } from './work.ts';

type Line = Extract<CommandLine, { command: 'convert' }>;

export async function convert(line: Line): Promise<ExitCode> {
  const { options } = line;
  const { json = false, quiet = false } = options;
  const wish = wishOf(line);
  if (json && wish.outputs.includes(STANDARD)) {
    throw new CliError(EXIT.USAGE, '--json is printed where the file is to go');
  }
  const threads = threadsOf(options.jobs);
  const { tasks, notes } = planned(wish, askedBy(options, requireValue));
  if (!quiet) await tellNotes(notes);
  const told = new Told(tasks.length, json, quiet);
  await work(tasks, threads, (task, end) => told.tell(task, end));
  return await told.end();
}

function wishOf({ options, positionals }: Line): Wish {
  const { from, to, output, recursive = false, force = false } = options;
  const out_dir = options['out-dir'];
  const last = output === undefined && out_dir === undefined;
  return {
    inputs: last ? positionals.slice(0, -1) : positionals,
    outputs: last ? positionals.slice(-1) : (output ?? []),
    ...{ out_dir, from, to, recursive, force },
    allow_empty: options['allow-empty'] ?? false,
  };
}

function threadsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new CliError(EXIT.USAGE, `--jobs is a number from 1 to 999, not ${text}`);
}

/** Tells of tasks as they end, and of all of them. */
class Told {
  readonly #several: boolean;
  readonly #json: boolean;
  readonly #quiet: boolean;
  readonly #results: object[] = [];
  readonly #codes: ExitCode[] = [];
  #warned = 0;

  constructor(count: number, json: boolean, quiet: boolean) {
    this.#several = count > 1;
    this.#json = json;
    this.#quiet = quiet;
  }

  async tell(task: SoloTask, end: End): Promise<void> {
    this.#results.push(...results(task, end));
    if ('failure' in end) {
      const { text, exit_code } = failureText(end);
      this.#codes.push(exit_code);
      await writeTalk(text);
      return;
    }
    this.#codes.push(EXIT.OK);
    await this.#tellSizes(end);
    if (end.warnings.length === 0) return;
    this.#warned += 1;
    if (!this.#quiet) await writeTalk(end.warnings.map(warningText).join(''));
  }

  /** To people only; programs have it in the JSON. */
  async #tellSizes({ sizings }: Exclude<End, { failure: unknown }>): Promise<void> {
    const chosen = sizings.filter(({ by }) => by === 'default');
    // To ask for the terminal takes a while, so it comes last.
    if (this.#several || this.#quiet || chosen.length === 0 || !process.stderr.isTTY) return;
    await writeTalk(chosen.map(sizingText).join(''));
  }

  async end(): Promise<ExitCode> {
    if (this.#json) {
      const [only, ...more] = this.#results;
      const all = this.#several || more.length > 0 ? this.#summary() : only;
      await writeData(`${JSON.stringify(all, undefined, 2)}\n`);
    }
    if (this.#several && !this.#quiet) await writeTalk(this.#sentence());
    return firstFailure(this.#codes);
  }

  get #failed(): number {
    return this.#codes.filter((code) => code !== EXIT.OK).length;
  }

  #summary(): object {
    const failed = this.#failed;
    const converted = this.#codes.length - failed;
    return { success: failed === 0, converted, failed, results: this.#results };
  }

  #sentence(): string {
    const [all, failed] = [this.#codes.length, this.#failed];
    const parts = [
      `${all - failed} of ${all} models converted`,
      ...(failed > 0 ? [`${failed} failed`] : []),
      ...(this.#warned > 0 ? [`${this.#warned} with warnings`] : []),
    ];
    return `goxel-supervisor: ${parts.join(', ')}\n`;
  }
}
