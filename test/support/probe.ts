/** Runs a machine as the child of a root that notes what the machine reports. */

import {
  type AnyActorRef,
  type AnyEventObject,
  type AnyStateMachine,
  createActor,
  createMachine,
  type EventFromLogic,
  type InputFrom,
  type InspectionEvent,
  SimulatedClock,
  type SnapshotFrom,
} from 'xstate';
import { loadConfig } from '../../conf/load.ts';
import type { Config } from '../../conf/schema.ts';

export interface Probe<L extends AnyStateMachine> {
  readonly clock: SimulatedClock;
  /** Everything the machine told its parent, without xstate's own events. */
  readonly reports: AnyEventObject[];
  send(event: EventFromLogic<L>): void;
  snapshot(): SnapshotFrom<L>;
  stop(): void;
}

interface ProbeOptions {
  readonly clock?: SimulatedClock;
  /** Hears what happens in the machine and below it. */
  readonly inspect?: (event: InspectionEvent) => void;
}

export function probe<L extends AnyStateMachine>(
  logic: L,
  input: InputFrom<L>,
  { clock = new SimulatedClock(), inspect = () => {} }: ProbeOptions = {},
): Probe<L> {
  const reports: AnyEventObject[] = [];
  const parent = createMachine({
    invoke: { id: 'probed', src: logic, input },
    on: {
      'xstate.*': {},
      '*': { actions: ({ event }) => reports.push(event) },
    },
  });
  const root = createActor(parent, { clock, inspect }).start();
  const child = root.getSnapshot().children.probed as AnyActorRef;
  return {
    clock,
    reports,
    send: (event) => child.send(event),
    snapshot: () => child.getSnapshot(),
    stop: () => root.stop(),
  };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends object ? Mutable<T[K]> : T[K] };

/** The built-in configuration with some of its values replaced. */
export async function configWith(change: (config: Mutable<Config>) => void): Promise<Config> {
  const { config } = await loadConfig();
  const copy = structuredClone(config) as Mutable<Config>;
  change(copy);
  return copy;
}
