/** Why a daemon ended, in the words of those who started it. */

import type { ListenFailure } from '../machines/sockets.ts';
import type { StepCode } from '../machines/step.ts';
import type { SupervisorOutcome } from '../machines/supervision/index.ts';

/** Why it could not start. */
type Refusal =
  /** Another daemon has the socket. */
  | 'address busy'
  /** Another program has the port. */
  | 'address taken'
  /** A socket cannot be made as configured. */
  | 'address refused'
  /** Another daemon has the PID file. */
  | 'already running'
  /** This user may not. */
  | 'not permitted'
  /** A file cannot be made. */
  | 'cannot create'
  /** What is configured cannot be. */
  | 'misconfigured'
  /** The system is short of something. */
  | 'system failure';

export interface Outcome {
  readonly kind: 'stopped' | 'forced' | 'engines failed' | Refusal | 'defect';
  readonly reason: string;
}

/** Why a daemon never came to listen. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super(outcome.reason);
    this.outcome = outcome;
  }
}

/** What the outcome of the root supervisor means. */
export function outcomeOf(ended: SupervisorOutcome): Outcome {
  if (ended.kind === 'stopped')
    return { kind: ended.forced ? 'forced' : 'stopped', reason: ended.by };
  const { failure, path, output } = ended;
  const [part = '', child = part] = path.split('/');
  if (part === 'engines') return { kind: 'engines failed', reason: `${child} gave up: ${failure}` };
  const code = codeOf(output);
  if (code !== undefined) return { kind: REFUSALS[code], reason: failure };
  return { kind: 'defect', reason: `${path}: ${failure}` };
}

/** By the codes that sockets and steps of the start end with. */
const REFUSALS: Readonly<Record<ListenFailure | StepCode, Refusal>> = {
  busy: 'address busy',
  taken: 'address taken',
  refused: 'address refused',
  held: 'already running',
  forbidden: 'not permitted',
  uncreatable: 'cannot create',
  wrong: 'misconfigured',
  system: 'system failure',
};

/** The code of the sockets or of a step of the start, if that is what ended. */
function codeOf(output: unknown): ListenFailure | StepCode | undefined {
  if (typeof output !== 'object' || output === null || !('code' in output)) return undefined;
  return output.code as ListenFailure | StepCode;
}
