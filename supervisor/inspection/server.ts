/** The `server` effect of the inspector: its port, and whether anybody looks. */

import { type AnyActorRef, fromCallback } from 'xstate';
import type { Hooks } from '../../actors/hooks.ts';
import { look } from '../../actors/watch.ts';
import { VERSION } from '../../engine/catalogue/version.ts';
import type {
  InspectorCommand,
  InspectorEvent,
  InspectorServerInput,
} from '../../machines/inspector.ts';
import type { Death } from '../../machines/supervision/index.ts';
import type { InspectorOptions } from '../inspector/service/options.ts';
import type { ServedInspector } from '../inspector/service/serve.ts';
import { describe, obituaries, reasonOfDeath } from './describe.ts';
import { endsBy } from './endings.ts';
import { showRequests } from './requests.ts';
import { refusalOf, takenBy } from './sendable.ts';

export interface ServerDeps {
  readonly root: () => AnyActorRef;
  readonly hooks: Hooks;
  readonly clock: { now_ms(): number };
  readonly deaths: () => readonly Death[];
  /** Whether who shows this token may send events. */
  readonly isAdmin: (token: string) => boolean;
  /** What the URL must carry. */
  readonly token: () => string;
  readonly warn: (text: string) => void;
  /** Hears of what is served, and when it is not any more. */
  readonly onServed: (served: ServedInspector | undefined) => void;
}

export function serverEffect(deps: ServerDeps) {
  return fromCallback<InspectorCommand, InspectorServerInput>(({ input, sendBack, receive }) => {
    const say = sendBack as (event: InspectorEvent) => void;
    let served: ServedInspector | undefined;
    let over = false;
    const close = (): Promise<void> => {
      over = true;
      const last = served;
      served = undefined;
      if (last === undefined) return Promise.resolve();
      deps.onServed(undefined);
      return last.close();
    };
    const options = optionsOf(deps, (event) => {
      if (!over) say(event);
    });
    const serving = async () => {
      // Most daemons are never looked into: they start without it.
      const { serveInspector } = await import('../inspector/service/serve.ts');
      return serveInspector(deps.root(), { ...options, port: input.port });
    };
    serving().then(
      (inspector) => {
        served = inspector;
        if (over) {
          void close();
          return;
        }
        deps.onServed(inspector);
        say({ type: 'server.serving', port: Number(new URL(inspector.url).port) });
      },
      (error: unknown) => {
        if (!over) say({ type: 'server.failed', reason: reasonOf(error, input.port) });
      },
    );
    receive(() => {
      void close().then(() => say({ type: 'server.closed' }));
    });
    return () => void close();
  });
}

function optionsOf(deps: ServerDeps, say: (event: InspectorEvent) => void): InspectorOptions {
  const { root, hooks, clock, deaths, isAdmin, token, warn } = deps;
  return {
    title: `goxel-supervisor ${VERSION}, process ${process.pid}`,
    token: token(),
    admin: isAdmin,
    refuse: refusalOf,
    ends: (actor, event) => endsBy(actor, event, clock.now_ms()),
    takes: takenBy,
    describe,
    reason: (actor) => reasonOfDeath(actor, clock.now_ms()),
    dead: () => obituaries(deaths(), clock.now_ms()),
    onLook: () => {
      const turnAway = look(root());
      say({ type: 'viewers.came' });
      return () => {
        turnAway();
        say({ type: 'viewers.left' });
      };
    },
    messages: (tell) => showRequests(hooks, root, tell),
    warn,
  };
}

function reasonOf(error: unknown, port: number): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `port ${port} of 127.0.0.1 is taken`;
  if (code === 'EACCES') return `this user may not have port ${port}`;
  return message ?? String(error);
}
