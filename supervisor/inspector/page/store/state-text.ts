/** States of actors: as text, as colours, as ids of the nodes of their machine. */

/** What is read of a machine: `ChartNode` has it. */
export interface StateTree {
  readonly id: string;
  readonly key: string;
  readonly type: string;
  readonly states: readonly StateTree[];
  readonly transitions: readonly { readonly eventType: string }[];
}

/** A value of a state in dots: `open.idle`; of parallel states each, with commas between. */
export function stateText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return value === undefined ? '' : String(value);
  return Object.entries(value)
    .map(([key, inner]) => {
      const rest = stateText(inner);
      if (rest === '') return key;
      return rest.includes(', ') ? `${key}.(${rest})` : `${key}.${rest}`;
    })
    .join(', ');
}

export type Tone = 'bad' | 'wait' | 'good' | 'plain';

const BAD = /fail|error|lost|dead|crash|broken|unhealthy|refused|quarantin/i;
const WAIT =
  /backoff|wait|start|open(ing)\b|retry|replay|degraded|clos|drain|stopp|reload|pause|cancel/i;
const OVER = /done|final|complete|stopped|closed/i;

/** What the name of a state lets one guess, as no machine says it. */
export function toneOf(text: string): Tone {
  if (BAD.test(text)) return 'bad';
  if (OVER.test(text)) return 'plain';
  if (WAIT.test(text)) return 'wait';
  return 'good';
}

/** The ids of the nodes that are active, the machine's own among them, parents first. */
export function activeIds(machine: StateTree, value: unknown): string[] {
  return activeNodes(machine, value).map(({ id }) => id);
}

function activeNodes(node: StateTree, value: unknown): StateTree[] {
  const below = (key: string, inner: unknown): StateTree[] => {
    const child = node.states.find((state) => state.key === key);
    return child === undefined ? [] : activeNodes(child, inner);
  };
  if (typeof value === 'string') return [node, ...below(value, undefined)];
  if (typeof value !== 'object' || value === null) return [node];
  return [node, ...Object.entries(value).flatMap(([key, inner]) => below(key, inner))];
}

/** Events that xstate makes itself, and what is no name of an event. */
const NOT_SENT = /^$|\*|^(xstate|done|error)\./;

/** Types of events that a machine takes in a state, without those that xstate makes itself. */
export function eventsTaken(machine: StateTree, value: unknown): string[] {
  const types = activeNodes(machine, value).flatMap(({ transitions }) =>
    transitions.map(({ eventType }) => eventType),
  );
  return [...new Set(types)].filter((type) => !NOT_SENT.test(type)).sort();
}
