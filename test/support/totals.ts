/** What uvu prints at the end of a file: three counts over all of its suites. */

export interface Totals {
  /** Tests that should have run; those marked `skip` are not among them. */
  readonly total: number;
  readonly passed: number;
  readonly skipped: number;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: ESC is what begins a colour code.
const COLOUR = /\u001b\[[\d;]*m/g;
const TOTALS = /^ +Total: +(\d+)\n +Passed: +(\d+)\n +Skipped: +(\d+)$/gm;

/** The last totals in the output of a test file, or undefined when there are none. */
export function parseTotals(output: string): Totals | undefined {
  const match = [...output.replace(COLOUR, '').matchAll(TOTALS)].at(-1);
  if (match === undefined) return undefined;
  const [, total, passed, skipped] = match;
  return { total: Number(total), passed: Number(passed), skipped: Number(skipped) };
}
