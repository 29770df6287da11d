/**
 * A service on xstate 5 that lets one look into it:
 *
 *     node dist/test/examples/inspected-service/main.js [PORT]
 *
 * `POST /coin` and `POST /push` are events of a turnstile, `GET /` says how it stands. The page of
 * the inspector is at the URL that it prints, on the same port.
 */

import { createServer } from 'node:http';
import { assign, createActor, setup } from 'xstate';
// From 'goxel-supervisor/inspector' in a program of yours.
import { createInspector } from '../../../supervisor/inspector/index.ts';

const turnstile = createActor(
  setup({ types: { context: {} as { passed: number } } }).createMachine({
    id: 'turnstile',
    context: { passed: 0 },
    initial: 'locked',
    states: {
      locked: { on: { coin: 'unlocked' } },
      unlocked: {
        after: { 10000: 'locked' },
        on: {
          push: {
            target: 'locked',
            actions: assign({ passed: ({ context }) => context.passed + 1 }),
          },
        },
      },
    },
  }),
).start();

const inspector = createInspector(turnstile, { title: 'the turnstile' });

const server = createServer((request, response) => {
  if (inspector.handle(request, response)) return;
  if (request.method === 'POST') turnstile.send({ type: (request.url ?? '').slice(1) });
  const { value, context } = turnstile.getSnapshot();
  response.end(`${value}, ${context.passed} passed\n`);
});
server.on('upgrade', inspector.upgrade);
server.listen(Number(process.argv[2] ?? 8080), '127.0.0.1', () => {
  console.log(inspector.url(server.address()));
});
