/**
 * The methods about managed renders: files that `goxel.render_scene` was asked for by
 * `return_mode: "file_path"` and without a path. Names and members are those of the v14 daemon.
 */

import { Type } from '../../conf/type.ts';
import { Count, described, Path, RealPath, Success } from './schemas.ts';
import { method } from './spec.ts';

const NOTHING = Type.Object({});

const Seconds = Type.Integer({ minimum: 0, description: 'Unix time in seconds.' });

const FILE = {
  path: RealPath,
  size: Type.Integer({ minimum: 0, description: 'In bytes.' }),
  format: Type.String({ description: 'png or jpeg.' }),
  dimensions: Type.Object({ width: Count, height: Count }),
  checksum: Type.String({ description: 'Of the file: `sha256:` and 64 hexadecimal digits.' }),
  created_at: Seconds,
};

export const RenderFile = Type.Object(
  {
    ...FILE,
    expires_at: Type.Optional(
      Type.Integer({
        description: 'When the daemon may remove it. It never removes one that a client named.',
      }),
    ),
  },
  { 'x-name': 'RenderFile', description: 'A picture in a file.' },
);

const ManagedRender = {
  ...FILE,
  expires_at: Seconds,
  session_id: Type.String({ description: 'Of the connection that asked for it.' }),
};

const Render = Type.Object(ManagedRender, { 'x-name': 'ManagedRender' });

/** As an example. */
const RENDER = {
  path: '/tmp/goxel_renders-1000/render_1790000000_1790003600_0badf00d0badf00d.png',
  size: 4312,
  format: 'png',
  dimensions: { width: 320, height: 200 },
  checksum: `sha256:${'0123456789abcdef'.repeat(4)}`,
  created_at: 1_790_000_000,
  expires_at: 1_790_003_600,
  session_id: '12',
};

const ONE = {
  scope: 'daemon',
  edits: false,
  params: Type.Object({ path: described(Path, 'As `file.path` of goxel.render_scene told it.') }),
  positional: ['path'],
  spellings: { file_path: 'path' },
  errors: ['GOX_RENDER_NOT_FOUND'],
} as const;

const ALL = {
  scope: 'daemon',
  edits: false,
  params: NOTHING,
  positional: [],
  errors: [],
} as const;

export const listRenders = method({
  ...ALL,
  name: 'goxel.list_renders',
  aliases: ['list_renders'],
  level: 'read',
  brief: 'Lists managed renders.',
  summary: 'Lists the managed renders that there are, the oldest first.',
  result: Type.Object({
    success: Success,
    count: Count,
    total_size: Type.Integer({ minimum: 0, description: 'Bytes of all of them.' }),
    renders: Type.Array(Render),
  }),
  examples: [
    {
      name: 'none yet',
      params: {},
      result: { success: true, count: 0, total_size: 0, renders: [] },
    },
  ],
});

export const getRenderInfo = method({
  ...ONE,
  name: 'goxel.get_render_info',
  aliases: ['get_render_info'],
  level: 'read',
  brief: 'Tells of one render.',
  summary: 'Tells the facts of a managed render.',
  result: Type.Object({
    success: Success,
    render: Render,
    file: Type.Object(
      { ...ManagedRender, ttl_remaining: Type.Integer({ minimum: 0, description: 'Seconds.' }) },
      { description: 'The same, and how long it will be there yet.' },
    ),
  }),
  examples: [
    {
      name: 'one that has a minute to go',
      params: { path: RENDER.path },
      result: { success: true, render: RENDER, file: { ...RENDER, ttl_remaining: 60 } },
    },
  ],
});

export const cleanupRender = method({
  ...ONE,
  name: 'goxel.cleanup_render',
  aliases: ['cleanup_render'],
  level: 'standard',
  brief: 'Removes a managed render.',
  summary: 'Removes a managed render. No other file is ever removed.',
  result: Type.Object({
    success: Success,
    message: Type.String(),
    freed_bytes: Count,
  }),
  errors: [...ONE.errors, 'GOX_FILE'],
  examples: [
    {
      name: 'one that is done with',
      params: { path: RENDER.path },
      result: { success: true, message: 'Render cleaned up successfully', freed_bytes: 4312 },
    },
  ],
});

export const cleanupExpired = method({
  ...ALL,
  name: 'goxel.cleanup_expired',
  aliases: ['cleanup_expired'],
  level: 'standard',
  brief: 'Removes expired renders.',
  summary: 'Removes the managed renders whose time is over; the daemon does so by itself as well.',
  result: Type.Object({
    success: Success,
    removed_count: Count,
    freed_bytes: Count,
  }),
  examples: [
    { name: 'none yet', params: {}, result: { success: true, removed_count: 0, freed_bytes: 0 } },
  ],
});

export const getRenderStats = method({
  ...ALL,
  name: 'goxel.get_render_stats',
  aliases: ['get_render_stats'],
  level: 'read',
  brief: 'Counts managed renders.',
  summary: 'Tells how many managed renders there are, what they take, and what was removed.',
  result: Type.Object({
    success: Success,
    stats: Type.Object({
      active_renders: Count,
      total_renders: Type.Integer({ minimum: 0, description: 'Ever, of this daemon.' }),
      total_cleanups: Type.Integer({ minimum: 0, description: 'How often it was looked.' }),
      current_cache_size: Type.Integer({ minimum: 0, description: 'Bytes.' }),
      max_cache_size: Type.Integer({ minimum: 0, description: 'renders.bytes_max.' }),
      cache_usage_percent: Type.Number({
        minimum: 0,
        description: 'A share, from 0 to 1, whatever its name says: so programs read it.',
      }),
      files_cleaned: Count,
      bytes_freed: Count,
      security_violations: Type.Integer({
        minimum: 0,
        description: 'Requests that named a path outside of the directory of renders.',
      }),
      cleanup_thread_active: Type.Boolean(),
      last_cleanup: Seconds,
      next_cleanup: Seconds,
      directory: Type.String(),
    }),
  }),
  examples: [{ name: 'as is', params: {} }],
});

export const RENDERS_METHODS = [
  ...[listRenders, getRenderInfo, cleanupRender, cleanupExpired, getRenderStats],
] as const;
