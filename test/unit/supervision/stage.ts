/**
 * A supervisor under a simulated clock whose children do what the test says. The log reads `+a` for
 * a start, `a?` and `a!` for the two ways of being asked to stop, `-a` when nothing is left of it.
 */

import {
  type AnyActorLogic,
  type AnyActorRef,
  type AnyEventObject,
  assign,
  createActor,
  fromCallback,
  SimulatedClock,
  sendParent,
  setup,
} from 'xstate';
import {
  type ChildSpec,
  type Decision,
  dynamic,
  type RestartSettings,
  type SupervisorSpec,
  supervisor,
} from '../../../machines/supervision/index.ts';

export const RESTARTS: RestartSettings = {
  restart_on_failure: true,
  max_restart_attempts: 3,
  window_ms: 10_000,
  restart_delay_ms: 100,
  restart_delay_ms_max: 400,
  backoff_factor: 2,
  jitter: 0,
};

/** A spec of one level; its children obey, and are ready at once unless they say otherwise. */
export function spec(
  children: readonly (string | ChildSpec)[],
  change: Partial<SupervisorSpec> = {},
): SupervisorSpec {
  return {
    strategy: 'one_for_one',
    restarts: RESTARTS,
    children: children.map((child) =>
      typeof child === 'string' ? { id: child, logic: 'obeys' } : child,
    ),
    ...change,
  };
}

/** A child that is ready when it says `<id>.ready`, for which it has a second. */
export function slow(id: string, change: Partial<ChildSpec> = {}): ChildSpec {
  const ready = { event: `${id}.ready`, within_ms: 1000 };
  return { id, logic: 'obeys', ready, ...change } as ChildSpec;
}

/** What keeps a machine's mark in the log while anything is left of it. */
const mark = (log: string[]) =>
  fromCallback<AnyEventObject, { id: string }>(({ input: { id } }) => {
    log.push(`+${id}`);
    return () => void log.push(`-${id}`);
  });

/** A machine that ends, throws or speaks as it is told; it ends when asked to stop if it obeys. */
export function actorLogic(log: string[], obeys: boolean): AnyActorLogic {
  return setup({
    types: { context: {} as { id: string; output: unknown }, events: {} as AnyEventObject },
    actors: { mark: mark(log) },
  }).createMachine({
    initial: 'on',
    context: ({ self }) => ({ id: self.id, output: undefined }),
    invoke: { src: 'mark', input: ({ context }) => ({ id: context.id }) },
    on: {
      'test.end': { target: '.off', actions: assign({ output: ({ event }) => event.output }) },
      'test.throw': {
        actions: ({ event }) => {
          throw event.error;
        },
      },
      'test.say': { actions: sendParent(({ event }) => event.event) },
      'child.stop': {
        ...(obeys ? { target: '.off' } : {}),
        actions: ({ event, context }) => void log.push(`${context.id}${event.now ? '!' : '?'}`),
      },
    },
    states: { on: {}, off: { type: 'final' } },
    output: ({ context }) => context.output,
  });
}

/** An effect that throws and speaks as it is told, and marks the log in its cleanup. */
const effectLogic = (log: string[]): AnyActorLogic =>
  fromCallback<AnyEventObject>(({ self, sendBack, receive }) => {
    log.push(`+${self.id}`);
    receive((event) => {
      if (event.type === 'test.throw') throw event.error;
      if (event.type === 'test.say') sendBack(event.event);
      if (event.type === 'child.stop') log.push(`${self.id}${event.now ? '!' : '?'}`);
    });
    return () => void log.push(`-${self.id}`);
  });

/** A child that throws when it starts. */
const BROKEN = fromCallback(() => {
  throw new Error('broken');
});

export function stage(
  spec: SupervisorSpec,
  random: () => number = () => 0,
  report?: (decision: Decision) => void,
) {
  const clock = new SimulatedClock();
  const log: string[] = [];
  const decisions: Decision[] = [];
  const errors: unknown[] = [];
  const options = {
    now_ms: () => clock.now(),
    random,
    report: report ?? ((decision: Decision) => void decisions.push(decision)),
  };
  const workers = {
    obeys: actorLogic(log, true),
    stays: actorLogic(log, false),
    effect: effectLogic(log),
    broken: BROKEN,
  };
  const logics = { ...workers, dynamic: dynamic({ logics: workers, ...options }) };
  const root = createActor(supervisor({ logics, ...options }), { clock, input: { spec } });
  root.subscribe({ error: (error) => errors.push(error) });
  root.start();

  /** The actor at a path: `engines/engine:1`. */
  const at = (path: string): AnyActorRef => {
    let actor: AnyActorRef = root;
    for (const id of path.split('/')) {
      const child: AnyActorRef | undefined = actor.getSnapshot().children[id];
      if (child === undefined) throw new Error(`there is no ${path}`);
      actor = child;
    }
    return actor;
  };
  return {
    ...{ clock, log, decisions, errors, root, at },
    /** What was logged since the last look. */
    seen: () => log.splice(0).join(' '),
    says: (path: string, event: AnyEventObject) => at(path).send({ type: 'test.say', event }),
    dies: (path: string, error: unknown = new Error('oops')) =>
      at(path).send({ type: 'test.throw', error }),
    ends: (path: string, output?: unknown) => at(path).send({ type: 'test.end', output }),
    stops: (now?: boolean) =>
      root.send({ type: 'supervisor.stop', by: 'test', ...(now === undefined ? {} : { now }) }),
    state: () => root.getSnapshot().value,
    output: () => root.getSnapshot().output,
    /** The last decision of a kind. */
    last: <K extends Decision['kind']>(kind: K) =>
      decisions.filter((one): one is Decision & { kind: K } => one.kind === kind).at(-1),
  };
}
