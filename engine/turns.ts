/**
 * Long work of an engine that leaves others their turn: what it has done so far is kept, the
 * request is put back (as after an answer that took long), and run again when the others had
 * theirs, until nothing is left to do. Only what can go on from where it was may ask `endTurn`, and
 * only after it has got further.
 */

/** A small request waits about so long for somebody else's. */
const TURN_MS = 20;

/** The request is to be run again; nothing else has happened. */
export class Unfinished extends Error {
  override readonly name = 'Unfinished';

  constructor() {
    super('the turn is over, and the work is not done');
  }
}

/** When the present turn ends; nothing where work is done at one go. */
let until_ms: number | undefined;
/** Whether whoever runs requests runs them again. */
let again = false;

/** Requests that `action` runs are run again, from the start, when they throw `Unfinished`. */
export function runningAgain<T>(action: () => T): T {
  const before = again;
  again = true;
  try {
    return action();
  } finally {
    again = before;
  }
}

/** Does work of a request in a turn, when the request is run again. */
export function inTurn<T>(action: () => T): T {
  return until(again ? performance.now() + TURN_MS : undefined, action);
}

/** Does work at one go, whatever is around it. */
export function atOneGo<T>(action: () => T): T {
  return until(undefined, action);
}

function until<T>(end_ms: number | undefined, action: () => T): T {
  const before = until_ms;
  until_ms = end_ms;
  try {
    return action();
  } finally {
    until_ms = before;
  }
}

/** Throws `Unfinished` when the turn is over. */
export function endTurn(): void {
  if (until_ms !== undefined && performance.now() > until_ms) throw new Unfinished();
}
