/**
 * What a connection may do: everything, where it is trusted without a token; nothing, before it has
 * shown one; then what that allows, for as long as the file has it. A token that vanishes from the
 * file when it is read again takes its connections with it, and one that gets another level gives
 * them that one.
 */

import { type Level, RANKS } from '../../conf/levels.ts';
import type { Rights } from '../../transport/caller.ts';
import type { KnownToken, Tokens } from '../../transport/tokens.ts';
import type { Figures } from '../vitals.ts';
import { Gate, type GateDeps } from './gate.ts';

/** What is known of a client from the beginning. */
export interface Newcomer {
  /** The number of the connection. */
  readonly name: string;
  /** Where the client is; empty for one of this machine. */
  readonly address: string;
  /** Whether it is beyond those that `max_connections` allows: methods of the daemon only. */
  readonly guest: boolean;
  /** `token`: it must show one before anything else. */
  readonly trust: 'full' | 'token';
}

export class Standing {
  /** In front of it, until it has shown a token. */
  gate: Gate | undefined;
  rights: Rights;
  /** That of its level. */
  rank = 0;
  readonly #tokens: Tokens;
  readonly #withdrawn: () => void;
  #token: KnownToken | undefined;

  /** @param withdrawn hears that its token is no longer there */
  constructor(deps: GateDeps, { name, address, guest, trust }: Newcomer, withdrawn: () => void) {
    this.#tokens = deps.tokens;
    this.#withdrawn = withdrawn;
    this.rights = { level: 'read', guest, token: '' };
    if (trust === 'full') this.#grant('admin', '');
    else this.gate = new Gate(deps, name, address);
  }

  /** It has shown a token. */
  admit(token: KnownToken): void {
    this.gate = undefined;
    this.#token = token;
    this.#grant(token.level, token.name);
    this.#tokens.watch(this.#look);
  }

  /** The hash of the token that was shown. */
  get token(): Buffer | undefined {
    return this.#token?.hash;
  }

  /** It has shown a token to the process that had it before; `known`: it is one of ours, too. */
  recognise(hash: Buffer | undefined, known: () => void): void {
    if (hash === undefined || this.gate === undefined) return;
    const token = this.#tokens.ofHash(hash);
    if (token === undefined) return;
    this.admit(token);
    known();
  }

  /** Whether a token was shown, which only a client of today does. */
  get authenticated(): boolean {
    return this.#token !== undefined;
  }

  /** For the tree; empty for who needs no token. */
  get figures(): Figures {
    if (this.gate !== undefined) return { level: 'none' };
    return this.authenticated ? { level: this.rights.level, token: this.rights.token } : {};
  }

  /** The connection has ended. */
  end(): void {
    this.#tokens.unwatch(this.#look);
  }

  readonly #look = () => {
    const now = this.#tokens.again(this.#token!);
    if (now === undefined) this.#withdrawn();
    else this.#grant(now.level, now.name);
  };

  #grant(level: Level, token: string): void {
    this.rights = { level, guest: this.rights.guest, token };
    this.rank = RANKS[level];
  }
}
