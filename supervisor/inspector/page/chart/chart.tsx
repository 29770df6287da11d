/** The chart of a machine: its states as nested boxes, and the transitions between them. */

import type { Delay, Transition } from '../../protocol.ts';
import type { ChartNode } from './model.ts';

export interface ChartProps {
  readonly machine: ChartNode;
  /** Ids of the states that are active. */
  readonly active: readonly string[];
  /** A new object for each transition that was taken. */
  readonly last: Transition | undefined;
  readonly delays: readonly Delay[];
  /** Unix time of the service. */
  readonly serviceNow: () => number;
}

export function Chart({ machine, active }: ChartProps) {
  return (
    <div class="chart">
      <p>{`${machine.id}: ${active.join(', ')}`}</p>
    </div>
  );
}
