/**
 * The files that a script writes. A script that fails changes nothing, and that is true of files
 * too: what it saves is kept until it has ended, then written beside the places, and put there only
 * once its edit is made. Nothing is opened while the script runs, since its end by force would run
 * no `finally`.
 */

import { GoxError } from '../../conf/errors.ts';
import { documentAround } from '../document/around.ts';
import { formatFor } from '../formats/index.ts';
import { keepsOf, tellLosses } from '../formats/keeps.ts';
import { asResult, Report, type Warning } from '../formats/report.ts';
import { checkInterrupt } from '../interrupt.ts';
import type { ScriptFiles } from '../script/host.ts';
import type { Block } from '../volume/stored-block.ts';
import type { Volume } from '../volume/volume.ts';
import type { Files } from './files.ts';
import type { StagedFiles } from './staged-files.ts';

/** A file that was written, by its absolute path. */
interface Written {
  readonly path: string;
  readonly bytes: number;
  readonly warnings?: Warning[];
}

/** Files of one script; the directory of each may be held open. */
const FILES_MAX = 1000;

interface SavedVolume {
  readonly path: string;
  readonly volume: Volume;
  readonly format: string | undefined;
}

type Save = { readonly path: string; readonly bytes: Uint8Array } | SavedVolume;

export class ScriptSaves implements ScriptFiles {
  readonly #files: Files;
  readonly #bytes_max: number;
  readonly #saves: Save[] = [];
  /** The blocks that are kept; volumes share most of theirs. */
  readonly #blocks = new Set<Block>();
  #bytes = 0;

  /** @param bytes_max of all that is kept until the script has ended */
  constructor(files: Files, bytes_max: number) {
    this.#files = files;
    this.#bytes_max = bytes_max;
  }

  /** Throws GOX_PATH_REFUSED, GOX_MEMORY_LIMIT and GOX_SCRIPT_FAILED. */
  write(path: string, bytes: Uint8Array): void {
    this.#keep({ path, bytes }, bytes.length);
  }

  /** Throws GOX_FORMAT_UNKNOWN as well. The volume is kept, and must not change any more. */
  save(path: string, volume: Volume, name: string): void {
    const format = name === '' ? undefined : name;
    writerOf(path, format);
    let bytes = 0;
    for (const { block } of volume.blocks()) {
      if (this.#blocks.has(block)) continue;
      this.#blocks.add(block);
      bytes += block.bytes;
    }
    this.#keep({ path, volume, format }, bytes);
  }

  /** Writes everything beside its place, in the order of the script. Throws as `Files.write`. */
  stage(staged: StagedFiles): Written[] {
    return this.#saves.map((save) => {
      checkInterrupt();
      const path = this.#files.absolute(save.path);
      const report = new Report();
      const chunks = 'bytes' in save ? [save.bytes] : piecesOf(save, report);
      const bytes = staged.add(path, chunks);
      return { path, bytes, ...asResult(report.warnings()) };
    });
  }

  #keep(save: Save, bytes: number): void {
    this.#files.requireInside(save.path);
    if (this.#saves.length >= FILES_MAX) {
      throw new GoxError('GOX_SCRIPT_FAILED', `A script may write at most ${FILES_MAX} files.`);
    }
    const bytes_max = this.#bytes_max;
    if (this.#bytes + bytes > bytes_max) {
      const message = `What the script saves would take more than ${bytes_max} bytes.`;
      throw new GoxError('GOX_MEMORY_LIMIT', message, { bytes_max });
    }
    this.#bytes += bytes;
    this.#saves.push(save);
  }
}

/** A file of a volume, and what it cannot hold of this. */
function* piecesOf({ path, volume, format }: SavedVolume, report: Report): Generator<Uint8Array> {
  const document = documentAround(volume);
  const { name, write } = writerOf(path, format);
  yield* write(document, { report });
  tellLosses(document, name, keepsOf(name, undefined, true), report);
}

function writerOf(path: string, name: string | undefined) {
  const format = formatFor(path, name);
  const { write } = format;
  if (write !== undefined) return { name: format.name, write };
  const message = `The format "${format.name}" cannot be written.`;
  throw new GoxError('GOX_FORMAT_UNKNOWN', message, { path, format: format.name });
}
