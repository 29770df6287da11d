/**
 * The connections of the server of metrics and health, and the limits on them: how many there are,
 * how long each may take to ask, and how long one that asks nothing is kept. Node has limits of its
 * own, but looks at them every half minute only, and not at connections that are given to it.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const LIMITS = {
  /** Who watches has one or two; for one more than this the eldest goes. */
  visitors_max: 64,
  /** From connecting, or from the last answer, to the whole head of a request. */
  ask_ms: 10_000,
  /** From a whole request to when its answer was taken; it is made within milliseconds. */
  take_ms: 10_000,
};
const HEAD_BYTES_MAX = 8192;
const HEADERS_MAX = 64;
const REQUESTS_PER_CONNECTION_MAX = 1000;
/** Requests that one connection may have sent without an answer; for one more it is cut. */
const UNANSWERED_MAX = 8;

/** Answers a request; it must end the response, or destroy it. */
export type Respond = (request: IncomingMessage, response: ServerResponse) => void;

export class Visitors {
  readonly #server: Server;
  readonly #limits: typeof LIMITS;
  /** With what cuts each, the eldest first. */
  readonly #visitors = new Map<Socket, NodeJS.Timeout>();
  /** Those that wait for answers, and for how many: one may ask again before it has the first. */
  readonly #asking = new Map<Socket, number>();
  #turned_away = 0;
  #closing = false;
  #gone: (() => void) | undefined;

  constructor(respond: Respond, limits = LIMITS) {
    this.#limits = limits;
    this.#server = createServer({
      ...{ maxHeaderSize: HEAD_BYTES_MAX, keepAliveTimeout: limits.ask_ms },
      ...{ requireHostHeader: false, noDelay: true },
    });
    this.#server.maxHeadersCount = HEADERS_MAX;
    this.#server.maxRequestsPerSocket = REQUESTS_PER_CONNECTION_MAX;
    this.#server.on('request', (request, response) => this.#asked(request, response, respond));
    this.#server.on('checkExpectation', (request, response) => {
      this.#asked(request, response, respond);
    });
    // What is no HTTP is answered by Node itself, with 400, and cut.
  }

  figures(): Readonly<Record<string, number>> {
    return { connections: this.#visitors.size, turned_away: this.#turned_away };
  }

  welcome(socket: Socket): void {
    if (this.#closing) {
      socket.destroy();
      return;
    }
    if (this.#visitors.size >= this.#limits.visitors_max) {
      const [eldest] = this.#visitors.keys();
      this.#turned_away += 1;
      eldest?.destroy();
    }
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#leave(socket));
    this.#hold(socket, this.#limits.ask_ms);
    this.#server.emit('connection', socket);
  }

  /** Closes all connections; who waits for an answer gets it first, but not if `now`. */
  close(now: boolean): Promise<void> {
    this.#closing = true;
    for (const socket of this.#visitors.keys()) {
      if (now || !this.#asking.has(socket)) socket.destroy();
    }
    if (this.#visitors.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const before = this.#gone;
      this.#gone = () => {
        before?.();
        resolve();
      };
    });
  }

  #asked(request: IncomingMessage, response: ServerResponse, respond: Respond): void {
    const { socket } = request;
    const unanswered = (this.#asking.get(socket) ?? 0) + 1;
    // All that came with one read comes here, even if the connection is destroyed meanwhile.
    if (socket.destroyed || unanswered > UNANSWERED_MAX) {
      socket.destroy();
      return;
    }
    this.#asking.set(socket, unanswered);
    this.#hold(socket, this.#limits.take_ms);
    // What comes with a request is not read; the next could not be told from it.
    const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
    const isBare = length === '0' && encoding === undefined;
    if (!isBare || this.#closing) response.setHeader('connection', 'close');
    response.once('close', () => {
      if (!this.#visitors.has(socket)) return;
      const left = (this.#asking.get(socket) ?? 1) - 1;
      if (left > 0) this.#asking.set(socket, left);
      else this.#asking.delete(socket);
      if (!isBare || (this.#closing && left === 0)) socket.destroySoon();
      else this.#hold(socket, left > 0 ? this.#limits.take_ms : this.#limits.ask_ms);
    });
    respond(request, response);
  }

  /** A connection has so long for what it is at. */
  #hold(socket: Socket, within_ms: number): void {
    clearTimeout(this.#visitors.get(socket));
    const timer = setTimeout(() => socket.destroy(), within_ms);
    this.#visitors.set(socket, timer);
  }

  #leave(socket: Socket): void {
    clearTimeout(this.#visitors.get(socket));
    this.#visitors.delete(socket);
    this.#asking.delete(socket);
    if (this.#closing && this.#visitors.size === 0) this.#gone?.();
  }
}
