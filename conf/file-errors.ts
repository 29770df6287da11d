/** The errors of files and their formats, as `error-catalogue.ts` has the others. */

import type { ErrorEntry } from './error-entry.ts';

export const FILE_ERRORS = {
  GOX_PATH_REFUSED: {
    number: -32014,
    retryable: false,
    meaning: 'The path leads out of the directories that clients may use.',
    advice:
      'Use a path below one of files.roots of the configuration; for a heap snapshot, below ' +
      'dump.directory.',
    details: '`path`, `roots`',
  },
  GOX_FILE: {
    number: -32015,
    retryable: false,
    meaning:
      'The system refuses the file, or it is no regular file, or it is larger than ' +
      '`limits.file_bytes_max`.',
    advice: 'Check that the path exists and that the daemon may read or write it.',
    details:
      '`path`, unless the file came in the request; `errno`: the name of the error of the' +
      ' system, as `ENOENT`; `retryable`: true for' +
      ' a shortage that passes; for a large one `key`, `bytes`, `bytes_max`; `written`: files ' +
      'that were put in place before this one failed',
  },
  GOX_FORMAT_UNKNOWN: {
    number: -32016,
    retryable: false,
    meaning:
      'No format has this name or extension, or it can be read but not written, or the other ' +
      'way round; or the file holds something else than its name says, which is not read.',
    advice: 'Give a file name with a supported extension, or the format parameter.',
    details: '`path`, `format`, `supported`',
  },
  GOX_FORMAT_BROKEN: {
    number: -32017,
    retryable: false,
    meaning: 'The content of a file is not as its format says. Nothing of it was loaded.',
    advice: 'Open the file in the program that wrote it, and save it again or in another format.',
    details: '`file`; where the damage is: `chunk`, `offset` in bytes, `line`',
  },
  GOX_FORMAT_LIMIT: {
    number: -32018,
    retryable: false,
    meaning:
      'The model has more voxels, colours, triangles or a larger side than the format can hold;' +
      ' or a file names more files, or has a larger palette, than is read.',
    advice: 'The model does not fit into that format; choose another one or crop the model.',
    details:
      'what it has and the most there may be: `size`, `min`, `max`, `colors_max`, `bytes_max`, ' +
      '`triangles_max` ...',
  },
  GOX_FORMAT_UNSUPPORTED: {
    number: -32026,
    retryable: false,
    meaning: 'The file is sound, but needs a part of its format that is not known here.',
    advice: 'Save the file without what the message names, or convert it in another program.',
    details: '`file`, `extension`',
  },
  GOX_EMPTY: {
    number: -32061,
    retryable: false,
    meaning:
      'A file that holds something was read, and no voxel came of it. Only `convert` says so.',
    advice: 'For a mesh, try a larger --size; --allow-empty writes a file without voxels.',
    details: '`path`, `warnings` of the reading',
  },
  GOX_STRICT: {
    number: -32059,
    retryable: false,
    meaning:
      'The file could be read or written with warnings (`WARNINGS.md`) only, and `strict` was' +
      ' asked for. Nothing was changed.',
    advice: 'Mend what the warnings tell, or leave `strict` out.',
    details: '`path`, `warnings` as results have them',
  },
} as const satisfies Record<string, ErrorEntry>;
