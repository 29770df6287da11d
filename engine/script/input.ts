/** What a run of a script is given: the code with what goes with it, and its ceilings. */

/** The key of the configuration that sets `memory_bytes`. */
export const MEMORY_KEY = 'limits.script_memory_bytes_max';

export interface ScriptLimits {
  /** From the start of the run. Checked between instructions; see `HARD_STOP_MS`. */
  readonly deadline_ms: number;
  /** Of the sandbox, its code and stack included; 16 MiB is the least there is. */
  readonly memory_bytes: number;
  /** QuickJS' stack; the stack of the thread, which depends on its options, can end earlier. */
  readonly stack_bytes: number;
  /** Of what the script prints, in UTF-8 with line ends, and of its value as JSON. */
  readonly output_bytes_max: number;
  /** Blocks of all volumes together, those of the document's layers included. */
  readonly blocks_max: number;
}

export interface ScriptInput {
  readonly code: string;
  /** What the code is called in errors. */
  readonly name?: string;
  /** JSON; the script finds it as `args`, and as the list `scriptArgs`. */
  readonly args?: unknown;
  /** The registered script to execute once the code has run. */
  readonly execute?: string;
  /** The registered format to import a file with, once the code has run. */
  readonly importWith?: FormatChoice & { readonly bytes: Uint8Array };
  /** The registered format to export the image with, once the code has run. */
  readonly exportWith?: FormatChoice;
}

/** A path, and a registered format; without a name, the first for files of that ending. */
interface FormatChoice {
  readonly path: string;
  readonly format?: string;
}
