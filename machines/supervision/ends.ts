/** What follows the end of a child, and a start that fails. */

import {
  type Book,
  type Child,
  isAlive,
  isDue,
  noteDeath,
  planChildren,
  settle,
  type Turn,
} from './book.ts';
import {
  addOperation,
  becomeDown,
  forget,
  kill,
  NOTHING,
  takeOverDeaths,
  withdraw,
} from './operations.ts';
import { restartPlan } from './plan.ts';
import { causedBy, type End, type Fate } from './records.ts';
import { counting, judge, type Verdict } from './window.ts';

/** A decision about a death that has yet to be carried out. */
interface Judgement extends Omit<Verdict, 'granted'> {
  readonly fate: Fate;
}

/** A child has ended by itself or as it was asked to. */
export function ended(turn: Turn, child: Child, end: End): void {
  const { hands, now_ms } = turn;
  const { phase, spec, phase_ms } = child;
  const lived_ms = now_ms - child.started_ms;
  takeOverDeaths(turn, child);
  hands.drop(spec.id);
  becomeDown(turn, child);
  if (phase === 'stopping') {
    const took_ms = now_ms - phase_ms;
    hands.report({ kind: 'stopped', child: spec.id, took_ms, lived_ms, ...end });
    if (end.abnormal) noteDeath(turn, child, end, 'stopping');
    return;
  }
  const mayEnd = !end.abnormal && spec.restart !== 'permanent';
  if (phase === 'starting' && !mayEnd) {
    startFailed(turn, child, end);
    return;
  }
  const judgement = judgeDeath(turn, child, end);
  hands.report({ kind: 'died', child: spec.id, lived_ms, fate: judgement.fate, ...end });
  noteDeath(turn, child, end, judgement.fate);
  carryOut(turn, child, end, judgement);
}

/** A child has not become ready, or has not stopped, in time. */
export function late(turn: Turn, child: Child): void {
  const { shutdown, ready } = child.spec;
  child.timed = false;
  if (child.phase === 'stopping') {
    kill(turn, child, `it had not stopped within ${shutdown} ms`);
  } else if (child.phase === 'starting' && !isToStop(turn.book, child)) {
    const reason = `it was not ready within ${ready?.within_ms} ms`;
    startFailed(turn, child, { abnormal: true, reason });
  }
}

function judgeDeath(turn: Turn, child: Child, end: End): Judgement {
  const { book } = turn;
  if (book.outcome !== undefined || isToStop(book, child)) return without('stopping');
  const { id, restart, significant } = child.spec;
  if (restart === 'permanent' || (restart === 'transient' && end.abnormal)) {
    return judgeRestart(turn, child);
  }
  return without(shutsDown(book, id, significant) ? 'shut down' : 'none');
}

function judgeStart(turn: Turn, child: Child, byHand: boolean): Judgement {
  const { book } = turn;
  if (book.outcome !== undefined || isToStop(book, child)) return without('stopping');
  if (byHand) return without('none');
  if (!book.began && !child.began) return without('start failed');
  return judgeRestart(turn, child);
}

function judgeRestart({ book, now_ms, random }: Turn, { spec }: Child): Judgement {
  if (spec.escalates) return without('gave up');
  const verdict = judge(book.spec.restarts, book.restarts, now_ms, random);
  return { ...verdict, fate: verdict.granted ? 'restart' : 'gave up' };
}

function without(fate: Fate): Judgement {
  return { fate, nth: 0, delay_ms: 0 };
}

/** Whether it would have been stopped anyway, by a restart that has been counted. */
function isToStop({ operations }: Book, { spec }: Child): boolean {
  return operations.some(({ stops }) => stops.includes(spec.id));
}

/** Whether the end of a child that stays down is that of its supervisor. */
function shutsDown(book: Book, id: string, significant: boolean): boolean {
  const { auto_shutdown = 'never' } = book.spec;
  if (!significant || auto_shutdown === 'never') return false;
  if (auto_shutdown === 'any_significant') return true;
  return !book.children.some(
    (other) =>
      other.spec.id !== id &&
      other.spec.significant &&
      (isAlive(other) || isDue(book, other.spec.id)),
  );
}

/** A child that is down, or alive and not ready, has not been started. */
function startFailed(turn: Turn, child: Child, end: End): void {
  const { hands } = turn;
  const { id } = child.spec;
  const byHand = child.waiters.some(({ want }) => want === 'up');
  const judgement = judgeStart(turn, child, byHand);
  hands.report({ kind: 'start failed', child: id, fate: judgement.fate, ...end });
  noteDeath(turn, child, end, judgement.fate);
  if (byHand) {
    settle(turn, child, 'up', end.reason);
    withdraw(turn, [id]);
    child.held = true;
    if (isAlive(child)) addOperation(turn, { ...NOTHING, stops: [id] });
    else if (child.fresh !== undefined) forget(turn, child);
    return;
  }
  carryOut(turn, child, end, judgement);
}

function carryOut(turn: Turn, child: Child, end: End, judgement: Judgement): void {
  const { book, hands } = turn;
  const { id } = child.spec;
  const { max_restart_attempts: max, window_ms } = book.spec.restarts;
  switch (judgement.fate) {
    case 'restart':
      restart(turn, id, end.reason, judgement);
      return;
    case 'gave up':
      hands.report({ kind: 'gave up', child: id, reason: end.reason, max, window_ms });
      book.outcome = causedBy('gave up', id, end);
      return;
    case 'start failed':
      book.outcome = causedBy('start failed', id, end);
      return;
    case 'shut down':
      book.outcome = causedBy('significant child ended', id, end);
      return;
    case 'none':
      // It may have ended while it was started, which is the end of its start too.
      settle(turn, child, 'up');
      withdraw(turn, [id]);
      return;
    case 'stopping':
  }
}

function restart(turn: Turn, id: string, reason: string, { nth, delay_ms }: Judgement): void {
  const { book, hands, now_ms } = turn;
  const { strategy, restarts: settings } = book.spec;
  const { stops, starts } = restartPlan(strategy, planChildren(book), id);
  withdraw(turn, [...stops, ...starts]);
  const operation = addOperation(turn, { cause: id, stops, starts, wait_ms: delay_ms });
  const counted = { at_ms: now_ms, done_ms: undefined, operation };
  book.restarts = [...counting(settings, book.restarts, now_ms), counted];
  const max = settings.max_restart_attempts;
  const plan = { nth, max, delay_ms, stops, starts };
  hands.report({ kind: 'restart planned', child: id, reason, ...plan });
}
