/** Says in a GoxError what went wrong in a script, and where in its code. */

import { type ErrorCode, GoxError } from '../../conf/errors.ts';
import { PRELUDE_NAME } from './prelude.ts';

const MESSAGE_LENGTH_MAX = 1000;
const STACK_LINES_MAX = 20;
const OUTPUT_LINES_MAX = 20;
const LINE_LENGTH_MAX = 200;

/**
 * The message ends with the place; the details have `line` and `column`, counted from 1, the stack
 * and the last lines of output.
 */
export function scriptError(
  code: ErrorCode,
  message: string,
  file: string,
  stack: string,
  output: readonly string[],
): GoxError {
  const lines = stack.split('\n').filter((line) => line.trim() !== '');
  const own = lines.filter((line) => !line.includes(`${PRELUDE_NAME}:`));
  const place = own.flatMap((line) => placeIn(line, file))[0];
  const where = place === undefined ? file : `${file}:${place.line}:${place.column}`;
  return new GoxError(code, `${message.slice(0, MESSAGE_LENGTH_MAX)} (${where})`, {
    ...place,
    stack: shortened(own.slice(0, STACK_LINES_MAX)),
    output: shortened(output.slice(-OUTPUT_LINES_MAX)),
  });
}

function placeIn(line: string, file: string): { line: number; column: number }[] {
  const at = line.lastIndexOf(`${file}:`);
  const found = at < 0 ? null : /^(\d+):(\d+)/.exec(line.slice(at + file.length + 1));
  return found === null ? [] : [{ line: Number(found[1]), column: Number(found[2]) }];
}

function shortened(lines: readonly string[]): string[] {
  return lines.map((line) => line.trim().slice(0, LINE_LENGTH_MAX));
}
