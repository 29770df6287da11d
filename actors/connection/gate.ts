/**
 * What a connection that must show a token may do before it has: show one. All else is answered
 * with an error and not run, and there is little of it: whoever sends more than `STRIKES_MAX`
 * requests, a longer batch, a message of more than 64 KiB (`socket.ts`), or what is no message, is
 * closed.
 *
 * Who tries tokens gets far with nothing: the answer to a wrong one is held back for `HELD_MS`, in
 * which no other is looked at, and the third closes the connection. So all places that the daemon
 * has together serve a few tries a second, of tokens that have some 95 bits.
 */

import { GoxError } from '../../conf/errors.ts';
import { authenticate } from '../../engine/catalogue/access.ts';
import { findMethod } from '../../engine/catalogue/methods.ts';
import { decodeParams } from '../../engine/catalogue/params.ts';
import type { Params } from '../../engine/catalogue/spec.ts';
import type { Invalid, Request } from '../../transport/jsonrpc.ts';
import type { KnownToken, Tokens } from '../../transport/tokens.ts';
import { decoded } from '../../transport/values.ts';
import type { ServiceClock } from '../service-clock.ts';
import { strangerCrowdedOut, tokenRefused, unauthenticated } from './refusals.ts';

const STRIKES_MAX = 16;
const WRONG_TOKENS_MAX = 3;
const HELD_MS = 1000;

export interface GateDeps {
  readonly tokens: Tokens;
  readonly clock: Pick<ServiceClock, 'setTimeout' | 'clearTimeout'>;
  /** Hears of wrong tokens; `connection` is its number. */
  readonly onTokenRefused: (connection: string, address: string) => void;
}

export class Gate {
  readonly #deps: GateDeps;
  readonly #connection: string;
  readonly #address: string;
  #strikes = 0;
  #wrong = 0;
  /** The answer to a wrong token waits. */
  #holding = false;
  #over = false;

  /** @param address where the client is, for the log */
  constructor(deps: GateDeps, connection: string, address: string) {
    this.#deps = deps;
    this.#connection = connection;
    this.#address = address;
  }

  /** Whether the connection has had its chances. */
  get over(): boolean {
    return this.#over;
  }

  /** Why a batch is not even looked at, if it is not. */
  refusalOfBatch(length: number): GoxError | undefined {
    if (length <= STRIKES_MAX) return undefined;
    this.#over = true;
    return strangerCrowdedOut(`batches of ${STRIKES_MAX} requests at the most`);
  }

  /** What cannot be read as a message at all ends the connection. */
  end(): void {
    this.#over = true;
  }

  /**
   * The token that a request shows; undefined when it is not known, to be answered by `hold`.
   *
   * @throws GoxError for every other request
   */
  check(request: Request | Invalid): KnownToken | undefined {
    if (request.kind === 'invalid') throw this.#strike(request.error);
    if (findMethod(request.method)?.spec !== authenticate || this.#holding) {
      throw this.#strike(unauthenticated());
    }
    const { tokens, onTokenRefused } = this.#deps;
    const known = tokens.find(this.#tokenOf(request));
    if (known === undefined) {
      this.#wrong += 1;
      this.#over ||= this.#wrong >= WRONG_TOKENS_MAX;
      this.#holding = true;
      onTokenRefused(this.#connection, this.#address);
    }
    return known;
  }

  /** Rejects with the answer to a wrong token when it is time, or when nobody waits for it. */
  hold(signal: AbortSignal): Promise<never> {
    const { clock } = this.#deps;
    return new Promise((_, reject) => {
      const timer = clock.setTimeout(() => {
        this.#holding = false;
        reject(tokenRefused(WRONG_TOKENS_MAX - this.#wrong));
      }, HELD_MS);
      signal.addEventListener('abort', () => {
        clock.clearTimeout(timer);
        reject(signal.reason);
      });
    });
  }

  #tokenOf({ params, encoding, meta }: Request): string {
    try {
      if (meta instanceof GoxError) throw meta;
      const named = decodeParams(authenticate, decoded(params, encoding));
      return (named as Params<typeof authenticate>).token;
    } catch (error) {
      throw error instanceof GoxError ? this.#strike(error) : error;
    }
  }

  /** One request more that showed no token. */
  #strike(error: GoxError): GoxError {
    this.#strikes += 1;
    if (this.#strikes <= STRIKES_MAX) return error;
    this.#over = true;
    return strangerCrowdedOut(`${STRIKES_MAX} requests at the most`);
  }
}
