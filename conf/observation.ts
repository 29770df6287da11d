/** What lets people look into a daemon, of the configuration; `schema.ts` is the whole. */

import { HOUR_MS, section } from './section.ts';
import { Type } from './type.ts';

export const inspector = section(
  'The inspector: a page that shows every actor live. It is served to this machine only, and only' +
    ' to who has the token of its URL.',
  {
    enabled: Type.Boolean({
      default: false,
      live: true,
      description:
        'Whether it is served from the start on. `goxel-supervisor inspect` has a daemon that' +
        ' runs serve it.',
    }),
    port: Type.Integer({
      default: 0,
      live: true,
      minimum: 0,
      maximum: 65_535,
      description:
        'The port of 127.0.0.1. 0: one that is free; the URL, which nobody can guess anyway, is' +
        ' in the log.',
    }),
  },
);

/** Where metrics are served when nothing is said; 9464 is what exporters have by custom. */
export const HTTP_PLACE = { address: '127.0.0.1', port: 9464 };

export const http = section('Metrics and health by HTTP, for programs that watch over daemons.', {
  enabled: Type.Boolean({
    default: false,
    live: false,
    description: 'Whether /metrics, /livez, /readyz and /healthz are served.',
  }),
  path: Type.String({
    default: '',
    live: false,
    title: 'a text',
    path: true,
    description:
      'A Unix socket to serve them at, instead of an address; who may connect is what' +
      ' sockets.unix.permissions says.',
  }),
  address: Type.String({
    default: HTTP_PLACE.address,
    live: false,
    minLength: 1,
    title: 'an address',
    description:
      'The address to serve them at. They ask for no token: beyond this machine, show them to a' +
      ' network that you trust.',
  }),
  port: Type.Integer({
    default: HTTP_PLACE.port,
    live: false,
    minimum: 0,
    maximum: 65_535,
    description: 'Its port; that which exporters of metrics have by custom. 0: one that is free.',
  }),
});

export const tracing = section('The ways of single requests through the daemon.', {
  slow_ms: Type.Integer({
    default: 5000,
    live: true,
    minimum: 0,
    maximum: 24 * HOUR_MS,
    description:
      'A request that took at least as long is logged, with the times at which it was received,' +
      ' queued, started and answered. 0: none is. Pictures and large files take some seconds.',
  }),
  kept_max: Type.Integer({
    default: 256,
    live: true,
    minimum: 0,
    maximum: 65_536,
    description: 'Requests whose ways are kept for `system.trace`, the latest.',
  }),
});

export const leaks = section('The search for leaks, which goes on while debug lines are on.', {
  interval_ms: Type.Integer({
    default: 10_000,
    live: true,
    minimum: 100,
    maximum: HOUR_MS,
    description:
      'How often memory, handles, threads, actors and projects are counted. What only grew over' +
      ' many counts is told in the log.',
  }),
});
