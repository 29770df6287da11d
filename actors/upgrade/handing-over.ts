/**
 * The `estate` effect of `machines/upgrade.ts`: starts the successor and gives it what the daemon
 * has, or takes it back. What is given is given in this order: those who connect, connections,
 * projects; and what is taken back, the other way round.
 */

import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { fromCallback } from 'xstate';
import type { SocketKind } from '../../machines/sockets.ts';
import type { UpgradeCommand, UpgradeEvent, UpgradeInput } from '../../machines/upgrade.ts';
import { stopping } from '../connection/refusals.ts';
import type { PlacedConnection } from '../connection/sessions.ts';
import type { SocketHolder } from '../listener/holder.ts';
import type { Renders } from '../renders/renders.ts';
import { reportFigures } from '../vitals.ts';
import type { Estate } from './estate.ts';
import { handleOf, isSecured } from './handles.ts';
import { type UpgradeCommand as StartCommand, Successor } from './successor.ts';

/** Something else that the daemon has, and that only one process can have at a time. */
export interface Belonging {
  /** Gives it up; rejects when that cannot be, and has it still then. */
  handOver(): Promise<void>;
  /** Has it again. What goes wrong is logged: the rest is taken back all the same. */
  takeBack(): Promise<void>;
}

export interface UpgradeDeps {
  readonly log: Logger;
  readonly connections: ReadonlyMap<number, PlacedConnection>;
  readonly holder: Pick<SocketHolder, 'divert' | 'takeBack' | 'leave' | 'farewell'>;
  /** Jobs that are under way. */
  readonly jobs: () => number;
  /** In the order in which they are given up. */
  readonly belongings: readonly Belonging[];
  /** Managed renders, which lie where they are. */
  readonly renders: Pick<Renders, 'list' | 'leave'>;
  /** How the successor is started. Throws what of the daemon cannot be handed over. */
  readonly command: () => StartCommand;
  readonly estate: () => Omit<Estate, 'stderr'>;
  /** The successor has everything; `settled` resolves when nothing is on its way to it. */
  readonly gone: (successor: Pick<Successor, 'pid' | 'settled'>) => void;
}

/** A connection on its way to the successor. */
type Leaving = PlacedConnection['handOver'];

const LOOK_MS = 20;

export function estateEffect(deps: UpgradeDeps) {
  return fromCallback<UpgradeCommand, UpgradeInput>(({ receive, sendBack, self }) => {
    const say = sendBack as (event: UpgradeEvent) => void;
    const handing = new HandingOver(deps, say);
    reportFigures(self, () => handing.figures());
    handing.start();
    receive((command) => {
      switch (command.type) {
        case 'estate.look':
          handing.look();
          return;
        case 'estate.hand_over':
          void handing.handOver();
          return;
        case 'estate.take_back':
          void handing.takeBack().then(() => say({ type: 'estate.back' }));
      }
    });
    // The daemon stops, or the machine has given it up.
    return () => void handing.takeBack();
  });
}

class HandingOver {
  readonly #deps: UpgradeDeps;
  readonly #say: (event: UpgradeEvent) => void;
  /** Those who have connected since, and nobody has taken. */
  #arrived: (readonly [SocketKind, Socket])[] = [];
  readonly #given: Belonging[] = [];
  #diverted = false;
  #successor: Successor | undefined;
  #looks: NodeJS.Timeout | undefined;
  #runs: () => void = () => {};
  /** It goes back, or there is no way back. */
  #over: 'no' | 'back' | 'gone' = 'no';

  constructor(deps: UpgradeDeps, say: (event: UpgradeEvent) => void) {
    this.#deps = deps;
    this.#say = say;
  }

