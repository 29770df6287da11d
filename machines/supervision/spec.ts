/**
 * Child specs: a tree of supervisors and workers as data, and what is wrong with it. All of it is
 * checked before anything starts; `supervisor.ts` says what each member means.
 */

import type { RestartType, Strategy } from './plan.ts';
import { type RestartSettings, TIMER_MS_MAX } from './window.ts';

export type Shutdown = number | 'infinity' | 'kill';

interface AnyChildSpec {
  /** Of its own among its siblings; without `/`, which parts the ids of a path. */
  readonly id: string;
  /** `permanent` when it is not said. */
  readonly restart?: RestartType;
  /** Of a worker 5000 ms when it is not said, of a supervisor `infinity`. */
  readonly shutdown?: Shutdown;
  readonly significant?: boolean;
  /** Its failure is at once that of its supervisor, however many restarts are left. */
  readonly escalates?: boolean;
}

/** A child that is no supervisor. */
export interface WorkerSpec extends AnyChildSpec {
  /** The name of one of the logics that the supervisor was made with. */
  readonly logic: string;
  readonly input?: unknown;
  /** It is ready when it says this event; without, as soon as it has started. */
  readonly ready?: { readonly event: string; readonly within_ms: number };
  readonly supervises?: undefined;
}

/** A child that is a supervisor. */
export interface NestedSpec extends AnyChildSpec {
  readonly supervises: SupervisorSpec;
  readonly logic?: undefined;
  readonly input?: undefined;
  readonly ready?: undefined;
}

export type ChildSpec = WorkerSpec | NestedSpec;

/** What of a supervisor may change while it runs. */
export interface SupervisorSettings {
  readonly restarts: RestartSettings;
  /** For all children together to stop; without, each has its own `shutdown` only. */
  readonly stop_within_ms?: number;
  /**
   * The same from when nobody is waited for; where it is said, asking again to stop is that.
   */
  readonly hurry_within_ms?: number;
}

export interface SupervisorSpec extends SupervisorSettings {
  readonly strategy: Strategy;
  /** `never` when it is not said. */
  readonly auto_shutdown?: 'never' | 'any_significant' | 'all_significant';
  /** `in_order` when it is not said; `together` for children that do not depend on each other. */
  readonly start?: 'in_order' | 'together';
  readonly children: readonly ChildSpec[];
}

/** What every dynamic child is made from. */
export interface Template {
  /** What the ids begin with: `connection` gives `connection:0`. */
  readonly name: string;
  /** The name of one of the logics that the machine was made with. */
  readonly logic: string;
  /** `temporary` when it is not said. */
  readonly restart?: RestartType;
  /** For all children at a time, since they stop together; 5000 ms when it is not said. */
  readonly shutdown?: Shutdown;
  /** For all children together; needed unless they are temporary. */
  readonly restarts?: RestartSettings;
}

export interface DynamicSpec {
  readonly template: Template;
  readonly children_max: number;
  /** Children of one pool; 16 when it is not said. */
  readonly pool_size?: number;
}

/** A child spec with its defaults. */
export interface FullSpec {
  readonly id: string;
  readonly kind: 'worker' | 'supervisor';
  readonly logic: string;
  readonly input: unknown;
  readonly restart: RestartType;
  readonly shutdown: Shutdown;
  readonly significant: boolean;
  readonly escalates: boolean;
  readonly ready: { readonly event: string; readonly within_ms: number | undefined } | undefined;
}

export type SpecErrorCode =
  | 'unknown_member'
  | 'bad_value'
  | 'bad_combination'
  | 'duplicate_id'
  | 'unknown_logic';

/** A spec that cannot be: which part, what is wrong, what to do. */
export class SpecError extends Error {
  override readonly name = 'SpecError';
  readonly code: SpecErrorCode;
  /** Of the child or supervisor, from the top: `engines/engine:1`; empty for the top itself. */
  readonly path: string;

  constructor(code: SpecErrorCode, path: string, what: string) {
    super(`${path === '' ? 'the supervisor' : `'${path}'`}: ${what}`);
    this.code = code;
    this.path = path;
  }
}

