/**
 * The inspector of one daemon: its machine with its effect, the tokens of who looks and who may
 * send events, and how it is turned on and off.
 */

import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { AnyActorRef } from 'xstate';
import { withVitals } from '../../actors/vitals.ts';
import { GoxError } from '../../conf/errors.ts';
import type { Config } from '../../conf/schema.ts';
import type { inspect } from '../../engine/catalogue/inspect.ts';
import type { Params, Result } from '../../engine/catalogue/spec.ts';
import {
  type InspectorEvent,
  type InspectorOutcome,
  inspectorMachine,
} from '../../machines/inspector.ts';
import { type SupervisorRef, startChild } from '../../machines/supervision/index.ts';
import type { Tokens } from '../../transport/tokens.ts';
import { INSPECTION, inspectionChild, PROJECTS } from '../children.ts';
import { sameSecret } from '../inspector/service/access.ts';
import type { ServedInspector } from '../inspector/service/serve.ts';
import { type ServerDeps, serverEffect } from './server.ts';

export interface InspectionDeps extends Pick<ServerDeps, 'root' | 'hooks' | 'clock' | 'deaths'> {
  readonly log: Logger;
  readonly config: Config;
  readonly tokens: Pick<Tokens, 'find'>;
}

const TOKEN_BYTES = 24;

export class Inspection {
  readonly #deps: InspectionDeps;
  readonly logic;
  /** Lets who called the method send events; those of `security.token_file` do it, too. */
  readonly #admin_token = newToken();
  #served: ServedInspector | undefined;

  constructor(deps: InspectionDeps) {
    this.#deps = deps;
    const { log, root, hooks, clock, deaths, tokens } = deps;
    const server = serverEffect({
      ...{ root, hooks, clock, deaths },
      // A URL that was given away is worth nothing once the inspector was turned off.
      token: newToken,
      isAdmin: (token) =>
        sameSecret(token, this.#admin_token) || tokens.find(token)?.level === 'admin',
      warn: (text) => log.warn({ actor: `${INSPECTION}/inspector` }, text),
      onServed: (served) => {
        this.#served = served;
      },
    });
    this.logic = withVitals(
      inspectorMachine.provide({
        actors: { server: withVitals(server) },
        actions: {
          'announce serving': () => log.info({ url: this.url }, 'the inspector is served'),
          'announce end': () => log.info('the inspector is not served any more'),
          'announce failure': ({ context: { reason } }) =>
            log.error({ reason }, 'the inspector cannot be served; the daemon goes on without'),
        },
      }),
    );
  }

  /** Where the page is, with its token, while it is served. */
  get url(): string | undefined {
    return this.#served?.url;
  }

  /**
   * Has it served, or not; the promise is of the result of the method. Rejects with a GoxError when
   * it cannot be, and when the daemon stops.
   */
  async turn({ on = true, port }: Params<typeof inspect>): Promise<Result<typeof inspect>> {
    const actor = this.#actor() ?? (on ? await this.#begin() : undefined);
    if (actor === undefined) return { on: false, viewers: 0 };
    const outcome = await new Promise<InspectorOutcome>((answer) => {
      const where = port === undefined ? {} : { port };
      const event: InspectorEvent = on
        ? { type: 'inspector.on', ...where, answer }
        : { type: 'inspector.off', answer };
      actor.send(event);
    });
    return this.#resultOf(outcome);
  }

  #resultOf(outcome: InspectorOutcome): Result<typeof inspect> {
    switch (outcome.kind) {
      case 'serving': {
        const { url = '', inspector } = this.#served ?? {};
        const { port } = outcome;
        const viewers = inspector?.viewers ?? 0;
        return { on: true, url, port, viewers, admin_token: this.#admin_token };
      }
      case 'off':
        return { on: false, viewers: 0 };
      case 'failed':
        throw new GoxError('GOX_INSPECTOR', `The inspector cannot be served: ${outcome.reason}.`);
      case 'stopping':
        throw new GoxError('GOX_SHUTTING_DOWN', 'The daemon is stopping.');
    }
  }

  #actor(): AnyActorRef | undefined {
    const { children } = this.#deps.root().getSnapshot();
    const actor = children[INSPECTION]?.getSnapshot().children.inspector as AnyActorRef | undefined;
    return actor?.getSnapshot().status === 'active' ? actor : undefined;
  }

  /** It is temporary, so that a defect of it costs nothing else; who asks gets another. */
  async #begin(): Promise<AnyActorRef | undefined> {
    const { root, config } = this.#deps;
    try {
      const supervisor = root() as unknown as SupervisorRef;
      await startChild(supervisor, inspectionChild(config), PROJECTS);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new GoxError('GOX_INSPECTOR', `The inspector cannot be started now: ${reason}.`);
    }
    return this.#actor();
  }
}

function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}
