/**
 * The supervisor: a machine whose input is a tree of child specs. `SPECIFICATION.md` says, sentence
 * by sentence, what it does.
 *
 *     starting ──→ running ⇄ restarting
 *        │            │          │
 *        └────────────┴──────────┴──→ stopping → ended
 *
 * `restarting`: operations are under way: children are stopped, waited for, and started again. What
 * an event changes is worked out on a plain book (`book.ts`) by `operations.ts`, `ends.ts` and
 * `requests.ts`, which know no xstate; plans and windows are pure functions (`plan.ts`,
 * `window.ts`).
 */

import { type AnyActorLogic, assign, type EventObject, enqueueActions, setup } from 'xstate';
import { type Book, find, isAlive, newBook, type Reminder, readyChild, type Turn } from './book.ts';
import { ended, late } from './ends.ts';
import { type Ports, pathOf, takeTurn } from './hands.ts';
import { addOperation, becomeReady, due, hurry, killAll, NOTHING, stopAll } from './operations.ts';
import type { Decision, SupervisorOutcome } from './records.ts';
import { carryOutRequest, type RequestEvent, refuse, type Settled } from './requests.ts';
import { checkSpec, SUPERVISOR, SUPERVISOR_READY, type SupervisorSpec } from './spec.ts';

export interface SupervisorOptions {
  /** What workers are made of, by name. */
  readonly logics: Readonly<Record<string, AnyActorLogic>>;
  /** Of the clock that drives the timers. */
  readonly now_ms: () => number;
  /** Uniform in [0, 1), for the jitter of waits; without, there is none. */
  readonly random?: () => number;
  /** Called with every decision; what it throws is dropped. */
  readonly report?: (decision: Decision) => void;
  /** Applied to the logic of nested supervisors, and of pools of dynamic children. */
  readonly wrap?: (logic: AnyActorLogic) => AnyActorLogic;
}

export interface SupervisorInput {
  readonly spec: SupervisorSpec;
}

export type SupervisorEvent =
  /** Asked again, with `now`, nobody is waited for. */
  | { type: 'supervisor.stop'; by: string; now?: boolean }
  /** The same from a supervisor above. */
  | { type: 'child.stop'; now: boolean }
  | RequestEvent
  | Reminder
  /** The supervisor that is the child `id` is to begin its next life with this spec. */
  | { type: 'supervisor.changed'; id: string; spec: SupervisorSpec }
  | { type: 'xstate.done.actor.*'; actorId: string }
  | { type: 'xstate.error.actor.*'; actorId: string };

export type SupervisorLogic = ReturnType<typeof supervisor>;

/**
 * The logic of a supervisor, whose input is its spec.
 *
 * @throws SpecError from its start, as the error of the actor, when the spec cannot be
 */
export function supervisor(options: SupervisorOptions) {
  const names = Object.keys(options.logics);
  // Its own logic is among its actors, so that a spec may nest supervisors.
  const actors: Record<string, AnyActorLogic> = { ...options.logics };
  const machine = parts(options, actors, names).createMachine({
    id: SUPERVISOR,
    context: ({ input: { spec } }) => {
      checkSpec(spec, names);
      return newBook(spec);
    },
    initial: 'starting',
    on: {
      'supervisor.stop': { target: '.stopping', actions: 'note who asks' },
      'child.stop': { target: '.stopping', actions: 'note who asks' },
      'supervisor.request': { actions: 'refuse request' },
      'supervisor.changed': { actions: 'note change' },
      'supervisor.begun': { actions: 'note begun' },
      'supervisor.late': { actions: 'note late' },
      'supervisor.due': { actions: 'note due' },
      'xstate.done.actor.*': { actions: 'note end' },
      'xstate.error.actor.*': { actions: 'note end' },
      'xstate.*': {},
      '*': [{ guard: 'is a ready event', actions: 'note ready' }, { actions: 'pass on' }],
    },
    states: {
      starting: {
        entry: 'start all',
        always: [
          { guard: 'must stop', target: 'stopping' },
          { guard: 'nothing is under way', target: 'running', actions: 'say ready' },
        ],
      },
      running: {
        on: { 'supervisor.request': { actions: 'carry out request' } },
        always: [
          { guard: 'must stop', target: 'stopping' },
          { guard: 'something is under way', target: 'restarting' },
        ],
      },
      restarting: {
        on: { 'supervisor.request': { actions: 'carry out request' } },
        always: [
          { guard: 'must stop', target: 'stopping' },
          { guard: 'nothing is under way', target: 'running' },
        ],
      },
      stopping: {
        entry: 'stop all',
        on: {
          'supervisor.stop': { actions: 'hurry' },
          'child.stop': { actions: 'hurry' },
          'supervisor.overdue': { actions: 'kill all' },
        },
        always: { guard: 'all are down', target: 'ended' },
      },
      ended: { type: 'final', entry: 'say ended' },
    },
    output: ({ context }) => context.outcome ?? { kind: 'stopped', by: 'nobody', forced: false },
  });
  const { wrap = (logic) => logic } = options;
  actors[SUPERVISOR] = wrap(machine);
  return machine;
}

