/** Pictures that the daemon keeps for a while, of the configuration; `schema.ts` is the whole. */

import { GIB, HOUR_MS, KIB, section } from './section.ts';
import { Type } from './type.ts';

const DAY_MS = 24 * HOUR_MS;

export const renders = section(
  'Managed renders: pictures for which a client asks with return_mode "file_path" and without a' +
    ' path, which the daemon names and removes.',
  {
    directory: Type.String({
      default: '',
      live: true,
      title: 'a text',
      path: true,
      description:
        'Where they are. Made with the first of them, for those who may use the Unix socket;' +
        ' refused when it is a link, another user owns it or everybody may change what is in it.' +
        ' Empty is renders in working_directory where that is set, and else goxel_renders-UID in' +
        ' $TMPDIR.',
    }),
    ttl_ms: Type.Integer({
      default: HOUR_MS,
      live: true,
      minimum: 1000,
      maximum: 3650 * DAY_MS,
      description:
        'How long each is kept. Long enough for a client that comes back for it; who wants to' +
        ' keep it copies it.',
    }),
    bytes_max: Type.Integer({
      default: GIB,
      live: true,
      minimum: KIB,
      maximum: 1024 * GIB,
      description:
        'Bytes of all of them together. The oldest make room for a new one, but not those of the' +
        ' last seconds, which their clients still read: then the new one is refused.',
    }),
    files_max: Type.Integer({
      default: 4096,
      live: true,
      minimum: 1,
      maximum: 1_000_000,
      description:
        'How many there are at most, in the same way; each takes half a KB of memory, and a reply' +
        ' of goxel.list_renders has all of them.',
    }),
    cleanup_interval_ms: Type.Integer({
      default: 300_000,
      live: true,
      minimum: 100,
      maximum: DAY_MS,
      description:
        'How often those are removed whose time is over, among them what a daemon left that was' +
        ' killed.',
    }),
  },
);
