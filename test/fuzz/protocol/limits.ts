/** The limits that the daemon under test is given, small enough to be passed by every stream. */

export interface Limits {
  readonly frame_bytes_max: number;
  readonly depth_max: number;
  readonly batch_length_max: number;
  readonly partial_frame_timeout_ms: number;
}

export const LIMITS: Limits = {
  frame_bytes_max: 128 * 1024,
  depth_max: 32,
  batch_length_max: 40,
  // Longer than a busy machine takes between the pieces of one.
  partial_frame_timeout_ms: 4000,
};

/** Further settings: a place for every stream of a round, and little memory. */
export const SETTINGS: Readonly<Record<string, number | string>> = {
  ...Object.fromEntries(Object.entries(LIMITS).map(([key, value]) => [`limits.${key}`, value])),
  'performance.max_connections': 32,
  'limits.output_bytes_max': 256 * 1024,
  'limits.voxel_bytes_max': 64 * 1024 * 1024,
  // Else what can be undone is most of what it holds, after some million requests.
  'history.bytes_max': 64 * 1024 * 1024,
};
