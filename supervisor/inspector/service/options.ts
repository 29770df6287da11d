/** What a service may say of itself to the inspector, and how much the inspector may take. */

import type { AnyActorRef, AnyEventObject } from 'xstate';
import type { Obituary, Taken } from '../protocol.ts';

export interface InspectorOptions {
  /** What is looked into: `shop 1.2.3, process 42`. */
  readonly title?: string;
  /** Where it is mounted, with a slash at both ends; by default `/inspector/`. */
  readonly path?: string;
  /** What the URL must carry, 16 characters at least; by default a random one. */
  readonly token?: string;
  /**
   * Names by which the service may be called in the `Host` header beside localhost, 127.0.0.1 and
   * [::1]: others are refused, since a name that somebody else owns may lead here.
   */
  readonly hosts?: readonly string[];
  /** Who may send events: nobody (the default), each viewer, or who shows a token that is right. */
  readonly admin?: 'never' | 'always' | ((token: string) => boolean);
  /** Why an actor may not be sent an event by who may send any; by default each may. */
  readonly refuse?: (actor: AnyActorRef, event: AnyEventObject) => string | undefined;
  /** What an event would end, such as the service itself: who sends it has to confirm that. */
  readonly ends?: (actor: AnyActorRef, event: AnyEventObject) => string | undefined;
  /** What an actor may be sent, for who writes an event; by default what its machine takes. */
  readonly takes?: (actor: AnyActorRef) => readonly Taken[] | undefined;
  /** What the service knows of an actor; asked twice a second while somebody looks. */
  readonly describe?: (actor: AnyActorRef) => Description | undefined;
  /** Why an actor died that its parent has stopped since; nothing where it was just stopped. */
  readonly reason?: (actor: AnyActorRef) => string | undefined;
  /** Actors that died before somebody looked, the latest last. */
  readonly dead?: () => readonly Obituary[];
  /** Called when the first viewer comes; what it returns, when the last one has left. */
  readonly onLook?: () => () => void;
  /**
   * Called with it: shows messages that are no events of xstate, until its result is called. `tell`
   * gives false for what is left out: no more need be told of a flow whose first message was.
   */
  readonly messages?: (tell: (message: ShownMessage) => boolean) => () => void;
  /** Further keys whose values are secret, beside those that everybody calls so. */
  readonly secret?: (key: string) => boolean;
  /** Hears of defects in the functions above; by default they are warnings of the process. */
  readonly warn?: (text: string) => void;
  readonly limits?: Partial<InspectorLimits>;
}

export interface Description {
  /** Unix time of its start. */
  readonly born_ms?: number;
  readonly restarts?: number;
  /** Share of a processor core. */
  readonly load?: number;
  readonly figures?: Readonly<Record<string, number | string>>;
}

/** A message that its service shows; of too many, whole flows are left out, and counted. */
export interface ShownMessage {
  readonly to: AnyActorRef;
  readonly from?: AnyActorRef;
  readonly event: AnyEventObject;
  /** What it belongs to, such as a request. */
  readonly flow?: string;
  /** Messages that the service itself left out before this one, to be counted with the others. */
  readonly left_out?: number;
}

export interface InspectorLimits {
  /** Actors that are told of, from the root down; of the others only their number. */
  readonly actors_max: number;
  readonly viewers_max: number;
  /** What happened is told together, so often. */
  readonly flush_ms: number;
  /** Events that wait to be told: the oldest is dropped for the next, and counted. */
  readonly events_max: number;
  /** Flows of shown messages that begin within a second. */
  readonly flows_max: number;
  /** Held for a viewer that does not keep up; beyond it nothing is added. */
  readonly held_bytes_max: number;
  /** A viewer that has not read for so long is cut off. */
  readonly unread_ms_max: number;
  /** Of a message from a viewer. */
  readonly command_bytes_max: number;
  /** Of the JSON of one context, and of one event. */
  readonly context_chars_max: number;
  readonly event_chars_max: number;
}

export const LIMITS: InspectorLimits = {
  actors_max: 2000,
  viewers_max: 8,
  flush_ms: 50,
  events_max: 500,
  flows_max: 50,
  held_bytes_max: 4 * 1024 * 1024,
  unread_ms_max: 15_000,
  command_bytes_max: 64 * 1024,
  context_chars_max: 32 * 1024,
  event_chars_max: 4 * 1024,
};
