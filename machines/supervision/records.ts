/** What a supervisor tells: its decisions, the deaths below it, and how it ended. */

/** How a supervisor ended: its output. One with `failure` has ended abnormally. */
export type SupervisorOutcome =
  | {
      readonly kind: 'stopped';
      /** Who asked. */
      readonly by: string;
      /** Whether a child had to be stopped by force because it took too long. */
      readonly forced: boolean;
    }
  | Failure;

export interface Failure {
  readonly kind: 'start failed' | 'gave up' | 'significant child ended';
  /** The innermost cause. */
  readonly failure: string;
  /** Of the child that caused it, from this supervisor: `engines/engine:1`. */
  readonly path: string;
  /** What that child ended with, if it did. */
  readonly output?: unknown;
}

/** How a child ended. */
export interface End {
  readonly abnormal: boolean;
  readonly reason: string;
  /** What it ended with, or what it threw. */
  readonly output?: unknown;
  readonly error?: unknown;
}

/** What was decided about a child that has ended. */
export type Fate =
  | 'restart'
  /** It stays down: its restart type says so. */
  | 'none'
  | 'gave up'
  | 'start failed'
  | 'shut down'
  /** Its supervisor is stopping, or was stopping this child. */
  | 'stopping';

/** An end that nobody asked for, or that had to be forced. */
export interface Death {
  /** Of the child, from the supervisor that is asked. */
  readonly path: string;
  readonly at_ms: number;
  readonly lived_ms: number;
  readonly abnormal: boolean;
  readonly reason: string;
  readonly fate: Fate;
}

/** So many deaths are kept, of each supervisor with all below it. */
export const DEATHS_MAX = 100;

export type Decision = {
  readonly at_ms: number;
  /** The path of the supervisor from the root of the tree; empty for the root. */
  readonly supervisor: string;
} & DecisionBody;

export type DecisionBody =
  /** `nth`: how often it was started before. */
  | { readonly kind: 'started'; readonly child: string; readonly nth: number }
  /** `info`: what its ready event said besides. */
  | {
      readonly kind: 'ready';
      readonly child: string;
      readonly nth: number;
      readonly took_ms: number;
      readonly info: Readonly<Record<string, unknown>>;
    }
  | ({
      readonly kind: 'died';
      readonly child: string;
      readonly lived_ms: number;
      readonly fate: Fate;
    } & End)
  | ({ readonly kind: 'start failed'; readonly child: string; readonly fate: Fate } & End)
  | {
      readonly kind: 'restart planned';
      readonly child: string;
      readonly reason: string;
      /** Which of the restarts that count it is, and how many there may be. */
      readonly nth: number;
      readonly max: number;
      readonly delay_ms: number;
      readonly stops: readonly string[];
      readonly starts: readonly string[];
    }
  /** All that was planned after the death of `child` is done, so long after it. */
  | { readonly kind: 'restarted'; readonly child: string; readonly took_ms: number }
  | {
      readonly kind: 'gave up';
      readonly child: string;
      readonly reason: string;
      readonly max: number;
      readonly window_ms: number;
    }
  /** A child is asked to stop. */
  | { readonly kind: 'stopping'; readonly child: string; readonly now: boolean }
  | ({
      readonly kind: 'stopped';
      readonly child: string;
      readonly took_ms: number;
      readonly lived_ms: number;
    } & End)
  /** A child is stopped by force; `late`: because it did not stop in time. */
  | {
      readonly kind: 'killed';
      readonly child: string;
      readonly late: boolean;
      readonly took_ms: number;
      readonly lived_ms: number;
    }
  | { readonly kind: 'added'; readonly child: string }
  | { readonly kind: 'deleted'; readonly child: string }
  /** Something that was asked for at run time is refused. */
  | { readonly kind: 'refused'; readonly child: string; readonly reason: string }
  /** All children of the supervisor are ready for the first time. */
  | { readonly kind: 'running' }
  | { readonly kind: 'shutting down'; readonly outcome: SupervisorOutcome }
  | { readonly kind: 'ended'; readonly outcome: SupervisorOutcome }
  /** An event of a child that the root of the tree has no use for. */
  | { readonly kind: 'heard'; readonly event: { readonly type: string } };

interface Ended {
  readonly status: string;
  readonly output?: unknown;
  readonly error?: unknown;
}

/** How a child ended, from its last snapshot. */
export function endOf({ status, output, error }: Ended): End {
  if (status === 'error') return { abnormal: true, reason: String(error), error };
  const failure = failureOf(output);
  if (failure !== undefined) return { abnormal: true, reason: failure, output };
  return { abnormal: false, reason: 'ended', output };
}

function failureOf(output: unknown): string | undefined {
  if (typeof output !== 'object' || output === null || !('failure' in output)) return undefined;
  return String(output.failure);
}

/** The failure of a supervisor because of a child, whose own cause, if it tells one, is kept. */
export function causedBy(kind: Failure['kind'], child: string, end: End): Failure {
  const { reason, output } = end;
  if (isFailure(output)) {
    const inner = output.output === undefined ? {} : { output: output.output };
    return { kind, failure: output.failure, path: `${child}/${output.path}`, ...inner };
  }
  return { kind, failure: reason, path: child, ...(output === undefined ? {} : { output }) };
}

const KINDS: readonly unknown[] = ['start failed', 'gave up', 'significant child ended'];

function isFailure(output: unknown): output is Failure {
  if (failureOf(output) === undefined) return false;
  const { kind, path } = output as Partial<Failure>;
  return KINDS.includes(kind) && typeof path === 'string';
}
