/**
 * Managed renders: pictures that the daemon names and removes, for clients that ask for a file and
 * name none. The thread that draws one names and writes it; the main thread says where, and keeps
 * the list of them (`actors/renders/`).
 *
 * A name is `render_CREATED_EXPIRES_RANDOM.png`, both times in seconds of Unix time, so that any
 * daemon that works in the directory can tell when a file that nobody knows any more has had its
 * time; and no two have the same.
 */

import { randomBytes } from 'node:crypto';

/** Where they are put, and under which bounds. */
export interface RendersPlace {
  /** As clients are told of it. */
  readonly directory: string;
  /** Without links; what is there is a directory of ours. */
  readonly real: string;
  readonly ttl_ms: number;
  /** Of those of one request, since all have to fit. */
  readonly bytes_max: number;
}

/** One of them, as replies tell of it; times are Unix seconds. */
export interface ManagedRender {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  readonly format: string;
  readonly dimensions: { readonly width: number; readonly height: number };
  /** Of the file: `sha256:` and 64 hexadecimal digits. */
  readonly checksum: string;
  readonly created_at: number;
  readonly expires_at: number;
}

const EXTENSIONS = { png: 'png', jpeg: 'jpg' } as const;

export function renderName(
  created_at: number,
  expires_at: number,
  format: keyof typeof EXTENSIONS,
): string {
  const random = randomBytes(8).toString('hex');
  return `render_${created_at}_${expires_at}_${random}.${EXTENSIONS[format]}`;
}

const NAME = /^render_\d{1,12}_(\d{1,12})_[0-9a-f]{16}\.(?:png|jpg)$/;

/** When the time of a file is over; nothing for a name that is none of a managed render. */
export function expiryOf(name: string): number | undefined {
  const [, expires_at] = NAME.exec(name) ?? [];
  return expires_at === undefined ? undefined : Number(expires_at);
}
