/**
 * Walks machines along the paths that `xstate/graph` finds in their definitions. From each state
 * that can be reached by what is said to a machine and by time, each event that means something
 * there is tried on a machine that lives, with its children and its clock.
 */

import * as assert from 'uvu/assert';
import {
  type AnyActorLogic,
  type AnyActorRef,
  type AnyEventObject,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createEmptyActor,
} from 'xstate';
import { getShortestPaths } from 'xstate/graph';
import { type Inspect, SteppedClock, type Subject } from './stage.ts';

/** Far more than any definition here has. */
const STEPS_MAX = 20_000;
/** Timers that may be due before the one that is waited for. */
const TIMERS_MAX = 200;
/** A definition has a scope of its own. */
const NO_SCOPE = {} as Parameters<AnyActorLogic['transition']>[2];

/** Walks all paths of a machine; what was reached is for `inspect` to say. */
export function walk(subject: Subject, inspect: Inspect): { paths: number; strayed: number } {
  let paths = 0;
  let strayed = 0;
  for (const input of subject.inputs) {
    const known = definition(subject.machine);
    for (const events of pathsOf(subject, known, input)) {
      const states = predicted(known, input, events);
      const last = states.at(-1)!;
      for (const event of [undefined, ...eventsIn(subject, last)]) {
        paths += 1;
        const whole = event === undefined ? events : [...events, event];
        const went = follow(subject, input, inspect, {
          events: whole,
          states: predicted(known, input, whole),
        });
        if (!went) strayed += 1;
      }
    }
  }
  return { paths, strayed };
}

/** An event that an actor has sent with a delay, as xstate keeps it. */
interface Scheduled {
  readonly event: AnyEventObject;
  readonly target: object;
}

interface Path {
  readonly events: readonly AnyEventObject[];
  /** The state after each of them, as the definition has it. */
  readonly states: readonly AnyMachineSnapshot[];
}

/**
 * Whether it came to the end of the path. Time brings about more than what a path asks for, and so
 * may lead away from it, and an effect that was stopped says nothing more.
 */
function follow(subject: Subject, input: object, inspect: Inspect, { events, states }: Path) {
  const clock = new SteppedClock();
  let came: string[] = [];
  let system: AnyActorRef['system'] | undefined;
  const watch = (event: Parameters<Inspect>[0]) => {
    inspect(event);
    if (event.type !== '@xstate.event' || !isProbed(event.actorRef)) return;
    came.push(event.event.type);
    ({ system } = event.actorRef as AnyActorRef);
  };
  const isDue = (type: string) => {
    const due: Record<string, Scheduled> = system?.getSnapshot()._scheduledEvents ?? {};
    return Object.values(due).some(({ event, target }) => event.type === type && isProbed(target));
  };
  const { state = (value) => value } = subject;
  const one = subject.begin(input, { clock, inspect: watch });
  const said = (type: string) => subject.said.some((event) => event.type === type);
  const step = (event: AnyEventObject): 'told' | 'came' | 'strayed' => {
    if (said(event.type)) return one.say(event) ? 'told' : 'strayed';
    came = [];
    for (let timers = 0; timers < TIMERS_MAX && isDue(event.type); timers += 1) {
      clock.next();
      if (came.includes(event.type)) return came.length === 1 ? 'came' : 'strayed';
    }
    return 'strayed';
  };
  try {
    for (const [i, event] of events.entries()) {
      if (step(event) === 'strayed') return false;
      const path = events.slice(0, i + 1).map(({ type }) => type);
      const [got, wanted] = [one.snapshot().value, states[i + 1]?.value].map(state);
      assert.equal(got, wanted, `${subject.machine.id}: ${path}`);
    }
    return true;
  } finally {
    one.stop();
  }
}

function isProbed(actor: object): boolean {
  return 'id' in actor && actor.id === 'probed';
}

/** The events of the shortest path to each state that `xstate/graph` can find. */
function pathsOf(subject: Subject, known: AnyActorLogic, input: object): AnyEventObject[][] {
  const paths = getShortestPaths(known, {
    ...{ input, limit: STEPS_MAX },
    events: (state) => eventsIn(subject, state as AnyMachineSnapshot),
    serializeState: (state) => JSON.stringify((state as AnyMachineSnapshot).value),
  });
  return paths.map(({ steps }) => steps.slice(1).map(({ event }) => event as AnyEventObject));
}

/**
 * The states along a path, from the first. The search takes two states for one whose contexts
 * differ, so that a path may lead elsewhere than it says.
 */
function predicted(known: AnyActorLogic, input: object, events: readonly AnyEventObject[]) {
  const states = [known.getInitialSnapshot(NO_SCOPE, input) as AnyMachineSnapshot];
  for (const event of events) states.push(known.transition(states.at(-1), event, NO_SCOPE));
  return states;
}

/** What means something in a state: what can be said, and what time brings. */
function eventsIn({ said }: Subject, { _nodes, status }: AnyMachineSnapshot): AnyEventObject[] {
  if (status !== 'active') return [];
  const types = new Set(_nodes.flatMap(({ ownEvents }) => ownEvents));
  return [...types].flatMap((type) => {
    const known = said.filter((event) => event.type === type);
    if (known.length > 0) return known;
    // Children that end do so by themselves.
    return /^xstate\.(?!after)/.test(type) ? [] : [{ type }];
  });
}

/**
 * A machine as a function of states and events, for the search: nothing is started, and the
 * machine sees itself in the state that is looked at.
 */
function definition(machine: AnyStateMachine): AnyActorLogic {
  const nobody = createEmptyActor();
  const scope = (state?: AnyMachineSnapshot) => {
    const self = Object.assign(Object.create(nobody), {
      _parent: nobody,
      getSnapshot: () => state,
    });
    return {
      ...{ self, id: '', sessionId: '', system: nobody.system, logger: () => {} },
      ...{ defer: () => {}, stopChild: () => {}, emit: () => {}, actionExecutor: () => {} },
    };
  };
  return {
    transition: (state, event) => machine.transition(state, event, scope(state)),
    getInitialSnapshot: (_, input) => machine.getInitialSnapshot(scope(), input),
    getPersistedSnapshot: (state) => state,
  };
}
