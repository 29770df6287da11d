/**
 * Which children stop and start, and in what order: pure functions of the strategy and the state of
 * the children, which are listed in the order of their start.
 */

export type Strategy = 'one_for_one' | 'one_for_all' | 'rest_for_one';
export type RestartType = 'permanent' | 'transient' | 'temporary';

export interface PlanChild {
  readonly id: string;
  readonly restart: RestartType;
  /** Started and not yet ended. */
  readonly alive: boolean;
  /** Down, and already to be started by what is under way. */
  readonly due: boolean;
  /** Stopped by hand, to stay so until it is started by hand. */
  readonly held: boolean;
}

export interface Plan {
  /** To be stopped one after another. */
  readonly stops: readonly string[];
  /** To be started one after another when all of those are down. */
  readonly starts: readonly string[];
}

/**
 * What follows the death of a child that is to be started again. It may still be alive, when it is
 * given up because it did not become ready in time.
 */
export function restartPlan(
  strategy: Strategy,
  children: readonly PlanChild[],
  dead: string,
): Plan {
  const first = children.findIndex(({ id }) => id === dead);
  const affected = children.filter(({ id }, index) => {
    if (strategy === 'one_for_one') return id === dead;
    return strategy === 'one_for_all' || index >= first;
  });
  const starts = affected.filter(({ id, restart, due, held }) => {
    if (id === dead || due) return true;
    return !held && restart !== 'temporary';
  });
  return { stops: stopPlan(affected), starts: starts.map(({ id }) => id) };
}

/** All that is alive, the last started first. */
export function stopPlan(children: readonly PlanChild[]): readonly string[] {
  return children
    .filter(({ alive }) => alive)
    .map(({ id }) => id)
    .reverse();
}