/** The name by which nested supervisors are spawned. */
export const SUPERVISOR = 'supervisor';
/** What a supervisor says when all its children are ready. */
export const SUPERVISOR_READY = 'supervisor.ready';

const WORKER_SHUTDOWN_MS = 5000;

export function fullSpec(spec: ChildSpec): FullSpec {
  const { id, restart = 'permanent', significant = false, escalates = false } = spec;
  if (spec.supervises !== undefined) {
    const { shutdown = 'infinity', supervises } = spec;
    const ready = { event: SUPERVISOR_READY, within_ms: undefined };
    const what = { kind: 'supervisor', logic: SUPERVISOR, input: { spec: supervises } } as const;
    return { id, ...what, restart, shutdown, significant, escalates, ready };
  }
  const { logic, input, shutdown = WORKER_SHUTDOWN_MS, ready } = spec;
  return { id, kind: 'worker', logic, input, restart, shutdown, significant, escalates, ready };
}

const SETTINGS = ['restarts', 'stop_within_ms', 'hurry_within_ms'];
const SUPERVISOR_MEMBERS = ['strategy', 'auto_shutdown', 'start', 'children', ...SETTINGS];
const CHILD_MEMBERS = ['id', 'logic', 'supervises', 'input', 'restart', 'shutdown'];
const TEMPLATE_MEMBERS = ['name', 'logic', 'restart', 'shutdown', 'restarts'];
const READY_MEMBERS = ['event', 'within_ms'];
const RESTART_MEMBERS = [
  ...['restart_on_failure', 'max_restart_attempts', 'window_ms', 'restart_delay_ms'],
  ...['restart_delay_ms_max', 'backoff_factor', 'jitter', 'reset_after_ms'],
];
const STRATEGIES = ['one_for_one', 'one_for_all', 'rest_for_one'];
const RESTART_TYPES = ['permanent', 'transient', 'temporary'];
const STARTS = ['in_order', 'together'];
const AUTO_SHUTDOWNS = ['never', 'any_significant', 'all_significant'];

/**
 * Checks a supervisor's spec with all below it.
 *
 * @param logics the names of the logics there are
 * @throws SpecError for the first fault
 */
export function checkSpec(spec: SupervisorSpec, logics: readonly string[], path = ''): void {
  checkObject(spec, SUPERVISOR_MEMBERS, path, 'the spec');
  checkOneOf(spec.strategy, STRATEGIES, path, 'strategy');
  checkRestarts(spec.restarts, path);
  checkTimers(spec, path);
  if (spec.auto_shutdown !== undefined) {
    checkOneOf(spec.auto_shutdown, AUTO_SHUTDOWNS, path, 'auto_shutdown');
  }
  checkStart(spec, path);
  if (!Array.isArray(spec.children)) {
    throw new SpecError('bad_value', path, `children must be an array, not ${said(spec.children)}`);
  }
  const ids = new Set<string>();
  for (const child of spec.children) {
    checkChild(child, spec, logics, path);
    if (ids.has(child.id)) {
      const what = `there are two children '${child.id}'; give each an id of its own`;
      throw new SpecError('duplicate_id', path, what);
    }
    ids.add(child.id);
  }
}

function checkStart({ start = 'in_order', strategy }: SupervisorSpec, path: string): void {
  checkOneOf(start, STARTS, path, 'start');
  if (start === 'in_order' || strategy === 'one_for_one') return;
  const what = `children that depend on each other (${strategy}) do not start together`;
  throw new SpecError('bad_combination', path, `${what}; leave start out, or use one_for_one`);
}

/** Checks what is to change of a supervisor that runs. @throws SpecError for the first fault */
export function checkSettings(settings: Partial<SupervisorSettings>, path: string): void {
  checkObject(settings, SETTINGS, path, 'the settings');
  if (settings.restarts !== undefined) checkRestarts(settings.restarts, path);
  checkTimers(settings, path);
}

function checkTimers(settings: Partial<SupervisorSettings>, path: string): void {
  for (const member of ['stop_within_ms', 'hurry_within_ms'] as const) {
    if (settings[member] !== undefined) checkTimer(settings[member], path, member);
  }
}

