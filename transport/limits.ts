/**
 * What one connection may ask of the transport. The configuration owns the values; the figures below
 * are its defaults, with their reasons.
 */
export interface Limits {
  /**
   * Bytes of one frame, 16 MiB: a batch of some 300 000 voxels, the largest edit seen in the field,
   * with room to spare, yet 64 connections that each leave one half sent stay at 1 GiB.
   */
  readonly frame_bytes_max: number;
  /** Bytes of one block of `Content-Length` headers, 4096: ten times what any client sends. */
  readonly header_bytes_max: number;
  /** Brackets open at once, counted from the frame's outermost, 64: parsers recurse, stacks end. */
  readonly depth_max: number;
  /** Requests in one batch, 1000: its replies are held until the last of them is there. */
  readonly batch_length_max: number;
}
