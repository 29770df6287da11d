/** A socket that cannot be had; the message says which, why and what to do. */

import type { ListenFailure } from '../../machines/sockets.ts';

export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code: ListenFailure;

  constructor(code: ListenFailure, message: string) {
    super(message);
    this.code = code;
  }
}

/** What the system says of a shortage that any socket may meet. */
export const SHORTAGES: Readonly<Record<string, string>> = {
  EMFILE: 'this process has too many open files; raise its limit (ulimit -n, LimitNOFILE=)',
  ENFILE: 'the whole system has too many open files; try again later',
};

/** The name that the system has for an error: ENOENT. */
export function errnoOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}