/**
 * Checks one child of a supervisor with all below it.
 *
 * @throws SpecError for the first fault
 */
export function checkChild(
  child: ChildSpec,
  parent: Pick<SupervisorSpec, 'auto_shutdown'>,
  logics: readonly string[],
  above: string,
): void {
  checkObject(child, [...CHILD_MEMBERS, 'significant', 'escalates', 'ready'], above, 'a child');
  if (typeof child.id !== 'string' || !/^[^/]+$/.test(child.id)) {
    const what = `a child's id must be a string without '/', not ${said(child.id)}`;
    throw new SpecError('bad_value', above, what);
  }
  const path = above === '' ? child.id : `${above}/${child.id}`;
  if (child.restart !== undefined) checkOneOf(child.restart, RESTART_TYPES, path, 'restart');
  checkShutdown(child.shutdown, path);
  checkSignificant(child, parent, path);
  checkEscalates(child, path);
  if (child.supervises !== undefined) {
    checkNested(child, path);
    checkSpec(child.supervises, logics, path);
    return;
  }
  if (child.logic === SUPERVISOR) {
    const what = "a supervisor is not started by its name; say 'supervises' with its spec";
    throw new SpecError('bad_combination', path, what);
  }
  if (!logics.includes(child.logic)) {
    const what = `there is no logic called ${said(child.logic)}; there are ${logics.join(', ')}`;
    throw new SpecError('unknown_logic', path, what);
  }
  if (child.ready !== undefined) checkReady(child.ready, path);
}

function checkNested(child: ChildSpec, path: string): void {
  for (const member of ['logic', 'input', 'ready'] as const) {
    if (child[member] === undefined) continue;
    const what = `a child that supervises has no '${member}'; leave one of the two out`;
    throw new SpecError('bad_combination', path, what);
  }
}

function checkSignificant(
  { significant, restart = 'permanent' }: ChildSpec,
  { auto_shutdown = 'never' }: Pick<SupervisorSpec, 'auto_shutdown'>,
  path: string,
): void {
  if (significant === undefined || significant === false) return;
  if (significant !== true) {
    throw new SpecError('bad_value', path, `significant must be true or false, not ${significant}`);
  }
  if (restart === 'permanent') {
    const what = 'a permanent child cannot be significant, since its end is always followed by a';
    throw new SpecError('bad_combination', path, `${what} restart; make it transient or temporary`);
  }
  if (auto_shutdown === 'never') {
    const what = "no child can be significant where auto_shutdown is 'never'; set auto_shutdown to";
    throw new SpecError('bad_combination', path, `${what} 'any_significant' or 'all_significant'`);
  }
}

function checkEscalates({ escalates, restart }: ChildSpec, path: string): void {
  if (escalates === undefined || escalates === false) return;
  if (escalates !== true) {
    throw new SpecError('bad_value', path, `escalates must be true or false, not ${escalates}`);
  }
  if (restart !== 'temporary') return;
  const what = 'no failure of a temporary child is one of its supervisor; make it transient';
  throw new SpecError('bad_combination', path, `${what} or permanent, or leave out escalates`);
}

function checkShutdown(shutdown: unknown, path: string): void {
  if (shutdown === undefined || shutdown === 'infinity' || shutdown === 'kill') return;
  if (shutdown === 0) {
    const what = "shutdown must not be 0; say 'kill' to have it stopped at once";
    throw new SpecError('bad_value', path, what);
  }
  checkTimer(shutdown, path, "shutdown, unless 'infinity' or 'kill',");
}

function checkReady(ready: unknown, path: string): void {
  checkObject(ready, READY_MEMBERS, path, 'ready');
  const { event, within_ms } = ready as { event: unknown; within_ms: unknown };
  if (typeof event !== 'string' || event === '') {
    throw new SpecError('bad_value', path, `ready.event must be a name, not ${said(event)}`);
  }
  if (/^(xstate|supervisor|child|dynamic)\.|\*/.test(event)) {
    const what = `ready.event must not be ${said(event)}, which has a meaning here; use another`;
    throw new SpecError('bad_combination', path, what);
  }
  checkTimer(within_ms, path, 'ready.within_ms');
}

