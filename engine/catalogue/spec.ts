/**
 * What one entry of the catalogue of methods says. Dispatch, validation, OpenRPC, `list_methods`
 * and the command line are all made from such entries; there is no second list of methods anywhere.
 */

import type { Static, TObject, TSchema } from 'typebox';
import type { ErrorCode } from '../../conf/errors.ts';
import type { Level } from '../../conf/levels.ts';
import { closed } from './closed.ts';

/** One request, as an example or as what an example needs done before it. */
export interface ExampleRequest {
  readonly method: string;
  readonly params?: ExampleParams;
}

export type ExampleParams = Readonly<Record<string, unknown>> | readonly unknown[];

/** A request that works on a fresh daemon once the requests of `given` were made. */
export interface MethodExample {
  readonly name: string;
  readonly given?: readonly ExampleRequest[];
  readonly params: ExampleParams;
  /** The exact result; left out where it depends on the clock, the machine or the release. */
  readonly result?: unknown;
}

export interface MethodSpec<P extends TObject = TObject, R extends TSchema = TSchema> {
  /** The name in documents. */
  readonly name: string;
  /** Every other name that clients of this daemon or of its predecessors call it by. */
  readonly aliases: readonly string[];
  /** `project`: runs in the engine that owns the project. `daemon`: answered by the main thread. */
  readonly scope: 'project' | 'daemon';
  /** What a caller must be allowed to do; see `conf/levels.ts`. */
  readonly level: Level;
  /** `opens` makes the project that the request names; `closes` ends it. */
  readonly project?: 'opens' | 'closes';
  /** Whether the request can change a project. */
  readonly edits: boolean;
  /**
   * Of those that do: what is recorded of it, to make the project anew. `request`, where doing it
   * again to the same project gives the same; `change`, where files, the clipboard, chance, time or
   * the memory that is free have a part in it: then it is what the request changed.
   */
  readonly replay?: 'request' | 'change';
  /**
   * It reads or writes a file. What the same client sends behind it waits until it is done: all
   * requests when it edits, else those that are barriers too.
   */
  readonly barrier?: true;
  /**
   * Of a project's: why no script can call it, where the rest of the entry does not say so. It
   * completes the sentence "Scripts cannot call it: ..." (`whyUnscripted` of `scripts.ts`).
   */
  readonly unscripted?: string;
  /** Of the daemon's own: answered at once, before those that came earlier. */
  readonly urgent?: true;
  /**
   * Of a project's: how long one may run, from when it is begun, and as long may it wait before, in
   * the place of `performance.request_timeout_ms`. A request's own `_meta.timeout_ms` comes before
   * it.
   */
  readonly timeout_ms?: number;
  /** What it does, in a few words: for `list_methods`, which clients read in one go. */
  readonly brief: string;
  /** The same in one sentence: for help and OpenRPC. */
  readonly summary: string;
  readonly description?: string;
  readonly params: P;
  /** The parameters in the order of a request that gives them by position. */
  readonly positional: readonly string[];
  /** Other names of parameters that documents and clients use, to the name used here. */
  readonly spellings?: Readonly<Record<string, string>>;
  /**
   * Parameters that are taken and mean nothing, to the client that sends them. Whatever could mean
   * something is obeyed or refused instead.
   */
  readonly ignored?: Readonly<Record<string, string>>;
  readonly result: R;
  /** The errors that are particular to it, beside those any request can meet. */
  readonly errors: readonly ErrorCode[];
  readonly examples: readonly MethodExample[];
}

export type Params<M extends MethodSpec> = Static<M['params']>;
export type Result<M extends MethodSpec> = Static<M['result']>;

/**
 * Writes an entry down without losing the exact types of its schemas. Every object of its
 * parameters is closed: a name that the schema does not have is an error.
 */
export function method<P extends TObject, R extends TSchema>(
  spec: MethodSpec<P, R>,
): MethodSpec<P, R> {
  const { spellings, ignored } = spec;
  const params = {
    ...closed(spec.params),
    ...(spellings === undefined ? {} : { 'x-spellings': spellings }),
    ...(ignored === undefined ? {} : { 'x-ignored': ignored }),
  };
  return { ...spec, params };
}
