/**
 * Whether there are descriptors left for another client. When there are none, libuv accepts who
 * waits and closes at once, and neither side hears why; so the last few are for saying it.
 */

import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { GoxError } from '../../conf/errors.ts';
import { limitsNow } from '../process/resource-limits.ts';
import { spaced } from '../spaced.ts';

/** Left for those who are being told, and for the files of requests that are under way. */
const SPARE = 16;
/** Of these, for who is told nothing. */
const LAST = 4;
/** The limit may be raised, or lowered, while the process runs. */
const READ_MS = 1000;
const SAID_MS = 1000;

export class Descriptors {
  readonly #note: (open_files: number) => void;
  readonly #limit: () => number | undefined;
  #known: number | undefined;
  #reads_ms = 0;
  #turned_away = 0;

  constructor(
    log: Pick<Logger, 'warn'>,
    limit: () => number | undefined = () => limitsNow().files?.soft,
  ) {
    this.#limit = limit;
    this.#note = spaced(SAID_MS, (open_files: number) =>
      log.warn(
        { open_files, turned_away: this.#turned_away },
        'too few file descriptors are left for another client; raise the limit: ulimit -n, ' +
          'LimitNOFILE of the unit',
      ),
    );
  }

  /** Whether a client may come in; else it is told why by `say`, or cut when that is too dear. */
  admit(socket: Socket, say: (socket: Socket, why: GoxError) => void): boolean {
    const fd = descriptorOf(socket);
    const limit = fd === undefined ? undefined : this.#limitNow();
    if (fd === undefined || limit === undefined || fd < limit - SPARE) return true;
    this.#turned_away += 1;
    this.#note(limit);
    if (fd < limit - LAST) say(socket, tooManyFiles(limit));
    else socket.destroy();
    return false;
  }

  #limitNow(): number | undefined {
    const now_ms = performance.now();
    if (now_ms < this.#reads_ms) return this.#known;
    this.#reads_ms = now_ms + READ_MS;
    // Reading it takes a descriptor, too.
    this.#known = this.#limit() ?? this.#known;
    return this.#known;
  }
}

/** The system gives the lowest number that is free: a high one says that few are. */
function descriptorOf(socket: Socket): number | undefined {
  const { _handle } = socket as { readonly _handle?: { readonly fd?: unknown } | null };
  const fd = _handle?.fd;
  return typeof fd === 'number' && fd >= 0 ? fd : undefined;
}

function tooManyFiles(limit: number): GoxError {
  const text = `The daemon may have ${limit} files and sockets open; the last are for itself.`;
  return new GoxError('GOX_TOO_MANY_CONNECTIONS', text, { limit });
}
