/**
 * The life of one project, from the request that makes it until it is closed or given up.
 *
 *     opening → open{clean|unsaved} → closing → closed
 *        │            │                  │
 *        └────────────┴─── replaying ────┘         and back, where it was; or lost
 *
 * `opening` and `closing`: the project has a request that opens or closes it, and what anybody else
 * asks of it waits, since only its answer settles what the name means. A request that fails leaves
 * what was there before; when that was nothing, the project is closed.
 *
 * `replaying`: its engine has it no more, since its thread died or what it had could not be kept.
 * It is made anew from what is kept of it, and all requests wait, also the one that opens or closes
 * it. `lost`: that could not be done, and it is refused by that name until it is made or loaded
 * again, or closed. `unloaded`: the same of one that the store has still; whoever asks for it has
 * it read again, as another project of that name.
 *
 * Whether it is `clean` its engine knows, and says with every answer; the machine hears only of a
 * change. So a request costs no transition but those that open or close, the first edit after a
 * save, and a save.
 */

import { type ActorRefFrom, assign, setup } from 'xstate';

export interface ProjectInput {
  name: string;
  /** The index of the engine that owns it. */
  engine: number;
  /** Whether a request makes it; the current project is there without one. */
  opening: boolean;
  /** Whether it is kept from an earlier life of the daemon. */
  replaying?: boolean;
}

export type ProjectEvent =
  /** A request that opens it, or closes it, has left for its engine. */
  | { type: 'project.open' }
  | { type: 'project.close' }
  /** `title`: what it is called, or the file it was read from. */
  | { type: 'project.opened'; title: string }
  | { type: 'project.closed' }
  /** The request that was to open or close it came to nothing. */
  | { type: 'project.refused' }
  /** It has an edit that is in no file; it has none. */
  | { type: 'project.edited' }
  | { type: 'project.saved' }
  /** What its engine has of it is not what is kept; it was made anew, and is called so. */
  | { type: 'project.replay' }
  | { type: 'project.replayed'; title?: string | undefined }
  /** It cannot be made anew. */
  | { type: 'project.lost'; reason: string }
  /** Nor can it now, but it is kept in the store. */
  | { type: 'project.unloaded'; reason: string };

export interface ProjectContext extends ProjectInput {
  title: string;
  /** Why it was lost. */
  reason: string;
  /** Whether something is in it by now. */
  filled: boolean;
}

export type ProjectActor = ActorRefFrom<typeof projectMachine>;

/** Of one in which nothing was yet, nothing is lost. */
const LOST = [
  { guard: 'holds something', target: '#project.lost', actions: 'note reason' },
  { target: '#project.closed', actions: 'note reason' },
] as const;

const UNLOADED = { target: '#project.unloaded', actions: 'note reason' } as const;

export const projectMachine = setup({
  types: {
    context: {} as ProjectContext,
    events: {} as ProjectEvent,
    input: {} as ProjectInput,
  },
  actions: {
    'note title': assign({
      title: ({ context, event }) =>
        (event.type === 'project.opened' || event.type === 'project.replayed'
          ? event.title
          : undefined) ?? context.title,
      filled: true,
    }),
    'note reason': assign({
      reason: ({ context, event }) => ('reason' in event ? event.reason : context.reason),
    }),
  },
  guards: {
    'is kept': ({ context }) => context.replaying === true,
    'is made by a request': ({ context }) => context.opening,
    'holds something': ({ context }) => context.filled,
  },
}).createMachine({
  id: 'project',
  context: ({ input }) => ({ ...input, title: '', reason: '', filled: !input.opening }),
  initial: 'beginning',
  states: {
    beginning: {
      always: [
        { guard: 'is kept', target: 'replaying.open' },
        { guard: 'is made by a request', target: 'opening' },
        { target: 'open' },
      ],
    },
    opening: {
      on: {
        'project.opened': { target: 'open', actions: 'note title' },
        'project.refused': [
          { guard: 'holds something', target: 'open.before' },
          { target: 'closed' },
        ],
        'project.replay': 'replaying.opening',
        'project.lost': LOST,
        'project.unloaded': UNLOADED,
      },
    },
    open: {
      initial: 'clean',
      on: {
        'project.open': 'opening',
        'project.close': 'closing',
        'project.replay': 'replaying.open',
        'project.lost': { target: 'lost', actions: 'note reason' },
        'project.unloaded': UNLOADED,
      },
      states: {
        clean: { on: { 'project.edited': 'unsaved' } },
        unsaved: { on: { 'project.saved': 'clean' } },
        /** As it was before the request that failed. */
        before: { type: 'history' },
      },
    },
    closing: {
      on: {
        'project.closed': 'closed',
        'project.refused': 'open.before',
        'project.replay': 'replaying.closing',
        'project.lost': { target: 'lost', actions: 'note reason' },
        'project.unloaded': UNLOADED,
      },
    },
    /** What its request left may be answered meanwhile, or it is given up. */
    replaying: {
      initial: 'open',
      on: { 'project.lost': LOST, 'project.unloaded': UNLOADED },
      states: {
        opening: {
          on: {
            'project.replayed': '#project.opening',
            'project.opened': { target: 'open', actions: 'note title' },
            'project.refused': [
              { guard: 'holds something', target: 'open' },
              { target: '#project.closed' },
            ],
          },
        },
        open: {
          on: { 'project.replayed': { target: '#project.open.before', actions: 'note title' } },
        },
        closing: {
          on: {
            'project.replayed': '#project.closing',
            'project.closed': '#project.closed',
            'project.refused': 'open',
          },
        },
      },
    },
    /** Closed by a request, or another has its name by now. */
    lost: { on: { 'project.closed': 'closed' } },
    unloaded: { on: { 'project.closed': 'closed' } },
    closed: { type: 'final' },
  },
});
