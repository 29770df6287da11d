/** Why a daemon ended, in the words of those who started it. */

import type { ListenFailure } from '../machines/sockets.ts';
import type { SupervisorOutcome } from '../machines/supervision/index.ts';

export interface Outcome {
  readonly kind:
    | 'stopped'
    | 'forced'
    | 'engines failed'
    | 'address busy'
    | 'address taken'
    | 'address forbidden'
    | 'address wrong'
    | 'address refused'
    | 'defect';
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
  const code = listenFailure(output);
  if (code !== undefined) return { kind: `address ${code}`, reason: failure };
  return { kind: 'defect', reason: `${path}: ${failure}` };
}

/** The code that the sockets ended with, if that is what ended. */
function listenFailure(output: unknown): ListenFailure | undefined {
  if (typeof output !== 'object' || output === null || !('code' in output)) return undefined;
  return output.code as ListenFailure;
}
