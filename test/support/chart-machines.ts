/** The machines of the project as a page of the inspector gets them; texts without a browser. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type AnyStateMachine, StateMachine } from 'xstate';
import { createMachine } from 'xstate4';
import { dynamic } from '../../machines/supervision/dynamic.ts';
import { dynamicPool } from '../../machines/supervision/dynamic-pool.ts';
import { supervisor } from '../../machines/supervision/supervisor.ts';
import { type ChartNode, chartOf } from '../../supervisor/inspector/page/chart/model.ts';
import type { Measure } from '../../supervisor/inspector/page/chart/text.ts';
import { Definitions } from '../../supervisor/inspector/service/definition.ts';
import { Masking } from '../../supervisor/inspector/service/masking.ts';
import { ROOT } from './modules.ts';

const definitions = new Definitions(new Masking());

/** By the names of their files without the ending: each machine of `machines/`. */
export async function chartsOfProject(): Promise<Map<string, ChartNode>> {
  const charts = new Map<string, ChartNode>();
  for (const name of readdirSync(join(ROOT, 'machines'), { encoding: 'utf8', recursive: true })) {
    if (!name.endsWith('.ts')) continue;
    const built = new URL(`../../machines/${name.replace(/\.ts$/, '.js')}`, import.meta.url);
    const exported: Record<string, unknown> = await import(built.href);
    for (const machine of Object.values(exported)) {
      if (machine instanceof StateMachine) charts.set(name.slice(0, -3), chartOfMachine(machine));
    }
  }
  const options = { logics: {}, now_ms: () => 0 };
  charts.set('supervisor', chartOfMachine(supervisor(options)));
  charts.set('dynamic', chartOfMachine(dynamic(options)));
  charts.set('dynamic-pool', chartOfMachine(dynamicPool({})));
  return charts;
}

/** As a page gets it. */
function chartOfMachine(machine: AnyStateMachine): ChartNode {
  return chartOf(createMachine(JSON.parse(definitions.machine(machine))));
}

/** About as wide as a sans serif font has it. */
export const measure: Measure = (text, size, bold) => {
  let ems = 0;
  for (const letter of text) {
    if (/[iljt.,:'|[\]() /]/.test(letter)) ems += 0.34;
    else if (/[mwMW…]/.test(letter)) ems += 0.9;
    else ems += /[A-Z]/.test(letter) ? 0.7 : 0.58;
  }
  return ems * size * (bold ? 1.07 : 1);
};
