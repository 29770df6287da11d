/** What the catalogue of errors says of each. */

export interface ErrorEntry {
  /** The JSON-RPC `error.code`. */
  readonly number: number;
  /**
   * Whether the same request may succeed when sent again later; `retryable` of details tells too.
   */
  readonly retryable: boolean;
  /** What it means and when it comes; for the reference page. */
  readonly meaning: string;
  /** One sentence for the user: what to do. */
  readonly advice: string;
  /** The members of `details`, which are there as far as they are known; in Markdown. */
  readonly details?: string;
}
