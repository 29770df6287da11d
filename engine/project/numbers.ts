/** The numbers of a project, by which it is told from what it was. */

export interface ProjectNumbers {
  /**
   * Of what it is now: another one with every edit, and the one from before when the edit is
   * undone.
   */
  revision: number;
  /** The highest that there was. */
  last_revision: number;
  /** The revision that was saved, loaded or made last. */
  kept_revision: number;
  /** Grows when another document comes in place of this one. */
  document_number: number;
  /** Grows with all that a record has to tell of. */
  stamp: number;
}

export function newNumbers(): ProjectNumbers {
  return {
    ...{ revision: 0, last_revision: 0, kept_revision: 0 },
    ...{ document_number: 0, stamp: 0 },
  };
}
