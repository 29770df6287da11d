/**
 * The handshakes of TLS that are under way. A connection comes in when its handshake is done, and
 * takes a place only then; until that it holds one of a bounded number here, for a bounded time.
 * For one more than that the eldest goes: a handshake takes milliseconds, unless somebody does not
 * mean it.
 */

import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { GoxError } from '../../conf/errors.ts';
import type { TlsMaterial } from './tls-files.ts';

/** A client across the world with a lost packet or two is through by then. */
const HANDSHAKE_MS = 5000;
/** By the rate that one address may connect with, the eldest of so many had half a second. */
const HANDSHAKES_MAX = 64;

export interface HandshakesDeps {
  /** `refusal`: what was to be said to it. */
  readonly secured: (socket: TLSSocket, refusal: GoxError | undefined) => void;
  readonly failed: (reason: string) => void;
}

interface Handshake {
  readonly raw: Socket;
  readonly refusal: GoxError | undefined;
}

export class Handshakes {
  readonly #deps: HandshakesDeps;
  /** By their ends, which no other connection has at the time; the eldest first. */
  readonly #pending = new Map<string, Handshake>();
  #server: Server;
  #clients: boolean;
  #failed = 0;

  constructor(material: TlsMaterial, deps: HandshakesDeps) {
    this.#deps = deps;
    this.#clients = material.clients;
    this.#server = this.#serverOf(material);
  }

  figures(): { readonly handshakes: number; readonly handshakes_failed: number } {
    return { handshakes: this.#pending.size, handshakes_failed: this.#failed };
  }

  /** Certificates for handshakes that begin from now on. */
  renew(material: TlsMaterial): void {
    if (material.clients === this.#clients) {
      this.#server.setSecureContext(material.context);
      return;
    }
    this.#clients = material.clients;
    this.#server = this.#serverOf(material);
  }

  /** @param refusal to be said as soon as the client can read it */
  begin(raw: Socket, refusal?: GoxError): void {
    const ends = endsOf(raw);
    if (ends === undefined) {
      raw.destroy();
      return;
    }
    if (this.#pending.size >= HANDSHAKES_MAX) this.#cutEldest();
    this.#pending.set(ends, { raw, refusal });
    raw.once('close', () => {
      if (this.#pending.get(ends)?.raw === raw) this.#pending.delete(ends);
    });
    this.#server.emit('connection', raw);
  }

  /** Cuts all that are under way. */
  end(): void {
    for (const { raw } of this.#pending.values()) raw.destroy();
  }

  #serverOf({ context, clients }: TlsMaterial): Server {
    const server = createServer({
      ...context,
      ...{ requestCert: clients, rejectUnauthorized: clients },
      handshakeTimeout: HANDSHAKE_MS,
      ALPNProtocols: [],
      allowHalfOpen: true,
      minVersion: 'TLSv1.2',
    });
    server.on('secureConnection', (socket) => this.#secured(socket));
    server.on('tlsClientError', (error, socket) => {
      this.#failed += 1;
      this.#deps.failed(error.message);
      socket.destroy();
    });
    return server;
  }

  #secured(socket: TLSSocket): void {
    const ends = endsOf(socket);
    const handshake = ends === undefined ? undefined : this.#pending.get(ends);
    if (ends === undefined || handshake === undefined) {
      socket.destroy();
      return;
    }
    this.#pending.delete(ends);
    this.#deps.secured(socket, handshake.refusal);
  }

  #cutEldest(): void {
    for (const [ends, { raw }] of this.#pending) {
      this.#pending.delete(ends);
      raw.destroy();
      return;
    }
  }
}

/** Undefined for one that is closed already. */
function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Socket) {
  if (remoteAddress === undefined || localAddress === undefined) return undefined;
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
