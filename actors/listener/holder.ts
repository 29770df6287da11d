/**
 * Holds the listening sockets: those that the configuration names, or in their place those that a
 * service manager has bound. What they accept comes to the door of their kind.
 *
 * A change is made as a whole: all that is new is read, checked and bound before anything that is
 * old is closed, so that on failure all is as it was.
 */

import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { type Config, permissionBits } from '../../conf/schema.ts';
import type { SocketKind, SocketsOutcome } from '../../machines/sockets.ts';
import type { HandedConnection, HandedSocket } from '../upgrade/estate.ts';
import { hold, letGo, noteToken } from '../upgrade/handles.ts';
import type { Predecessor } from '../upgrade/predecessor.ts';
import { type InheritedSocket, takeInherited } from './activation.ts';
import { Descriptors } from './descriptors.ts';
import { Door } from './door.ts';
import { Entrance } from './entrance.ts';
import { Farewell } from './farewell.ts';
import {
  type HeldSocket,
  holdInherited,
  holdInheritedAgain,
  holdPath,
  holdPort,
} from './held-socket.ts';
import { ListenError } from './listen-error.ts';
import { checkExposure } from './tcp-socket.ts';
import { readTls, type TlsMaterial } from './tls-files.ts';

export interface HolderDeps {
  readonly config: Config;
  readonly log: Logger;
  /** Whether the daemon stops. */
  readonly stopping: () => boolean;
  readonly inherited?: () => readonly InheritedSocket[];
  /** Whose sockets are taken over where they are at the same places. */
  readonly predecessor?: Predecessor | undefined;
}

/** Takes who connects; nothing was read of the socket yet. */
type TakeArrival = (kind: SocketKind, socket: Socket) => void;

/** What is gone by at present. */
interface State {
  readonly sockets: Config['sockets'];
  readonly held: readonly HeldSocket[];
}

const KINDS = ['unix', 'tcp'] as const;

export class SocketHolder {
  readonly farewell = new Farewell();
  readonly doors: Readonly<Record<SocketKind, Door>>;
  readonly #deps: HolderDeps;
  readonly #entrance: Entrance;
  readonly #descriptors: Descriptors;
  #state: State | undefined;
  /** Who takes those who connect, while it is not the doors. */
  #diverted: TakeArrival | undefined;
  /** One thing at a time. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(deps: HolderDeps) {
    this.#deps = deps;
    const { config, log, stopping } = deps;
    const { farewell } = this;
    const doors = { farewell, stopping };
    this.doors = { unix: new Door('unix', doors), tcp: new Door('tcp', doors) };
    const descriptors = new Descriptors(log);
    this.#descriptors = descriptors;
    this.#entrance = new Entrance({
      ...{ config, log, farewell, descriptors },
      arrived: (socket) => this.doors.tcp.arrive(socket, config.sockets.tcp.backlog),
    });
    deps.predecessor?.onConnection((about, socket) => this.#receive(about, socket));
  }

  figures(): Readonly<Record<string, number | string>> {
    const { unix, tcp } = this.doors;
    return {
      ...(unix.address === undefined ? {} : { unix: unix.address }),
      ...(tcp.address === undefined ? {} : { tcp: tcp.address }),
      waiting: unix.waiting + tcp.waiting,
      turned_away: this.farewell.count,
      ...(tcp.address === undefined ? {} : this.#entrance.figures()),
    };
  }

  /** Why nobody can connect to a kind of sockets; empty when they can. */
  trouble(kind: SocketKind): string {
    const held = this.#state?.held.filter((one) => one.kind === kind) ?? [];
    return held.find(({ trouble }) => trouble !== '')?.trouble ?? '';
  }

