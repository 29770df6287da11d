/** What one connection may ask of the transport; `conf/schema.ts` has the figures and reasons. */

import type { Config } from '../conf/schema.ts';

/** Those of framing. */
export type FramingLimits = Pick<
  Config['limits'],
  'frame_bytes_max' | 'header_bytes_max' | 'depth_max'
>;

export type Limits = Pick<
  Config['limits'],
  'frame_bytes_max' | 'header_bytes_max' | 'depth_max' | 'batch_length_max' | 'job_timeout_ms'
>;

/**
 * Where limits are read: a configuration, or the part of one. They may be replaced while a
 * connection is open, so that `limits` is read at each use and never kept.
 */
export interface Limited<L = Limits> {
  readonly limits: L;
}

/** The same where requests are read. */
export interface ReaderConfig extends Limited {
  readonly transport: Pick<Config['transport'], 'strict'>;
}