  figures() {
    return { successor: this.#successor?.pid ?? 'none', arrived: this.#arrived.length };
  }

  start(): void {
    const fail = (error: unknown) => this.#fail((error as Error).message);
    try {
      const { command, estate } = this.#deps;
      this.#successor = new Successor(command(), estate(), {
        ready: (pid, version) => this.#say({ type: 'successor.ready', pid, version }),
        running: () => this.#runs(),
        ended: (end) => this.#say({ ...end, type: 'successor.failed' }),
      });
    } catch (error) {
      fail(error);
    }
  }

  look(): void {
    const quiet = () => {
      if (this.#deps.jobs() > 0) return;
      clearInterval(this.#looks);
      this.#say({ type: 'work.quiet' });
    };
    this.#looks = setInterval(quiet, LOOK_MS);
    quiet();
  }

  async handOver(): Promise<void> {
    const { holder, belongings, renders, gone } = this.#deps;
    clearInterval(this.#looks);
    try {
      // Who cannot be handed over is told first, and may ask on until all that has come to an end.
      await this.#settle(this.#open().filter(({ socket }) => isSecured(socket)));
      if (this.#isBack()) return;
      this.#diverted = true;
      holder.divert((kind, socket) => this.#arrived.push([kind, socket]));
      await this.#settle(this.#open());
      for (const belonging of belongings) {
        if (this.#isBack()) return;
        await belonging.handOver();
        this.#given.push(belonging);
      }
      const successor = this.#successor!;
      const left = this.#open();
      for (const connection of left) await this.#pass(successor, connection);
      if (this.#isBack()) return;
      const running = new Promise<void>((resolve) => {
        this.#runs = resolve;
      });
      await successor.go(renders.list());
      await running;
      if (this.#isBack()) return;
      await successor.leave();
      this.#over = 'gone';
      renders.leave();
      gone(successor);
      this.#leave(successor, left);
      this.#say({ type: 'estate.gone' });
    } catch (error) {
      this.#fail((error as Error).message);
    }
  }

  /** Ends the successor, and goes on as before. */
  async takeBack(): Promise<void> {
    if (this.#over !== 'no') return;
    this.#over = 'back';
    clearInterval(this.#looks);
    await this.#successor?.kill();
    for (const belonging of this.#given.splice(0).reverse()) {
      try {
        await belonging.takeBack();
      } catch (error) {
        this.#deps.log.error({ err: error }, 'what was handed over cannot be taken back');
      }
    }
    for (const one of this.#open()) one.withdraw();
    if (this.#diverted) this.#deps.holder.takeBack(this.#arrived.splice(0));
  }

  #open(): readonly Leaving[] {
    return [...this.#deps.connections.values()].map(({ handOver }) => handOver);
  }

  /** Has connections come to an end here; resolves when all have. */
  async #settle(connections: readonly Leaving[]): Promise<void> {
    const settled = connections.map((one) => new Promise<void>((done) => one.offer(done)));
    await Promise.all(settled);
  }

  async #pass(successor: Successor, connection: Leaving): Promise<void> {
    const handle = handleOf(connection.socket);
    if (handle === undefined || this.#isBack()) return;
    const unread = connection.takeUnread();
    const { token } = connection;
    await successor.pass(
      {
        ...{ kind: kindOf(connection.socket), arrival: false },
        ...(unread.length === 0 ? {} : { unread: unread.toString('base64') }),
        ...(token === undefined ? {} : { token: token.toString('hex') }),
      },
      handle,
    );
  }

  /** The successor accepts; who comes here all the same goes to it. */
  #leave(successor: Successor, left: readonly Leaving[]): void {
    const { holder } = this.#deps;
    const pass = (kind: SocketKind, socket: Socket) =>
      void this.#passArrival(successor, kind, socket);
    holder.divert(pass);
    for (const [kind, socket] of this.#arrived.splice(0)) pass(kind, socket);
    holder.leave();
    for (const one of left) one.done();
  }

  async #passArrival(successor: Successor, kind: SocketKind, socket: Socket): Promise<void> {
    const handle = handleOf(socket);
    try {
      if (handle === undefined) throw new Error('it cannot be handed over');
      await successor.pass({ kind, arrival: true }, handle);
      socket.destroy();
    } catch (error) {
      // The successor has died: there is nobody to go on with it.
      this.#deps.log.warn({ err: error }, 'a client who has just connected is turned away');
      this.#deps.holder.farewell.say(socket, stopping());
    }
  }

  #isBack(): boolean {
    return this.#over === 'back';
  }

  #fail(reason: string): void {
    if (this.#over !== 'no') return;
    this.#say({ type: 'successor.failed', reason, talk: this.#successor?.talk ?? [] });
  }
}

function kindOf({ remoteAddress }: Socket): SocketKind {
  return remoteAddress === undefined ? 'unix' : 'tcp';
}
