/**
 * What a connection writes to: a socket, an event stream, standard output, or what a test has
 * brought. Whoever gives one knows how bytes leave; who writes to it (`replies.ts`) knows only
 * whether they do.
 */
export interface Output {
  /** Whether what is written still goes anywhere. */
  readonly writable: boolean;
  /** Bytes that were written and that the other side has not taken yet. */
  readonly unread_bytes: number;
  /**
   * Writes some pieces behind each other, as one write if it can. They are kept, not copied, and
   * must not change any more. `written` is called later, never at once: for each piece that the
   * other side has taken, or that nobody will take any more.
   */
  write(pieces: readonly Uint8Array[], written: () => void): void;
  /** Ends it when all that was written has been taken. */
  end(): void;
}
