/** `goxel-supervisor top`: what a running daemon does, live in a terminal or once as text. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../../../transport/client.ts';
import { hasColour } from '../../paint.ts';
import type { CommandLine } from '../args.ts';
import { configOf, withDaemon } from '../connection.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { failureOf, writeData } from '../output.ts';
import { timeoutOf } from '../seconds.ts';
import { FIRST_CHOICE, frame, type Shown, scrollMax } from './frame.ts';
import { chosen, type Key, keysIn } from './keys.ts';
import { lookAt } from './look.ts';
import { Screen } from './screen.ts';
import { type Sample, type View, viewOf } from './view.ts';

type Line = Extract<CommandLine, { command: 'top' }>;
type Config = Awaited<ReturnType<typeof configOf>>;

const INTERVAL_S = '1';
const INTERVAL_MS_MIN = 100;
/** Between the two looks of `--once`, which rates are made of. */
const APART_MS = 250;
/** Of the head and the line of keys: what a page of the body leaves out. */
const PAGE_LESS = 7;

export async function top(line: Line): Promise<ExitCode> {
  const { once = false, json = false, interval = INTERVAL_S } = line.options;
  const interval_ms = Math.max(INTERVAL_MS_MIN, timeoutOf(interval, '--interval'));
  const config = await configOf(line);
  const terminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  if (once || json || !terminal) return printOnce(line, config, json);
  const note = `every ${interval_ms / 1000} s`;
  return new Top(line, config, interval_ms, note).run();
}

async function printOnce(line: Line, config: Config, json: boolean): Promise<ExitCode> {
  const view = await withDaemon(
    config,
    async (client) => {
      const before = await lookAt(client);
      await sleep(APART_MS);
      return viewOf(await lookAt(client), before);
    },
    line.options,
  );
  await writeData(json ? `${JSON.stringify(view, undefined, 2)}\n` : pageOf(view));
  return EXIT.OK;
}

function pageOf(view: View): string {
  const { stdout } = process;
  const columns = stdout.isTTY ? stdout.columns : Number.POSITIVE_INFINITY;
  const size = { columns, rows: Number.POSITIVE_INFINITY };
  const shown = { view, trouble: undefined, note: '' };
  return `${frame(shown, FIRST_CHOICE, size, hasColour(stdout, process.env)).join('\n')}\n`;
}

class Top {
  readonly #line: Line;
  readonly #config: Config;
  readonly #interval_ms: number;
  readonly #screen: Screen;
  readonly #colour = hasColour(process.stdout, process.env);
  /** Ends what is waited for. */
  readonly #over = new AbortController();
  #shown: Shown;
  #choice = FIRST_CHOICE;
  #before: Sample | undefined;
  /** What the command ends with, as far as it goes well until then. */
  #exit_code: ExitCode = EXIT.OK;
  /** That of the daemon that does not answer; none while it does. */
  #failure: ExitCode | undefined;

  constructor(line: Line, config: Config, interval_ms: number, note: string) {
    this.#line = line;
    this.#config = config;
    this.#interval_ms = interval_ms;
    this.#shown = { view: undefined, trouble: undefined, note };
    this.#screen = new Screen(process.stdin, process.stdout, {
      typed: (text) => this.#typed(text),
      changed: () => this.#draw(),
      ended: (by) => this.#end(ENDS[by]),
    });
  }

  /** The first connection must come about; later ones are tried until somebody quits. */
  async run(): Promise<ExitCode> {
    try {
      while (!this.#ended) {
        try {
          await withDaemon(this.#config, (client) => this.#watch(client), this.#line.options);
        } catch (error) {
          if (this.#ended) break;
          if (this.#shown.view === undefined) throw error;
          this.#lost(error);
          await this.#rest();
        }
      }
    } finally {
      this.#screen.close();
    }
    return this.#exit_code === EXIT.OK ? (this.#failure ?? EXIT.OK) : this.#exit_code;
  }

  get #ended(): boolean {
    return this.#over.signal.aborted;
  }

  async #watch(client: Client): Promise<void> {
    for (; !this.#ended; await this.#rest()) {
      if (this.#choice.paused && this.#failure === undefined) continue;
      const sample = await lookAt(client, this.#over.signal);
      const first = this.#shown.view === undefined;
      const view = viewOf(sample, this.#before);
      this.#before = sample;
      this.#failure = undefined;
      this.#shown = { ...this.#shown, view, trouble: undefined };
      if (first) this.#screen.open();
      this.#draw();
    }
  }

  #lost(error: unknown): void {
    const { text, exit_code } = failureOf(error);
    // A defect of this program is none of the daemon.
    if (exit_code === EXIT.SOFTWARE) throw error;
    this.#failure = exit_code;
    const [reason = ''] = text.replace(/^goxel-supervisor: /, '').split('\n');
    this.#shown = { ...this.#shown, trouble: reason };
    this.#draw();
  }

  async #rest(): Promise<void> {
    const { signal } = this.#over;
    // That it was ended is what the loops look at.
    await sleep(this.#interval_ms, undefined, { signal }).catch(() => {});
  }

  #draw(): void {
    const { size } = this.#screen;
    this.#screen.draw(frame(this.#shown, this.#choice, size, this.#colour));
  }

  #typed(text: string): void {
    for (const key of keysIn(text)) this.#struck(key);
    if (!this.#ended) this.#draw();
  }

  #struck(key: Key): void {
    if (key === 'quit') this.#end(EXIT.OK);
    else if (key === 'interrupt') this.#end(EXIT.INTERRUPTED);
    else if (key === 'suspend') this.#screen.suspend();
    else {
      const { rows } = this.#screen.size;
      const most = scrollMax(this.#shown, this.#choice, rows);
      this.#choice = chosen(this.#choice, key, Math.max(1, rows - PAGE_LESS), most);
    }
  }

  #end(exit_code: ExitCode): void {
    if (this.#ended) return;
    this.#exit_code = exit_code;
    // At once: to take leave of a daemon that hangs takes a second.
    this.#screen.close();
    this.#over.abort();
  }
}

const ENDS = {
  gone: EXIT.IOERR,
  SIGINT: EXIT.INTERRUPTED,
  SIGTERM: EXIT.TERMINATED,
} as const satisfies Record<string, ExitCode>;
