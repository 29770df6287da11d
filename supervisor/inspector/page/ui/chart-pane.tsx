/** The chart of the chosen actor, as it is or was. */

import { useMemo } from 'preact/hooks';
import type { Delay } from '../../protocol.ts';
import { Chart } from '../chart/chart.tsx';
import { type ChartNode, chartOf } from '../chart/model.ts';
import { looking } from '../looking.ts';
import { stale, world } from '../state.ts';
import { activeIds, stateText } from '../store/state-text.ts';

const NO_DELAYS: readonly Delay[] = [];
const charts = new WeakMap<object, ChartNode | string>();

export function ChartPane() {
  const look = looking();
  const machine = look === undefined ? undefined : machineChart(look.actor.machine);
  const value = look?.state.value;
  const text = stateText(value);
  const active = useMemo(
    () => (machine === undefined || typeof machine === 'string' ? [] : activeIds(machine, value)),
    [machine, text],
  );
  const is_live = look?.live === true;
  const shot_ms = look?.shot?.at_ms ?? 0;
  const here = world.value;
  const serviceNow = useMemo(
    () => () => (is_live ? here.now(Date.now()) : shot_ms),
    [here, is_live, is_live ? 0 : shot_ms],
  );
  if (look === undefined || machine === undefined) {
    return <p class="empty">There is no chart of what died before the page was opened.</p>;
  }
  if (typeof machine === 'string') {
    return <p class="empty">{`The chart cannot be drawn: ${machine}.`}</p>;
  }
  const over = stale.value || (is_live && look.actor.death !== undefined);
  return (
    <Chart
      key={look.actor.session}
      machine={machine}
      active={active}
      last={look.last}
      delays={over ? NO_DELAYS : look.delays}
      serviceNow={serviceNow}
    />
  );
}

/** The chart of a machine of xstate 4, or why there is none; made once. */
export function machineChart(machine: unknown): ChartNode | string | undefined {
  if (typeof machine !== 'object' || machine === null) return undefined;
  const known = charts.get(machine);
  if (known !== undefined) return known;
  let chart: ChartNode | string;
  try {
    chart = chartOf(machine as Parameters<typeof chartOf>[0]);
  } catch (error) {
    chart = error instanceof Error ? error.message : String(error);
  }
  charts.set(machine, chart);
  return chart;
}
