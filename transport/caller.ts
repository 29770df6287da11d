import type { Level } from '../conf/levels.ts';
import type { Encoding, Framing } from './jsonrpc.ts';

/** What a client may do. */
export interface Rights {
  /** The methods that it may call: those of this level and of lower ones. */
  readonly level: Level;
  /** Whether it is beyond the connections that are allowed: methods of the daemon only. */
  readonly guest: boolean;
  /** The name of the token that gave the level; empty when it has none, or none was asked for. */
  readonly token: string;
}

/** Who asks for a method of the daemon itself, and the way back to them; one for each request. */
export interface Caller {
  /** The number of the connection; empty where requests come by another way. */
  readonly connection: string;
  readonly framing: Framing;
  readonly encoding: Encoding;
  readonly rights: Rights;
  /**
   * Aborted when the request is cancelled, when its time is over, when its client has gone or the
   * daemon stops; the reason is a GoxError. A request without an id, which nobody waits for, goes
   * on when its client has gone, until the connection ends. Made when it is asked for.
   */
  readonly signal: AbortSignal;
  /** The `traceparent` of W3C Trace Context that came in `params._meta`, if it is one. */
  readonly trace: string | undefined;
  /**
   * Sends a notification, before the reply if that is not given yet. False when it was dropped: the
   * client has gone or does not read, or too much waits for it.
   *
   * @throws TypeError for parameters that cannot be encoded
   */
  notify(method: string, params?: unknown): boolean;
  /** Gives up another request of the connection; false when none of this id is under way. */
  cancel(id: unknown): boolean;
}
