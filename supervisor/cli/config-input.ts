/** A configuration that a command is given: a file, or standard input. */

import { CONFIG_BYTES_MAX, type ReadText, readText, textOf } from '../../conf/read-text.ts';
import { CliError, EXIT } from './exit-codes.ts';

const STANDARD_INPUT = 'standard input';

export interface Input {
  /** Its name in messages. */
  readonly file: string;
  readonly text: string;
}

/**
 * @param file `-` for standard input
 * @throws CliError when it cannot be read, or is no text
 */
export async function readInput(file: string): Promise<Input> {
  const name = file === '-' ? STANDARD_INPUT : file;
  const read = file === '-' ? await readStandardInput() : readText(file);
  if ('text' in read) return { file: name, text: read.text };
  const missing = read.problem.includes('ENOENT');
  throw new CliError(missing ? EXIT.NOINPUT : EXIT.DATAERR, read.problem);
}

async function readStandardInput(): Promise<ReadText> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > CONFIG_BYTES_MAX) break;
  }
  return textOf(Buffer.concat(chunks), STANDARD_INPUT);
}
