import { type CallbackActorLogic, forwardTo, sendParent, setup } from 'xstate';

export type Stop = { type: 'child.stop'; now: boolean };
type Fact = { type: 'up' } | { type: 'down'; failure?: string };

/**
 * The logic of a child whose effect says `up` when it is ready, and `down` when it has ended, with
 * a `failure` unless it was asked to by `child.stop`. Ended by force, the effect is cleaned up.
 *
 *     living → over
 */
export function life(effect: CallbackActorLogic<Stop>) {
  return setup({
    types: { events: {} as Fact | Stop },
    actors: { effect },
    // With its id: several may become ready at a time.
    actions: { 'say up': sendParent(({ event, self }) => ({ ...event, id: self.id })) },
  }).createMachine({
    invoke: { id: 'effect', src: 'effect' },
    initial: 'living',
    states: {
      living: {
        on: {
          up: { actions: 'say up' },
          down: 'over',
          'child.stop': { actions: forwardTo('effect') },
        },
      },
      over: { type: 'final', output: ({ event }) => event },
    },
    // One with a `failure` is an abnormal end.
    output: ({ event }) => event.output,
  });
}
