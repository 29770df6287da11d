/**
 * Exit codes of the command line and the daemon: those of sysexits.h, which scripts know, and 128 +
 * the number of a signal for a command that a signal ended. README.md of the room has the table.
 */
export const EXIT = {
  OK: 0,
  /** `health`: the daemon is degraded, and failing; 1 and 2 as for other programs that watch. */
  DEGRADED: 1,
  FAILING: 2,
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
  /** The system is short of something, such as file descriptors. */
  OSERR: 71,
  /** A file or the socket cannot be made. */
  CANTCREAT: 73,
  /** A connection broke, or the output cannot be written. */
  IOERR: 74,
  /** Try again: the socket is taken, the daemon is busy or stopping, no reply came in time. */
  TEMPFAIL: 75,
  /** What answers is no daemon of ours. */
  PROTOCOL: 76,
  /** The rights do not suffice. */
  NOPERM: 77,
  /** The configuration is wrong; a service manager should not start it again. */
  CONFIG: 78,
  /** SIGINT ended the command. */
  INTERRUPTED: 130,
  /** SIGTERM ended the command. */
  TERMINATED: 143,
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
