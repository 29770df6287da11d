/**
 * What goes between a service and a page that looks into it: the messages of `@xstate/inspect` 0.8
 * over a WebSocket, each a JSON text. What other receivers of that protocol do not know are further
 * keys in its messages, which they pass over, and the messages at the end, which only a page gets
 * that asks for them.
 *
 * A service sends nothing before `xstate.inspecting`. Then come all actors that live, parents
 * first, and from there on what happens. Everything is masked and cut (`service/masking.ts`).
 */

/** What a service tells. There is JSON within JSON, as the package has it. */
export type Message = Registered | Stated | Received | Stopped | Extension;

/** An actor is there, or is told of anew. */
export interface Registered {
  readonly type: 'service.register';
  /** JSON of a machine of xstate 4; for an effect, one with the states of its snapshot's status. */
  readonly machine: string;
  /** JSON of a state of xstate 4. */
  readonly state: string;
  /** Its id below its parent. */
  readonly id: string;
  readonly sessionId: string;
  /** The session id of its parent. */
  readonly parent?: string;
  /** The name of its logic. */
  readonly source?: string;
  readonly kind: 'machine' | 'effect';
  /** Unix time of its start, as far as that is known. */
  readonly born_ms?: number;
}

/** An actor has another snapshot. Of several within a moment only the last may be told. */
export interface Stated {
  readonly type: 'service.state';
  /** JSON of a state of xstate 4. */
  readonly state: string;
  readonly sessionId: string;
  readonly at_ms: number;
  /** The transitions that were taken since the last one, in order; the last few of many. */
  readonly transitions: readonly Transition[];
  /** The timers that run now. */
  readonly delays: readonly Delay[];
}

/** Ids of states are those in the machine that was registered. */
export interface Transition {
  readonly from: string;
  /** None for one that stays where it is. */
  readonly to: readonly string[];
  /** As that machine has it: `*` for any, `xstate.after(DELAY)#ID`, `done.invoke.ID`, nothing. */
  readonly event: string;
  readonly guard?: string;
  readonly actions: readonly string[];
}

export interface Delay {
  /** The type of the event that comes at its end, `xstate.after(DELAY)#ID` for an `after`. */
  readonly event: string;
  readonly started_ms: number;
  readonly delay_ms: number;
}

/** An actor gets an event. */
export interface Received {
  readonly type: 'service.event';
  /** JSON of an event as SCXML has it: `{name, data: {type, …}, $$type: 'scxml', type, origin}`. */
  readonly event: string;
  readonly sessionId: string;
  readonly at_ms: number;
  /** The session id of who sent it, when that is an actor. */
  readonly from?: string;
  /** No event of xstate but a message that its service shows; some of those are left out. */
  readonly sampled?: true;
  /** What the event belongs to, such as a request: the same text in each of its messages. */
  readonly flow?: string;
}

/** An actor is gone. */
export interface Stopped {
  readonly type: 'service.stop';
  readonly sessionId: string;
  readonly at_ms: number;
  readonly status: 'done' | 'error' | 'stopped';
  /** Its output or error, as JSON, masked and cut. */
  readonly last?: string;
}

/** Only for pages that ask by `inspector.hello`. Receivers pass on what begins with `service.`. */
export type Extension = Greeting | Vitals | Answer;

/** The first message to a page. */
export interface Greeting {
  readonly type: 'service.greeting';
  /** What is looked into, for the title: `goxel-supervisor 1.2.3, process 42`. */
  readonly title: string;
  /** Unix time here, for what is counted from times of the service. */
  readonly now_ms: number;
  /** Whether this page may send events as it is, or has to show a token for that, or may never. */
  readonly sending: 'allowed' | 'token' | 'never';
  /** Actors that died before, the latest last. */
  readonly dead: readonly Obituary[];
}

export interface Obituary {
  /** Ids from below the root down to it, between slashes. */
  readonly path: string;
  readonly at_ms: number;
  readonly lived_ms?: number;
  readonly reason: string;
}

/** Twice a second: what changes without an event. Only actors of which something has changed. */
export interface Vitals {
  readonly type: 'service.vitals';
  readonly at_ms: number;
  readonly actors: Readonly<Record<string, ActorVitals>>;
  /** Since the page is connected. */
  readonly dropped: Dropped;
  /** Actors that live and are not told of, since there are too many. */
  readonly hidden: number;
}

export interface Dropped {
  /** Of xstate, since there were too many or the page did not keep up. */
  readonly events: number;
  /** States of which only a later one was told, for the same reasons. */
  readonly states: number;
  /** That the service would have shown. */
  readonly messages: number;
}

export interface ActorVitals {
  /** Events that it got since the last vitals, those that were dropped among them. */
  readonly events: number;
  readonly restarts?: number;
  /** Share of a processor core, where its service knows that. */
  readonly load?: number;
  /** What the service counts of it, such as requests in flight. */
  readonly figures?: Readonly<Record<string, number | string>>;
}

/** What came of a command with that number. */
export interface Answer {
  readonly type: 'service.answer';
  readonly number: number;
  /** What was wrong; nothing when it was done. */
  readonly error?: string;
  /** What the event would end, in words: it is sent when it comes again with just these. */
  readonly ends?: string;
  /** Of `inspector.takes`, where the service says what may be sent. */
  readonly takes?: readonly Taken[];
}

/** What may be sent to an actor. */
export interface Taken {
  readonly type: string;
  /** A payload as it has to be, when it needs one. */
  readonly example?: Readonly<Record<string, unknown>>;
}

/** What a page tells. The first two are those of the package. */
export type Command = Inspecting | SendEvent | Hello | ShowToken | AskTaken;

export interface Inspecting {
  readonly type: 'xstate.inspecting';
}

/** Sends an event to an actor; needs the right to. */
export interface SendEvent {
  readonly type: 'xstate.event';
  /** JSON of the event, with its type. */
  readonly event: string;
  /** The session id. */
  readonly service: string;
  /** For the answer. */
  readonly number?: number;
  /** Only says whether it may be sent now, and what it would end. */
  readonly check?: true;
  /** What it ends, word for word as the answer had it. */
  readonly confirmed?: string;
}

/** Asks what an actor may be sent. */
export interface AskTaken {
  readonly type: 'inspector.takes';
  readonly service: string;
  readonly number: number;
}

/** Asks for the extensions. */
export interface Hello {
  readonly type: 'inspector.hello';
}

/** Shows the token of who may send events. */
export interface ShowToken {
  readonly type: 'inspector.token';
  readonly token: string;
  readonly number: number;
}
