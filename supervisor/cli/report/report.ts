/** `goxel-supervisor report`: all that can be said of a daemon in one file, without secrets. */

import { rmSync, writeFileSync } from 'node:fs';
import { ConfigError } from '../../../conf/config-error.ts';
import { type LoadedConfig, loadConfig } from '../../../conf/load.ts';
import { readPrivate } from '../../../conf/token-file.ts';
import { secretWords } from '../../report/daemon-report.ts';
import { masked } from '../../report/masking.ts';
import type { CommandLine } from '../args.ts';
import { findSources, namesSocket } from '../configuration.ts';
import { withDaemon } from '../connection.ts';
import { CliError, EXIT, type ExitCode } from '../exit-codes.ts';
import { failureOf, writeData, writeTalk } from '../output.ts';
import { tokenOf } from '../token.ts';
import { localReport } from './local.ts';

type Line = Extract<CommandLine, { command: 'report' }>;

/** No engine is asked, so a daemon that takes longer is not well, and the report says so. */
const TIMEOUT_MS = 10_000;

const ABOUT =
  'A report of goxel-supervisor. Tokens, passwords and keys are masked; names of projects and' +
  ' paths are not. Read it before you send it.';

/** What the daemon said, or why it did not. */
type Answer =
  | { readonly said: unknown; readonly exit_code: typeof EXIT.OK }
  | { readonly why: string; readonly exit_code: ExitCode };

export async function report(line: Line): Promise<ExitCode> {
  const now = new Date();
  const { loaded, problem } = await configuration(line);
  const answer = await ask(line, loaded, problem);
  const whole = {
    ...{ about: ABOUT, time: now.toISOString() },
    daemon: 'said' in answer ? answer.said : { unavailable: answer.why },
    local: localReport(loaded, problem),
  };
  const words = [...secretWords(), ...tokensOf(line, loaded)];
  await put(line, `${JSON.stringify(masked(whole, { words }), undefined, 2)}\n`, now, answer);
  if ('why' in answer) await writeTalk(`goxel-supervisor: without the daemon: ${answer.why}\n`);
  return answer.exit_code;
}

/** As other commands find it; a file that is wrong or not for us is no reason to say nothing. */
async function configuration(line: Line) {
  let problem: string;
  try {
    return { loaded: await loadConfig(findSources(line).sources), problem: undefined };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problem = error.message;
  }
  // Who names the socket can ask there all the same.
  const named = namesSocket(line);
  const { env } = process;
  const loaded = await loadConfig({ flags: line.flags, ...(named ? { env } : {}) }).catch(() => {});
  return { loaded: named ? (loaded ?? undefined) : undefined, problem };
}

async function ask(
  { options }: Line,
  loaded: LoadedConfig | undefined,
  problem: string | undefined,
): Promise<Answer> {
  if (loaded === undefined) return { why: problem ?? '', exit_code: EXIT.CONFIG };
  try {
    const limit = { timeout_ms: TIMEOUT_MS };
    const said = await withDaemon(
      loaded.config,
      (client) => client.call('supervisor.report', {}, limit),
      options,
    );
    return { said, exit_code: EXIT.OK };
  } catch (error) {
    const { text, exit_code } = failureOf(error);
    return { why: text.trimEnd().replace(/^goxel-supervisor: /, ''), exit_code };
  }
}

/** All tokens that this user can read, so that none of them stands anywhere in the report. */
function tokensOf({ options }: Line, loaded: LoadedConfig | undefined): string[] {
  const words: string[] = [];
  const file = loaded?.config.security.token_file ?? '';
  try {
    words.push(tokenOf(options['token-file'], {}) ?? '');
  } catch {
    // The connection has said what is wrong with it.
  }
  try {
    if (file !== '') words.push(...readPrivate(file).split(/\s+/));
  } catch {
    // Not ours to read: the daemon, who could, has masked them.
  }
  return words.filter((word) => word.length >= TOKEN_LENGTH_MIN);
}

/** As in `conf/token-file.ts`; shorter words of that file are levels and names. */
const TOKEN_LENGTH_MIN = 16;

async function put(line: Line, text: string, now: Date, answer: Answer): Promise<void> {
  const { output, json = false } = line.options;
  if (output === '-') return writeData(text);
  const path = output ?? nameFor(now);
  writeNew(path, text);
  const complete = 'said' in answer;
  const told = json
    ? JSON.stringify({ path, bytes: Buffer.byteLength(text), complete }, undefined, 2)
    : `${path}: written; read it before you send it`;
  return writeData(`${told}\n`);
}

/** `goxel-report-20260131-095900-1234.json` */
function nameFor(now: Date): string {
  const [date = '', time = ''] = now.toISOString().split('T');
  const clock = time.slice(0, 8).replaceAll(':', '');
  return `goxel-report-${date.replaceAll('-', '')}-${clock}-${process.pid}.json`;
}

/** For its user alone; a file that somebody has made is not overwritten. */
function writeNew(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') removeRest(path);
    const reason = code === 'EEXIST' ? `${path} is there already; name another file` : message;
    throw new CliError(EXIT.CANTCREAT, reason, error);
  }
}

/** What a full disk left of it. */
function removeRest(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // That it could not be written is what counts.
  }
}
