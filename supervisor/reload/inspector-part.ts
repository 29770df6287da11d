/** The inspector goes over to another configuration. */

import type { Config } from '../../conf/schema.ts';
import type { Inspection } from '../inspection/inspection.ts';
import { ALL_TAKEN, type Part } from './parts.ts';

/** It is closed at one port and served at another. */
const INSPECTOR_MS = 10_000;

/**
 * Only where its keys have changed: what was turned on or off by hand stays so otherwise, as debug
 * lines do. It is closed before it is served elsewhere, so it goes back by itself.
 */
export function inspectorPart(inspection: Pick<Inspection, 'turn'>): Part {
  const turn = ({ inspector: { enabled, port } }: Config) =>
    inspection.turn(enabled ? { on: true, port } : { on: false });
  return {
    name: 'inspector',
    within_ms: INSPECTOR_MS,
    apply: async (from, to) => {
      const { enabled, port } = to.inspector;
      if (enabled === from.inspector.enabled && (!enabled || port === from.inspector.port)) {
        return ALL_TAKEN;
      }
      try {
        await turn(to);
      } catch (error) {
        // What went wrong first is what is told.
        await turn(from).catch(() => {});
        throw error;
      }
      return ALL_TAKEN;
    },
  };
}
