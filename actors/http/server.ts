/** The `server` effect of `machines/http.ts`: metrics and health by HTTP. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { fromCallback } from 'xstate';
import type { Config } from '../../conf/schema.ts';
import type { HttpCommand, HttpEvent, HttpInput } from '../../machines/http.ts';
import { type HeldSocket, holdPath, holdPort } from '../listener/held-socket.ts';
import { ListenError } from '../listener/listen-error.ts';
import { isLoopback } from '../listener/tcp-socket.ts';
import type { Predecessor } from '../upgrade/predecessor.ts';
import { reportFigures } from '../vitals.ts';
import { type Answers, type Page, pageFor } from './pages.ts';
import { Visitors } from './visitors.ts';

export interface HttpDeps {
  readonly log: Logger;
  /** Asked for when the server opens, since most daemons have none. */
  readonly answers: () => Answers;
  /** Hears of its socket, for who hands it over; and when there is none. */
  readonly onHttp: (held: HeldSocket | undefined) => void;
  /** From which it is taken over, if it had one at the same place. */
  readonly predecessor: Predecessor | undefined;
}

/** An answer that is under way when the server closes has so long. */
const FAREWELL_MS = 500;
const BACKLOG = 64;

export function httpEffect({ log, answers, onHttp, predecessor }: HttpDeps) {
  return fromCallback<HttpCommand, HttpInput>(({ input, receive, sendBack, self }) => {
    const say = sendBack as (event: HttpEvent) => void;
    const all = answers();
    const visitors = new Visitors((request, response) => {
      void answer(request, response, all, log);
    });
    reportFigures(self, () => visitors.figures());
    const held = hold(input.config, log, visitors, predecessor);
    held.then(
      (one) => {
        onHttp(one);
        const address = one.kind === 'tcp' ? `http://${one.address}` : one.address;
        say({ type: 'server.serving', address });
      },
      (error: Error) => {
        const code = error instanceof ListenError ? error.code : 'refused';
        say({ type: 'server.failed', code, reason: error.message });
      },
    );
    const close = async (now: boolean) => {
      onHttp(undefined);
      const leave = visitors.close(now);
      await held.then((one) => one.close()).catch(() => {});
      const timer = setTimeout(() => void visitors.close(true), FAREWELL_MS);
      await leave;
      clearTimeout(timer);
    };
    receive(({ now }) => void close(now).then(() => say({ type: 'server.closed' })));
    return () => void close(true);
  });
}

/** Binds it where the configuration says. Throws ListenError. */
async function hold(
  { http, sockets }: Config,
  log: Logger,
  visitors: Visitors,
  predecessor: Predecessor | undefined,
): Promise<HeldSocket> {
  const connected = visitors.welcome.bind(visitors);
  const deps = { log, connected, predecessor, use: 'http' } as const;
  const { path, address, port } = http;
  if (path !== '') {
    const { permissions } = sockets.unix;
    const place = { path, permissions, backlog: BACKLOG, setting: 'http.path' };
    return await holdPath(place, deps);
  }
  const place = { address, port, backlog: BACKLOG, section: 'http' };
  const warn = (host: string) => {
    if (isLoopback(host)) return;
    const text =
      'metrics and health can be read from other machines, by everybody there: they ask for no' +
      ' token';
    log.warn({ address: host }, text);
  };
  return await holdPort(place, warn, deps);
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  answers: Answers,
  log: Logger,
): Promise<void> {
  const { method = 'GET', url = '/', headers } = request;
  let page: Page;
  try {
    page = await pageFor({ method, url, accept: headers.accept ?? '' }, answers);
  } catch (error) {
    log.error({ err: error, url: url.slice(0, 80) }, 'a defect in a page of metrics and health');
    const type = { 'content-type': 'text/plain; charset=utf-8' };
    page = { status: 500, headers: type, body: 'a defect of the daemon; its log has more\n' };
  }
  const body = Buffer.from(page.body);
  response.writeHead(page.status, {
    ...page.headers,
    'content-length': body.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(method === 'HEAD' ? undefined : body);
}
