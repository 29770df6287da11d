/** Variables that the C daemon read, with the keys that they set here. */

interface OriginalVariable {
  readonly key: string;
  /** By which a number is multiplied: the original counted times in seconds. */
  readonly factor: number;
}

const SECOND_MS = 1000;

/** One of our own for the same key comes before it. */
export const ORIGINAL_VARIABLES: ReadonlyMap<string, OriginalVariable> = new Map(
  Object.entries({
    GOXEL_RENDER_DIR: { key: 'renders.directory', factor: 1 },
    GOXEL_RENDER_TTL: { key: 'renders.ttl_ms', factor: SECOND_MS },
    GOXEL_RENDER_MAX_SIZE: { key: 'renders.bytes_max', factor: 1 },
    GOXEL_RENDER_CLEANUP_INTERVAL: { key: 'renders.cleanup_interval_ms', factor: SECOND_MS },
  }),
);
