/** The daemon whose place this process is to take, as seen from here. */

import type { Socket } from 'node:net';
import { VERSION } from '../../engine/catalogue/version.ts';
import { redirectTo } from '../native/redirect.ts';
import type { KnownRender } from '../renders/renders.ts';
import {
  type Estate,
  type FromPredecessor,
  type HandedConnection,
  type HandedPidFile,
  type HandedSocket,
  type SocketUse,
  UPGRADE_PROTOCOL,
  UPGRADE_VARIABLE,
} from './estate.ts';
import { socketOf } from './handles.ts';

/** Takes a connection that the predecessor had. */
export type TakeConnection = (about: HandedConnection, socket: Socket) => void;

/** What it can be told to wait for; each is called once, in the order in which they were given. */
type Action = () => void;

export class Predecessor {
  readonly estate: Estate;
  readonly #taken = new Set<HandedSocket>();
  /** To be done when the predecessor has given up its projects, and when all is ours. */
  readonly #atGo: Action[] = [];
  readonly #atYours: Action[] = [];
  #renders: readonly KnownRender[] = [];
  readonly #connections: (readonly [HandedConnection, Socket])[] = [];
  readonly #go: Promise<void>;
  #sayGo: Action = () => {};
  #takeConnection: TakeConnection | undefined;
  #ours = false;
  #over = false;

  private constructor(estate: Estate) {
    this.estate = estate;
    this.#go = new Promise((resolve) => {
      this.#sayGo = resolve;
    });
    process.on('message', (message: FromPredecessor, handle: unknown) => {
      this.#hear(message, handle);
    });
    // It has ended, in whatever way: nobody else has what it had.
    if (process.connected) process.once('disconnect', () => this.#become());
    else this.#become();
  }

  /**
   * The one that has started this process; nothing when it was started by anybody else. What says
   * so is taken out of the environment: it is not meant for programs that we start.
   *
   * @throws Error when it speaks another language
   */
  static fromEnvironment(env: NodeJS.ProcessEnv): Predecessor | undefined {
    const text = env[UPGRADE_VARIABLE];
    delete env[UPGRADE_VARIABLE];
    if (text === undefined) return undefined;
    const estate = JSON.parse(text) as Estate;
    if (estate.protocol === UPGRADE_PROTOCOL) return new Predecessor(estate);
    const { version, protocol } = estate;
    throw new Error(
      `goxel-supervisor ${VERSION} cannot take over from ${version}, which hands over in another ` +
        `way (${protocol}, and not ${UPGRADE_PROTOCOL}); stop that one and start this one`,
    );
  }

  /** Whether all of it is ours. Until then nothing of it may be removed. */
  get ours(): boolean {
    return this.#ours;
  }

  /** The managed renders that it has given up; none before it has. */
  get renders(): readonly KnownRender[] {
    return this.#renders;
  }

  get pidFile(): HandedPidFile | undefined {
    return this.estate.pid_file;
  }

  /** The socket that was at this place; each is given once. */
  take(use: SocketUse, place: string): HandedSocket | undefined {
    return this.#takeOne((one) => one.use === use && !one.inherited && one.place === place);
  }

  /** Those of a service manager. */
  takeInherited(): readonly HandedSocket[] {
    const taken: HandedSocket[] = [];
    for (;;) {
      const one = this.#takeOne(({ inherited }) => inherited);
      if (one === undefined) return taken;
      taken.push(one);
    }
  }

  /**
   * Does something when the predecessor has given up its projects, as part of `ready`, which
   * rejects with what it throws.
   */
  whenGivenUp(action: Action): void {
    this.#atGo.push(action);
  }

  /** Does something when all is ours; at once when it is. */
  whenOurs(action: Action): void {
    if (this.#ours) action();
    else this.#atYours.push(action);
  }

  /** Who takes the connections of clients, once all is ours. */
  onConnection(take: TakeConnection): void {
    this.#takeConnection = take;
  }

  /** This process can take over; resolves when the predecessor has given up its projects. */
  async ready(): Promise<void> {
    this.#say({ type: 'ready', pid: process.pid, version: VERSION });
    await this.#go;
    for (const action of this.#atGo.splice(0)) action();
  }

  /** All is started. */
  running(): void {
    this.#say({ type: 'running' });
  }

  /** This process will not come up. */
  failed(reason: string, exit_code: number): void {
    this.#say({ type: 'failed', reason, exit_code });
  }

  /** This process ends before anything is ours, and takes nothing any more. */
  giveUp(): void {
    this.#over = true;
  }

  #takeOne(is: (one: HandedSocket) => boolean): HandedSocket | undefined {
    const found = this.estate.sockets.find((one) => !this.#taken.has(one) && is(one));
    if (found !== undefined) this.#taken.add(found);
    return found;
  }

  #hear(message: FromPredecessor, handle: unknown): void {
    switch (message.type) {
      case 'connection': {
        // It was closed on the way.
        if (handle === undefined || handle === null) return;
        const socket = socketOf(handle);
        if (this.#ours) this.#takeConnection?.(message, socket);
        else this.#connections.push([message, socket]);
        return;
      }
      case 'renders':
        this.#renders = message.renders;
        return;
      case 'go':
        this.#sayGo();
        return;
      case 'yours':
        this.#become();
    }
  }

  #become(): void {
    this.#sayGo();
    if (this.#ours || this.#over) return;
    this.#ours = true;
    redirectTo(this.estate.stderr, 2);
    for (const action of this.#atYours.splice(0)) action();
    for (const [about, socket] of this.#connections.splice(0)) {
      this.#takeConnection?.(about, socket);
    }
  }

  #say(message: object): void {
    // Nobody hears it when the predecessor has ended: then all is ours.
    if (process.connected) process.send?.(message, undefined, undefined, () => {});
  }
}
