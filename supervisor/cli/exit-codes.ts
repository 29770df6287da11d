/** Exit codes of the command line and the daemon: those of sysexits.h, which scripts know. */
export const EXIT = {
  OK: 0,
  /** The command line is wrong. */
  USAGE: 64,
  /** What was given to work on is wrong. */
  DATAERR: 65,
  /** A file to be read is not there. */
  NOINPUT: 66,
  /** No daemon answers. */
  UNAVAILABLE: 69,
  /** A defect, or an engine that used up its restarts. */
  SOFTWARE: 70,
  /** The system refused something it should not. */
  OSERR: 71,
  /** A file cannot be written. */
  CANTCREAT: 73,
  /** A connection broke. */
  IOERR: 74,
  /** Try again: the socket is taken, the daemon is busy. */
  TEMPFAIL: 75,
  /** The rights do not suffice. */
  NOPERM: 77,
  /** The configuration is wrong; a service manager should not start it again. */
  CONFIG: 78,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A failure with an exit code; `message` is one sentence for the user, printed without a stack. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exit_code: ExitCode;

  constructor(exit_code: ExitCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.exit_code = exit_code;
  }
}
