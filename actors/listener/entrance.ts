/**
 * The way of a connection over TCP from its arrival to the door: not too often from one address,
 * and through TLS first where there is a certificate. What comes over a Unix socket does not come
 * by here.
 */

import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { GoxError } from '../../conf/errors.ts';
import type { Config } from '../../conf/schema.ts';
import { addressOf, RateLimit } from '../../machines/rate-limit.ts';
import type { Descriptors } from './descriptors.ts';
import type { Farewell } from './farewell.ts';
import { Handshakes } from './handshakes.ts';
import type { TlsMaterial } from './tls-files.ts';

export interface EntranceDeps {
  readonly config: Config;
  readonly log: Logger;
  readonly farewell: Farewell;
  readonly descriptors: Pick<Descriptors, 'admit'>;
  readonly arrived: (socket: Socket) => void;
}

export class Entrance {
  readonly #deps: EntranceDeps;
  readonly #rate: RateLimit;
  #handshakes: Handshakes | undefined;

  constructor(deps: EntranceDeps) {
    this.#deps = deps;
    this.#rate = new RateLimit(deps.config);
  }

  /** TLS for who connects from now on, or none. */
  secure(material: TlsMaterial | undefined): void {
    if (material === undefined) {
      this.#handshakes?.end();
      this.#handshakes = undefined;
    } else if (this.#handshakes !== undefined) this.#handshakes.renew(material);
    else this.#handshakes = this.#handshakesWith(material);
  }

  figures(): Readonly<Record<string, number>> {
    const { refused, addresses } = this.#rate;
    return { rate_refused: refused, addresses, ...this.#handshakes?.figures() };
  }

  enter(socket: Socket): void {
    const { remoteAddress } = socket;
    if (remoteAddress === undefined) {
      socket.destroy();
      return;
    }
    if (!this.#deps.descriptors.admit(socket, (one, why) => this.#say(one, why))) return;
    const address = addressOf(remoteAddress);
    const refused = this.#rate.admit(address, performance.now());
    if (refused === undefined) {
      this.#pass(socket);
      return;
    }
    const { retry_after_ms, first } = refused;
    const refusal = tooOften(address, retry_after_ms);
    if (first) {
      const text = 'an address connects too often; it is turned away for a while';
      this.#deps.log.warn({ address, retry_after_ms }, text);
    }
    if (this.#handshakes === undefined) this.#deps.farewell.say(socket, refusal);
    // A handshake is dear, and what it is to spare would be spent on it: once a wait is enough.
    else if (first) this.#handshakes.begin(socket, refusal);
    else socket.destroy();
  }

  /** Who wants TLS would understand nothing before the handshake, which is dear. */
  #say(socket: Socket, why: GoxError): void {
    if (this.#handshakes === undefined) this.#deps.farewell.say(socket, why);
    else socket.destroy();
  }

  /** Cuts who has not come in yet. */
  end(): void {
    this.#handshakes?.end();
  }

  #pass(socket: Socket): void {
    if (this.#handshakes === undefined) this.#deps.arrived(socket);
    else this.#handshakes.begin(socket);
  }

  #handshakesWith(material: TlsMaterial): Handshakes {
    const { log, farewell, arrived } = this.#deps;
    return new Handshakes(material, {
      secured: (socket, refusal) => {
        if (refusal === undefined) arrived(socket);
        else farewell.say(socket, refusal);
      },
      failed: (reason) => log.debug({ reason }, 'a TLS handshake failed'),
    });
  }
}

function tooOften(address: string, retry_after_ms: number): GoxError {
  const text = `${address} opened more connections than security.connections_per_second allows.`;
  return new GoxError('GOX_RATE_LIMITED', text, { retry_after_ms });
}
