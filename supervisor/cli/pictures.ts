/**
 * Pictures and exported files in a result, which are Base64 there: to a file, to a terminal that
 * can show them, or left out of what a terminal shows. Programs that read our output get the result
 * as it is.
 */

import { writeFileSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { CliError, EXIT } from './exit-codes.ts';

/**
 * An object of a result that has a picture (the result, its `picture` or one of its `pictures`), or
 * is an export without a path.
 */
type Holder = { image: string } | { data: string; format: unknown };

interface Screen {
  readonly isTTY?: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Writes the pictures of a result to a file; several are numbered, `name-000.png`. Returns the
 * result as text, with the files in their places.
 *
 * @throws CliError EX_DATAERR when there is none, EX_CANTCREAT when it cannot be written
 */
export function savePictures(result: unknown, output: string): string {
  const copy: unknown = structuredClone(result);
  const holders = holdersOf(copy);
  if (holders.length === 0) {
    throw new CliError(
      EXIT.DATAERR,
      `the result has no picture or file for ${output}: ${json(result).slice(0, 1000)}`,
    );
  }
  for (const [i, holder] of holders.entries()) {
    const path = resolve(holders.length === 1 ? output : numbered(output, i));
    const bytes = Buffer.from(textOf(holder), 'base64');
    write(path, bytes);
    replace(holder, `<${bytes.length} bytes in ${path}>`);
  }
  return `${json(copy)}\n`;
}

/** A result as standard output is to have it. */
export function shown(
  result: unknown,
  screen: Screen = process.stdout,
  env: Environment = process.env,
): string {
  if (screen.isTTY !== true) return `${json(result)}\n`;
  const copy: unknown = structuredClone(result);
  const pictures = holdersOf(copy).map((holder) => {
    const text = textOf(holder);
    const bytes = Buffer.from(text, 'base64');
    replace(holder, `<${bytes.length} bytes; use --output FILE>`);
    return 'image' in holder ? inline(text, bytes, env) : '';
  });
  return `${pictures.join('')}${json(copy)}\n`;
}

function json(value: unknown): string {
  // A method may have null as its result, but not undefined.
  return JSON.stringify(value, undefined, 2) ?? 'null';
}

function holdersOf(result: unknown): Holder[] {
  if (typeof result !== 'object' || result === null) return [];
  const { picture, pictures } = result as { picture?: unknown; pictures?: unknown };
  return [result, picture, ...(Array.isArray(pictures) ? pictures : [])].filter(holds);
}

function holds(value: unknown): value is Holder {
  if (typeof value !== 'object' || value === null) return false;
  if ('image' in value) return typeof value.image === 'string';
  return 'format' in value && 'data' in value && typeof value.data === 'string';
}

function textOf(holder: Holder): string {
  return 'image' in holder ? holder.image : holder.data;
}

function replace(holder: Holder, text: string): void {
  if ('image' in holder) holder.image = text;
  else holder.data = text;
}

function numbered(path: string, i: number): string {
  const extension = extname(path);
  const stem = path.slice(0, path.length - extension.length);
  return `${stem}-${String(i).padStart(3, '0')}${extension}`;
}

function write(path: string, bytes: Uint8Array): void {
  try {
    writeFileSync(path, bytes);
  } catch (error) {
    const { message } = error as Error;
    throw new CliError(EXIT.CANTCREAT, `cannot write the file: ${message}`, error);
  }
}

/** The longest piece of Base64 that kitty takes in one escape sequence. */
const KITTY_CHUNK_CHARS = 4096;
const PNG_START = Buffer.from('\x89PNG', 'latin1');
const ESCAPE = '\x1b';

/** A picture in the protocol of the terminal; empty when it speaks none that we know. */
function inline(base64: string, bytes: Buffer, env: Environment): string {
  // They sit between us and the terminal, and pass on only what they know.
  if (env.TMUX !== undefined || env.STY !== undefined) return '';
  const { TERM = '', TERM_PROGRAM = '' } = env;
  const kitty = env.KITTY_WINDOW_ID !== undefined || /kitty|ghostty/.test(TERM);
  if (kitty) return bytes.subarray(0, PNG_START.length).equals(PNG_START) ? kittyText(base64) : '';
  if (!['iTerm.app', 'WezTerm', 'mintty'].includes(TERM_PROGRAM)) return '';
  return `${ESCAPE}]1337;File=inline=1;size=${bytes.length}:${base64}\x07\n`;
}

/** Its graphics protocol: show at once (a=T) a PNG (f=100), and answer nothing (q=2). */
function kittyText(base64: string): string {
  const parts: string[] = [];
  for (let at = 0; at < base64.length; at += KITTY_CHUNK_CHARS) {
    const control = at === 0 ? 'a=T,f=100,q=2,' : '';
    const more = at + KITTY_CHUNK_CHARS < base64.length ? 1 : 0;
    const chunk = base64.slice(at, at + KITTY_CHUNK_CHARS);
    parts.push(`${ESCAPE}_G${control}m=${more};${chunk}${ESCAPE}\\`);
  }
  return `${parts.join('')}\n`;
}
