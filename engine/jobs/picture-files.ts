/** Pictures as files that clients are told the facts of: where they say, or as managed renders. */

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { overLimit } from '../../conf/errors.ts';
import { type ManagedRender, type RendersPlace, renderName } from '../port/renders.ts';
import type { Files } from '../project/files.ts';
import type { StagedFiles } from '../project/staged-files.ts';

/** A file as its client is told of it; one that the client has named is its own, and stays. */
export type FileFacts = Omit<ManagedRender, 'expires_at'> & { readonly expires_at?: number };

export interface PictureFilesOptions {
  readonly format: 'png' | 'jpeg';
  readonly files: Files;
  /** Of managed renders; without it there are none. */
  readonly place?: RendersPlace | undefined;
}

/** The pictures of one request, all of which are put in place or none. */
export class PictureFiles {
  readonly facts: FileFacts[] = [];
  readonly #format: 'png' | 'jpeg';
  readonly #place: RendersPlace | undefined;
  readonly #staged: StagedFiles;
  #bytes = 0;

  constructor({ format, files, place }: PictureFilesOptions) {
    this.#format = format;
    this.#place = place;
    const there = place === undefined ? files : files.within(place.directory, place.real);
    this.#staged = there.stage();
  }

  /** Those that the daemon is to keep, and to remove. */
  get managed(): ManagedRender[] {
    return this.facts.flatMap(({ expires_at, ...fact }) =>
      expires_at === undefined ? [] : [{ ...fact, expires_at }],
    );
  }

  /**
   * Writes a picture beside its place. Throws GOX_RENDERS_FULL, and as `Files.write`.
   *
   * @param path that the client has named; without one it is a managed render
   */
  add(image: Uint8Array, width: number, height: number, path: string | undefined): void {
    const size = image.length;
    const created_at = Math.floor(Date.now() / 1000);
    const { path: place, ...expiry } = path === undefined ? this.#name(size, created_at) : { path };
    this.#staged.add(place, [image]);
    const checksum = `sha256:${createHash('sha256').update(image).digest('hex')}`;
    const about = { size, format: this.#format, dimensions: { width, height }, checksum };
    this.facts.push({ path: place, ...about, created_at, ...expiry });
  }

  /** Puts them all in place. Throws as `StagedFiles.commit`. */
  commit(): void {
    this.#staged.commit();
  }

  /** Removes what is not in place. Due after all else. */
  discard(): void {
    this.#staged.discard();
  }

  /** Of a managed render. */
  #name(size: number, created_at: number): Pick<ManagedRender, 'path' | 'expires_at'> {
    const place = this.#place;
    if (place === undefined) throw new Error('a managed render that nobody has a place for');
    const { directory, bytes_max, ttl_ms } = place;
    this.#bytes += size;
    if (this.#bytes > bytes_max) throw tooLarge(this.#bytes, bytes_max);
    const expires_at = created_at + Math.ceil(ttl_ms / 1000);
    const name = renderName(created_at, expires_at, this.#format);
    return { path: join(directory, name), expires_at };
  }
}

function tooLarge(bytes: number, bytes_max: number) {
  const key = 'renders.bytes_max';
  const message = `The picture has ${bytes} bytes; ${key} allows ${bytes_max} for all of them.`;
  return overLimit('GOX_RENDERS_FULL', message, { key, bytes, bytes_max });
}
