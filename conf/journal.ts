/** The journal, of the configuration; `schema.ts` is the whole. */

import { GIB, HOUR_MS, MIB, section } from './section.ts';
import { Type } from './type.ts';

const SYNCS = ['always', 'interval', 'never'] as const;

export const journal = section('What is kept of projects on the disk, so that no edit is lost.', {
  sync: Type.Enum(SYNCS, {
    default: 'always',
    live: true,
    title: `one of ${SYNCS.join(', ')}`,
    description:
      'When an edit is on the disk. always: before it is answered, so that not even a power cut' +
      ' takes what was acknowledged; interval: sync_interval_ms later at most, so that a power' +
      ' cut takes as much, and a crash of the daemon nothing; never: when the system writes it.',
  }),
  sync_interval_ms: Type.Integer({
    default: 1000,
    live: true,
    minimum: 10,
    maximum: HOUR_MS,
    description: 'With sync: interval, the time after which an edit is on the disk.',
  }),
  sync_timeout_ms: Type.Integer({
    default: 30_000,
    live: true,
    minimum: 1000,
    maximum: HOUR_MS,
    description:
      'Time after which a disk that does not answer has failed: the projects that wait for it are' +
      ' read only until they are saved elsewhere. A busy disk may take some seconds.',
  }),
  full_retry_ms: Type.Integer({
    default: 1000,
    live: true,
    minimum: 10,
    maximum: HOUR_MS,
    description:
      'Between two looks whether a disk that was full has room again. Until then the projects' +
      ' that had no room are read only.',
  }),
  op_ids_max: Type.Integer({
    default: 10_000,
    live: false,
    minimum: 0,
    maximum: 1_000_000,
    description:
      'Edits with an op_id that are remembered of each project, so that none is made twice when' +
      ' it is sent again; the oldest are forgotten. A million take some 200 MB of memory.',
  }),
  op_results_bytes_max: Type.Integer({
    default: 16 * MIB,
    live: false,
    minimum: 0,
    maximum: GIB,
    description:
      'Bytes of their results, in each project, so that an edit that is sent again gets the one' +
      ' it got first. The oldest go first: then it is told that it was carried out.',
  }),
  directory: Type.String({
    default: '',
    live: false,
    title: 'a text',
    path: true,
    description:
      'Where projects are kept, in a directory "projects" below it, for its user alone. Empty is' +
      ' working_directory where that is set, and else $XDG_STATE_HOME/goxel-supervisor. One' +
      ' daemon at a time may have it.',
  }),
  ephemeral: Type.Boolean({
    default: false,
    live: false,
    description:
      'Whether nothing is kept on the disk: projects last as long as the daemon. They outlive the' +
      ' death of an engine all the same.',
  }),
});
