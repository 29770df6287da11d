/** A machine as nested lists, where its chart could not be drawn. */

import type { ChartNode } from './model.ts';

export interface OutlineProps {
  readonly machine: ChartNode;
  readonly active: readonly string[];
  readonly why: string;
}

export function Outline({ machine, active, why }: OutlineProps) {
  return (
    <div class="chart chart-outline">
      <p class="chart-message">{`The chart cannot be drawn, so here are its states. ${why}`}</p>
      <ul>
        <StateItem state={machine} active={new Set(active)} />
      </ul>
    </div>
  );
}

function StateItem({ state, active }: { state: ChartNode; active: ReadonlySet<string> }) {
  const { id, key, type, states, transitions } = state;
  return (
    <li class={active.has(id) ? 'is-active' : ''}>
      <b>{key}</b>
      {` ${active.has(id) ? '(active) ' : ''}${type === 'atomic' ? '' : type}`}
      <ul>
        {transitions.map(({ event, guard, targets }, index) => (
          <li key={`${index} ${event}`} class="chart-small">
            {[event, guard && `[${guard}]`, targets.length > 0 && `→ ${targets.join(', ')}`]
              .filter(Boolean)
              .join(' ')}
          </li>
        ))}
        {states.map((child) => (
          <StateItem key={child.id} state={child} active={active} />
        ))}
      </ul>
    </li>
  );
}
