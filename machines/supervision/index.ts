/** Supervision for xstate: `goxel-supervisor/supervisor`. */

export {
  adjust,
  type ChildCounts,
  type ChildInfo,
  countChildren,
  deaths,
  deleteChild,
  getChildSpec,
  RefusedError,
  removeChild,
  restartChild,
  type SupervisorRef,
  startChild,
  terminateChild,
  whichChildren,
} from './control.ts';
export { type DynamicEvent, type DynamicLogic, type DynamicReport, dynamic } from './dynamic.ts';
export { Numbers } from './numbers.ts';
export { stopOrphans } from './orphans.ts';
export { type Plan, type PlanChild, type RestartType, restartPlan, type Strategy } from './plan.ts';
export {
  DEATHS_MAX,
  type Death,
  type Decision,
  type End,
  type Failure,
  type Fate,
  type SupervisorOutcome,
} from './records.ts';
export {
  type ChildSpec,
  checkSpec,
  type DynamicSpec,
  type FullSpec,
  type NestedSpec,
  type Shutdown,
  SpecError,
  type SpecErrorCode,
  type SupervisorSettings,
  type SupervisorSpec,
  type Template,
  type WorkerSpec,
} from './spec.ts';
export {
  type SupervisorEvent,
  type SupervisorInput,
  type SupervisorLogic,
  type SupervisorOptions,
  supervisor,
} from './supervisor.ts';
export {
  backoff,
  counting,
  judge,
  type Restart,
  type RestartSettings,
  type Verdict,
} from './window.ts';
