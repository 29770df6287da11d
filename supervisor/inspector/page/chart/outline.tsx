/** A machine as nested lists, where its chart is not drawn. */

import type { ComponentChildren } from 'preact';
import type { ChartNode } from './model.ts';

export interface OutlineProps {
  readonly machine: ChartNode;
  readonly active: readonly string[];
  /** Why, above the lists. */
  readonly children: ComponentChildren;
}

export function Outline({ machine, active, children }: OutlineProps) {
  return (
    <div class="chart chart-outline">
      <p class="chart-message">{children}</p>
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