function checkRestarts(restarts: RestartSettings, path: string): void {
  checkObject(restarts, RESTART_MEMBERS, path, 'restarts');
  const check = (member: keyof RestartSettings, holds: boolean, must: string): void => {
    if (holds) return;
    const what = `restarts.${member} must be ${must}, not ${said(restarts[member])}`;
    throw new SpecError('bad_value', path, what);
  };
  const delay = (member: 'restart_delay_ms' | 'restart_delay_ms_max' | 'reset_after_ms') =>
    check(member, isBetween(restarts[member], 0, TIMER_MS_MAX), `from 0 to ${TIMER_MS_MAX}`);
  const { max_restart_attempts, window_ms, reset_after_ms, backoff_factor, jitter } = restarts;
  const on = restarts.restart_on_failure;
  check('restart_on_failure', typeof on === 'boolean', 'true or false');
  const whole = Number.isInteger(max_restart_attempts) && max_restart_attempts >= 0;
  check('max_restart_attempts', whole, 'an integer of at least 0');
  check('window_ms', isBetween(window_ms, 1, Number.MAX_SAFE_INTEGER), 'at least 1');
  delay('restart_delay_ms');
  delay('restart_delay_ms_max');
  check('backoff_factor', isBetween(backoff_factor, 1, Number.MAX_VALUE), 'at least 1');
  check('jitter', isBetween(jitter, 0, 1), 'from 0 to 1');
  if (reset_after_ms !== undefined) delay('reset_after_ms');
  if (restarts.restart_delay_ms_max < restarts.restart_delay_ms) {
    const what = 'restarts.restart_delay_ms_max must be at least restarts.restart_delay_ms';
    throw new SpecError('bad_combination', path, what);
  }
}

/** The template of dynamic children and their number. @throws SpecError for the first fault */
export function checkTemplate(
  { template, children_max, pool_size = 1 }: DynamicSpec,
  logics: readonly string[],
): void {
  const { name, logic, restart = 'temporary', shutdown, restarts } = template;
  checkObject(template, TEMPLATE_MEMBERS, '', 'the template');
  checkChild(
    { id: name, logic, restart, ...(shutdown === undefined ? {} : { shutdown }) },
    {},
    logics,
    '',
  );
  for (const [member, value] of Object.entries({ children_max, pool_size })) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new SpecError(
      'bad_value',
      '',
      `${member} must be an integer of at least 1, not ${said(value)}`,
    );
  }
  if (restarts !== undefined) checkRestarts(restarts, '');
  else if (restart !== 'temporary') {
    const what = `${restart} children need 'restarts' in their template; or make them temporary`;
    throw new SpecError('bad_combination', '', what);
  }
}

function checkObject(
  value: unknown,
  members: readonly string[],
  path: string,
  what: string,
): asserts value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SpecError('bad_value', path, `${what} must be an object, not ${said(value)}`);
  }
  const unknown = Object.keys(value).find((member) => !members.includes(member));
  if (unknown === undefined) return;
  const known = members.join(', ');
  const text = `${what} has no member '${unknown}'; there are ${known}`;
  throw new SpecError('unknown_member', path, text);
}

function checkOneOf(value: unknown, known: readonly string[], path: string, member: string): void {
  if (typeof value === 'string' && known.includes(value)) return;
  const what = `${member} must be one of ${known.join(', ')}, not ${said(value)}`;
  throw new SpecError('bad_value', path, what);
}

function checkTimer(value: unknown, path: string, member: string): void {
  if (isBetween(value, 1, TIMER_MS_MAX)) return;
  const what = `${member} must be milliseconds from 1 to ${TIMER_MS_MAX}, not ${said(value)}`;
  throw new SpecError('bad_value', path, what);
}

function isBetween(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && value >= min && value <= max;
}

function said(value: unknown): string {
  const text = typeof value === 'string' ? `'${value}'` : String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
