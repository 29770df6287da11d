/** The errors of journals and of a change of process, as `error-catalogue.ts` has the others. */

import type { ErrorEntry } from './error-entry.ts';

export const JOURNAL_ERRORS = {
  GOX_REQUEST_QUARANTINED: {
    number: -32051,
    retryable: false,
    meaning:
      'The thread of its engine died each time that it ran the request, so it is given up. ' +
      'Nothing of it was done, and nothing else was lost.',
    advice: 'Do not send it again as it is; report it, with the file that the message names.',
    details: '`method`, `deaths`, `path`',
  },
  GOX_JOURNAL_DAMAGED: {
    number: -32052,
    retryable: false,
    meaning:
      'The journal of the project is damaged in the middle: what was on the disk cannot be read. ' +
      'The project is read only, as it was before the damage.',
    advice: 'Look at the file with `goxel-supervisor journal`, and mend it with the named command.',
    details: '`project`, `path`, `offset`, `command`',
  },
  GOX_JOURNAL_FAILED: {
    number: -32053,
    retryable: false,
    meaning:
      'The journal of the project could not be written. The edit was not made, and the project ' +
      'is read only until it is saved elsewhere.',
    advice:
      'Save the project to a file on another disk, and look at the disk of the journal. Close ' +
      'the project then and load the file: it gets a new journal.',
    details: '`project`, `path`',
  },
  GOX_JOURNAL_FULL: {
    number: -32054,
    retryable: true,
    meaning:
      'There is no room on the disk for the journal of the project. The edit was not made, and ' +
      'the project is read only until there is room.',
    advice: 'Make room on the disk of the journal; the project can be edited again by itself then.',
    details: '`project`, `path`, `retry_after_ms`',
  },
  GOX_OP_MISMATCH: {
    number: -32055,
    retryable: false,
    meaning: 'The `op_id` was sent before with another request. Nothing was done.',
    advice: 'Give each edit an `op_id` of its own; send the same only to repeat the same request.',
    details: '`project`, `op_id`',
  },
  GOX_OP_RESULT_GONE: {
    number: -32056,
    retryable: false,
    meaning:
      'The edit of this `op_id` was carried out when it was first sent, and was not done again. ' +
      'Its result was too large to be kept, or had to make room for newer ones.',
    advice: 'Go on, for it is done; what the result told can be read from the project.',
    details: '`op_id`, `sequence`',
  },
  GOX_UPGRADE: {
    number: -32060,
    retryable: true,
    meaning:
      'No other process has taken the place of this daemon: it cannot be, or the other one did ' +
      'not come up. The daemon goes on as before, and no client notices anything.',
    advice:
      'See what the message, and the last lines of the other process in `talk`, say is wrong.',
    details: '`exit_code` of the other process; `talk`: the last lines of its standard error',
  },
  GOX_PROJECT_UNREADABLE: {
    number: -32057,
    retryable: false,
    meaning:
      'The project is kept on the disk and cannot be read from there. Nothing of it was changed ' +
      'or removed; the other projects are served.',
    advice:
      'See why in the message, and look with `goxel-supervisor journal`. It is tried again when ' +
      'it is asked for again; closing it removes it.',
    details: '`project`, `path`',
  },
} as const satisfies Record<string, ErrorEntry>;