function parts(
  { now_ms, random = () => 0, report = () => {} }: SupervisorOptions,
  actors: Readonly<Record<string, AnyActorLogic>>,
  names: readonly string[],
) {
  const ports: Ports = { now_ms, random, report };
  return setup({
    types: {
      context: {} as Book,
      events: {} as SupervisorEvent,
      input: {} as SupervisorInput,
      output: {} as SupervisorOutcome,
      emitted: {} as Settled,
    },
    actors,
    guards: {
      'must stop': ({ context }) => context.outcome !== undefined,
      'something is under way': ({ context }) => context.operations.length > 0,
      'nothing is under way': ({ context }) => context.operations.length === 0,
      'all are down': ({ context }) => !context.children.some(isAlive),
      'is a ready event': ({ context, event }) => readyChild(context, event) !== undefined,
    },
    actions: {
      'start all': enqueueActions((scope) => takeTurn(scope, ports, startAll)),
      'note ready': enqueueActions((scope) => takeTurn(scope, ports, noteReady)),
      'note begun': enqueueActions((scope) => takeTurn(scope, ports, noteBegun)),
      'note late': enqueueActions((scope) => takeTurn(scope, ports, noteLate)),
      'note due': enqueueActions((scope) => takeTurn(scope, ports, noteDue)),
      'note change': enqueueActions((scope) => takeTurn(scope, ports, noteChange)),
      'note end': enqueueActions((scope) => takeTurn(scope, ports, noteEnd)),
      'note who asks': assign({
        outcome: ({ event }) => ({ kind: 'stopped' as const, by: byOf(event), forced: false }),
        now: ({ event }) => isNow(event),
      }),
      'stop all': enqueueActions((scope) => takeTurn(scope, ports, stopAll)),
      hurry: enqueueActions((scope) => {
        if (isHurried(scope.event, scope.context)) takeTurn(scope, ports, hurry);
      }),
      'kill all': enqueueActions((scope) => takeTurn(scope, ports, killAll)),
      'carry out request': enqueueActions((scope) => {
        takeTurn(scope, ports, (turn, event) => {
          if (event.type !== 'supervisor.request') return;
          carryOutRequest(turn, event, names, pathOf(scope.self));
        });
      }),
      'refuse request': enqueueActions((scope) => takeTurn(scope, ports, refuseRequest)),
      'say ready': enqueueActions((scope) => {
        takeTurn(scope, ports, noteRunning);
        const { enqueue, self } = scope;
        if (self._parent === undefined) return;
        enqueue.sendParent({ type: SUPERVISOR_READY, id: self.id });
      }),
      'say ended': enqueueActions((scope) => takeTurn(scope, ports, sayEnded)),
      'pass on': enqueueActions((scope) => {
        if (scope.self._parent !== undefined) scope.enqueue.sendParent(scope.event);
        else takeTurn(scope, ports, sayHeard);
      }),
    },
  });
}

function byOf(event: SupervisorEvent): string {
  return event.type === 'supervisor.stop' ? event.by : 'its supervisor';
}

function isNow(event: SupervisorEvent): boolean {
  return 'now' in event && event.now === true;
}

/** Whether whoever asks again wants nobody to be waited for. */
function isHurried(event: SupervisorEvent, { spec }: Book): boolean {
  return isNow(event) || (event.type === 'supervisor.stop' && spec.hurry_within_ms !== undefined);
}

function startAll(turn: Turn): void {
  const ids = turn.book.children.map(({ spec }) => spec.id);
  const together = turn.book.spec.start === 'together';
  for (const starts of together ? ids.map((id) => [id]) : [ids]) {
    addOperation(turn, { ...NOTHING, starts });
  }
}

function noteReady(turn: Turn, event: EventObject & { id?: unknown }): void {
  const { type: _, id, ...info } = event;
  const child = readyChild(turn.book, event);
  if (child === undefined) return;
  child.named = id !== undefined;
  becomeReady(turn, child, info);
}

function noteBegun(turn: Turn, event: SupervisorEvent): void {
  if (event.type !== 'supervisor.begun') return;
  const child = find(turn.book, event.id);
  if (child?.phase === 'starting' && child.starts === event.nth) becomeReady(turn, child, {});
}

function noteLate(turn: Turn, event: SupervisorEvent): void {
  if (event.type !== 'supervisor.late') return;
  const child = find(turn.book, event.id);
  if (child?.starts === event.nth) late(turn, child);
}

function noteDue(turn: Turn, event: SupervisorEvent): void {
  if (event.type === 'supervisor.due') due(turn, event.key);
}

function noteChange({ book }: Turn, event: SupervisorEvent): void {
  if (event.type !== 'supervisor.changed') return;
  const { id, spec } = event;
  const child = find(book, id);
  if (child?.spec.kind !== 'supervisor') return;
  child.spec = { ...child.spec, input: { spec } };
  const children = book.spec.children.map((one) =>
    one.id === id && one.supervises !== undefined ? { ...one, supervises: spec } : one,
  );
  book.spec = { ...book.spec, children };
}

function noteEnd(turn: Turn, event: SupervisorEvent): void {
  if (!('actorId' in event)) return;
  const end = turn.hands.endOf(event.actorId);
  const child = find(turn.book, event.actorId);
  if (child !== undefined && end !== undefined) ended(turn, child, end);
}

function refuseRequest(turn: Turn, event: SupervisorEvent): void {
  if (event.type !== 'supervisor.request') return;
  const doing = turn.book.outcome === undefined ? 'starting' : 'stopping';
  refuse(turn, event, `the supervisor is ${doing}`);
}

function noteRunning({ book, hands }: Turn): void {
  book.began = true;
  hands.report({ kind: 'running' });
}

function sayEnded({ book: { outcome }, hands }: Turn): void {
  if (outcome !== undefined) hands.report({ kind: 'ended', outcome });
}

function sayHeard({ hands }: Turn, event: EventObject): void {
  hands.report({ kind: 'heard', event });
}
