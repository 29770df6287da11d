/** What one connection may ask of the transport; `conf/schema.ts` has the figures and reasons. */

import type { Config } from '../conf/schema.ts';

export type Limits = Pick<
  Config['limits'],
  'frame_bytes_max' | 'header_bytes_max' | 'depth_max' | 'batch_length_max'
>;
