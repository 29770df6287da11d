/** How large a file of glTF can be, asked before anything of it is made. */

import { GoxError } from '../../../conf/errors.ts';

export class Limit {
  readonly #format: string;
  readonly #bytes_max: number;
  #bytes = 0;

  /** @param bytes_max of vertices, indices and pictures together */
  constructor(format: string, bytes_max: number) {
    this.#format = format;
    this.#bytes_max = bytes_max;
  }

  /** Takes bytes that the file will have. Throws GOX_FORMAT_LIMIT when they are too many. */
  count(bytes: number): void {
    this.#bytes += bytes;
    this.check(this.#bytes);
  }

  /** Whether there can be so many. */
  allows(bytes: number): boolean {
    return bytes <= this.#bytes_max;
  }

  /** Throws the same when the file will have more. */
  check(bytes: number): void {
    if (this.allows(bytes)) return;
    const bytes_max = this.#bytes_max;
    const other = this.#format === 'gltf' ? ', as .glb, which holds more,' : '';
    const message =
      `A .${this.#format} file holds at most ${bytes_max} bytes of meshes, and this model has` +
      ` more. Write it with mesh "greedy"${other} or a few layers at a time by "layers".`;
    throw new GoxError('GOX_FORMAT_LIMIT', message, { bytes_max });
  }
}
