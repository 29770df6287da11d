/**
 * A pool of worker threads behind an HTTP server, under supervision:
 *
 *     node dist/test/examples/http-pool/main.js [PORT [THREADS [DRAIN_MS]]]
 *
 * Every decision of a supervisor is a line. Try `curl -i localhost:8080/primes/100`, and
 * `/primes/13`, over which a thread dies. Read `children.ts` first.
 */

import { createActor } from 'xstate';
// From 'goxel-supervisor/supervisor' in a program of yours.
import { deaths, supervisor, whichChildren } from '../../../machines/supervision/index.ts';
import { programSpec } from './children.ts';
import { type Pool, threadLogic } from './pool.ts';
import { serverLogic } from './server.ts';

const [port = 8080, threads = 4, drain_ms = 5000] = process.argv.slice(2).map(Number);

const pool: Pool = new Map();
const logic = supervisor({
  logics: { thread: threadLogic(pool), server: serverLogic(port, pool, status) },
  now_ms: () => performance.now(),
  random: Math.random,
  report: (decision) => console.log(JSON.stringify(decision)),
});
const root = createActor(logic, { input: { spec: programSpec(threads, drain_ms) } });

function status() {
  const under_way = [...pool.values()].reduce((sum, { size }) => sum + size, 0);
  return { ready: pool.size, under_way, children: whichChildren(root), deaths: deaths(root) };
}

// Asked a second time, it waits for nobody.
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => root.send({ type: 'supervisor.stop', by: signal }));
}
root.subscribe({
  complete: () => {
    process.exitCode = root.getSnapshot().output?.kind === 'stopped' ? 0 : 70;
  },
});
root.start();