  /**
   * Binds what the configuration says; gives where clients can connect. What is held already, since
   * whoever asked before failed, is changed to that.
   *
   * @throws ListenError
   */
  open(config: Config): Promise<readonly string[]> {
    return this.#inTurn(async () => {
      if (this.#state === undefined) await this.#begin(config);
      else await this.#become(config, this.#state);
      return this.addresses;
    });
  }

  /** Goes by another configuration, or on by the old one if that cannot be. */
  change(config: Config): Promise<SocketsOutcome> {
    return this.#inTurn(async () => {
      if (this.#state === undefined) {
        return { ok: false, code: 'refused', reason: 'the sockets are closed' };
      }
      try {
        const waits = await this.#become(config, this.#state);
        return { ok: true, addresses: this.addresses, waits };
      } catch (error) {
        if (!(error instanceof ListenError)) throw error;
        return { ok: false, code: error.code, reason: error.message };
      }
    });
  }

  /** Closes all of them; who waits is told that the daemon stops. */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      const { held = [] } = this.#state ?? {};
      this.#state = undefined;
      for (const kind of KINDS) this.doors[kind].turnAway();
      this.#entrance.end();
      await Promise.all(held.map((one) => one.close()));
    });
  }

  /**
   * The sockets, as another process needs them to have them as well.
   *
   * @throws ListenError when Node does not tell what is needed of one of them
   */
  handed(): readonly HandedSocket[] {
    const held = this.#state?.held ?? [];
    return held.map((one) => {
      const handed = one.handed();
      if (handed !== undefined) return handed;
      throw new ListenError('refused', `the socket at ${one.address} cannot be handed over`);
    });
  }

  /** Has who connects from now on taken by somebody else. */
  divert(take: TakeArrival): void {
    this.#diverted = take;
    for (const kind of KINDS)
      for (const socket of this.doors[kind].takeWaiting()) take(kind, socket);
  }

  /** Has them come in here again, with those that were taken meanwhile. */
  takeBack(taken: Iterable<readonly [SocketKind, Socket]>): void {
    this.#diverted = undefined;
    for (const [kind, socket] of taken) {
      this.#admit(kind, socket);
      letGo(socket);
    }
  }

  /**
   * Another process has the sockets and keeps them. Who connects here all the same, since it is
   * not known how to accept no more without removing a path, is taken by who takes the diverted.
   */
  leave(): void {
    for (const one of this.#state?.held ?? []) one.leave();
  }

  /** A connection that the predecessor had; what it has read of it comes first. */
  #receive({ kind, arrival, unread, token }: HandedConnection, socket: Socket): void {
    if (unread !== undefined) socket.unshift(Buffer.from(unread, 'base64'));
    if (token !== undefined) noteToken(socket, Buffer.from(token, 'hex'));
    if (arrival) this.#admit(kind, socket);
    // It has come in once, and is neither too often here nor to be asked for TLS.
    else this.doors[kind].arrive(socket, this.#deps.config.sockets[kind].backlog);
  }

  #connected(kind: SocketKind, socket: Socket): void {
    if (this.#diverted === undefined) {
      this.#admit(kind, socket);
      return;
    }
    hold(socket);
    this.#diverted(kind, socket);
  }

  #admit(kind: SocketKind, socket: Socket): void {
    if (kind === 'tcp') {
      this.#entrance.enter(socket);
      return;
    }
    const isIn = this.#descriptors.admit(socket, (one, why) => this.farewell.say(one, why));
    if (isIn) this.doors.unix.arrive(socket, this.#deps.config.sockets.unix.backlog);
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(act);
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** Where clients can connect, the Unix socket first. */
  get addresses(): readonly string[] {
    return this.#state?.held.map(({ address }) => address) ?? [];
  }

  async #begin(config: Config): Promise<void> {
    const held: HeldSocket[] = [];
    const { predecessor } = this.#deps;
    try {
      for (const one of predecessor?.takeInherited() ?? []) {
        const deps = this.#heldDeps(one.kind);
        const { backlog } = config.sockets[one.kind];
        held.push(holdInheritedAgain(one, backlog, this.#checkFor(config), predecessor!, deps));
      }
      for (const one of (this.#deps.inherited ?? takeInherited)()) {
        held.push(await this.#inherit(one, config));
      }
    } catch (error) {
      await closeAll(held);
      throw error;
    }
    await this.#become(config, { sockets: config.sockets, held });
  }

  /** @returns the keys that were changed and that only the next start goes by */
  async #become(config: Config, old: State): Promise<readonly string[]> {
    const isFresh = (one: HeldSocket) => !old.held.includes(one);
    const held: HeldSocket[] = [];
    let material: TlsMaterial | undefined;
    try {
      material = await this.#readTls(config, old);
      held.push(...(await this.#nextUnix(config, old)));
      held.push(...(await this.#nextTcp(config, old)));
      if (held.length === 0) throw nowhere();
    } catch (error) {
      await closeAll(held.filter(isFresh));
      if (this.#state === undefined) await closeAll(old.held);
      throw error;
    }
    const { sockets, waits } = effective(config.sockets, old, held);
    this.#state = { sockets, held };
    this.#entrance.secure(material);
    for (const kind of KINDS) {
      const addresses = held.filter((one) => one.kind === kind).map(({ address }) => address);
      if (addresses.length === 0) this.doors[kind].close();
      else this.doors[kind].open(addresses.join(', '));
    }
    await closeAll(old.held.filter((one) => !held.includes(one)));
    const mode = permissionBits(sockets.unix.permissions);
    await Promise.all(held.filter(({ kind }) => kind === 'unix').map((one) => one.setMode(mode)));
    return waits;
  }

  async #nextUnix({ sockets: { unix } }: Config, old: State): Promise<readonly HeldSocket[]> {
    const present = old.held.filter(({ kind }) => kind === 'unix');
    if (present.some(({ inherited }) => inherited)) return present;
    if (!unix.enabled) return [];
    if (present.length > 0 && old.sockets.unix.path === unix.path) return present;
    return [await holdPath(unix, this.#heldDeps('unix'))];
  }

  async #nextTcp(config: Config, old: State): Promise<readonly HeldSocket[]> {
    const { tcp } = config.sockets;
    const present = old.held.filter(({ kind }) => kind === 'tcp');
    const stays =
      present.some(({ inherited }) => inherited) ||
      (tcp.enabled && present.length > 0 && !isMoved(old.sockets.tcp, tcp));
    if (stays) {
      for (const { host, address } of present) checkExposure(host, config, address);
      return present;
    }
    return tcp.enabled ? [await this.#bindPort(config, old, present[0])] : [];
  }

  /** Of two addresses with one port, the kernel gives the second only when the first is free. */
  async #bindPort(config: Config, old: State, before: HeldSocket | undefined): Promise<HeldSocket> {
    const { tcp } = config.sockets;
    try {
      return await this.#holdPort(tcp, config);
    } catch (error) {
      const isOurs = before !== undefined && old.sockets.tcp.port === tcp.port;
      if (!isOurs || !(error instanceof ListenError) || error.code !== 'taken') throw error;
    }
    await before.close();
    try {
      return await this.#holdPort(tcp, config);
    } catch (error) {
      const back = await this.#holdPort(old.sockets.tcp, config);
      const held = old.held.map((one) => (one === before ? back : one));
      this.#state = { ...old, held };
      throw error;
    }
  }

  async #holdPort(tcp: Config['sockets']['tcp'], config: Config): Promise<HeldSocket> {
    return await holdPort(tcp, this.#checkFor(config), this.#heldDeps('tcp'));
  }

  async #inherit(one: InheritedSocket, config: Config): Promise<HeldSocket> {
    const { backlog } = config.sockets[one.kind];
    const { log } = this.#deps;
    const deps = this.#heldDeps(one.kind);
    const held = await holdInherited(one, backlog, this.#checkFor(config), deps);
    const { kind, address } = held;
    log.info({ kind, address, fd: one.fd }, 'took a socket of the service manager');
    return held;
  }

  #heldDeps(kind: SocketKind) {
    const { log, predecessor } = this.#deps;
    return { log, predecessor, connected: (socket: Socket) => this.#connected(kind, socket) };
  }

  #checkFor(config: Config): (host: string) => void {
    return (host) => {
      const { security, sockets } = config;
      checkExposure(host, config, `sockets.tcp.address: ${host}`);
      const isOpen = security.token_file === '' && sockets.tcp.tls.client_ca === '';
      if (!isOpen) return;
      this.#deps.log.warn(
        { address: host },
        'every user of this machine can connect over TCP and do everything; set ' +
          'security.token_file to have them show who they are',
      );
    };
  }

  async #readTls(config: Config, old: State): Promise<TlsMaterial | undefined> {
    const { tcp } = config.sockets;
    const isInherited = old.held.some(({ kind, inherited }) => kind === 'tcp' && inherited);
    if (!tcp.enabled && !isInherited) return undefined;
    const material = await readTls(tcp.tls);
    for (const warning of material?.warnings ?? []) this.#deps.log.warn(warning);
    return material;
  }
}

async function closeAll(held: readonly HeldSocket[]): Promise<void> {
  await Promise.all(held.map((one) => one.close()));
}

type Sockets = Config['sockets'];

function isMoved(before: Sockets['tcp'], after: Sockets['tcp']): boolean {
  return before.address !== after.address || before.port !== after.port;
}

/** A socket that stays has the backlog that it was bound with. */
function effective(wanted: Sockets, old: State, held: readonly HeldSocket[]) {
  const waits: string[] = [];
  const backlogOf = (kind: SocketKind) => {
    const stays = held.some((one) => one.kind === kind && old.held.includes(one));
    const { backlog } = stays ? old.sockets[kind] : wanted[kind];
    if (backlog !== wanted[kind].backlog) waits.push(`sockets.${kind}.backlog`);
    return backlog;
  };
  const sockets: Sockets = {
    unix: { ...wanted.unix, backlog: backlogOf('unix') },
    tcp: { ...wanted.tcp, backlog: backlogOf('tcp') },
  };
  return { sockets, waits };
}

function nowhere(): ListenError {
  return new ListenError(
    'wrong',
    'there is no socket to listen on; set sockets.unix.enabled or sockets.tcp.enabled to true',
  );
}
