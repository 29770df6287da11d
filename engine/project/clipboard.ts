/**
 * What was copied last, for any project of the daemon to paste. Each engine has one; the main
 * thread hands what one engine copies to the others (`AnswerWithJobs.clipboard`).
 */

import { Volume, type VolumeSnapshot } from '../volume/volume.ts';

export class Clipboard {
  #volume = new Volume();
  #copied = false;

  /** Not to be written. */
  get volume(): Volume {
    return this.#volume;
  }

  copy(volume: Volume): void {
    this.#volume = volume;
    this.#copied = true;
  }

  /** Runs an edit; when it throws, nothing was copied. */
  transact<T>(edit: () => T): T {
    const [volume, copied] = [this.#volume, this.#copied];
    try {
      return edit();
    } catch (error) {
      this.#volume = volume;
      this.#copied = copied;
      throw error;
    }
  }

  /** What was copied since this was asked last; nothing when nothing was. */
  takeCopied(): VolumeSnapshot | undefined {
    if (!this.#copied) return undefined;
    this.#copied = false;
    return this.#volume.snapshot();
  }

  /** Takes over what another engine copied. */
  receive(snapshot: VolumeSnapshot): void {
    this.#volume = Volume.of(snapshot);
  }
}
