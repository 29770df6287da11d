/** What the answers of a daemon to commands that control it mean. */

/** Whether an error is the answer of a daemon that stops and takes no more requests. */
export function isStopping(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'GOX_SHUTTING_DOWN';
}
