/** What the facts of a check say: each thing at its limit, below and beyond. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { HealthFacts, LogFacts } from '../../../machines/health-facts.ts';
import { badCheck, goodCheck, readingsOf, stalled } from '../../../machines/health-rules.ts';
import { factsWith, thread } from '../../support/health-facts.ts';
import { configWith } from '../../support/probe.ts';

const config = await configWith(({ limits, health }) => {
  limits.voxel_bytes_max = 1000;
  limits.held_bytes_max = 1000;
  limits.jobs_max = 10;
  health.event_loop_delay_ms_max = 100;
  health.memory_share_max = 0.8;
  health.heartbeat_timeout_ms = 10_000;
});

/** What of a daemon is not healthy, and how. */
function amiss(changes: Partial<HealthFacts>, before?: HealthFacts): Record<string, string> {
  const bad = readingsOf(factsWith(changes), config, before).filter(
    ({ state }) => state !== 'healthy',
  );
  for (const { what, reason } of bad) assert.ok(reason !== '', what);
  return Object.fromEntries(bad.map(({ what, state }) => [what, state]));
}

const FULL = { project: 'a', passes: true, reason: 'there is no room' };
const DEAD = { project: 'b', passes: false, reason: 'the disk failed' };
const WELL = factsWith();
const voxels = (...bytes: number[]) => ({
  engines: bytes.map((voxel_bytes, index) => thread(`engine:${index}`, { voxel_bytes })),
});
const loop = (p99_ms: number) => ({ event_loop: { p50_ms: 0, p99_ms, max_ms: 1e6 } });
const queues = (changes: Partial<HealthFacts['queues']>) => ({
  queues: { ...WELL.queues, ...changes },
});
const logTo = (changes: Partial<LogFacts>) => ({ ...WELL.logs[0]!, ...changes });
const memory = (rss: number) => ({ memory: { ...WELL.memory, rss, limit: 1000 } });

const CASES: readonly (readonly [string, Partial<HealthFacts>, Record<string, string>])[] = [
  ['a daemon that is well', {}, {}],
  ['half of a deadline of silence', { silences: [{ id: 'job:1', silent_ms: 5000 }] }, {}],
  [
    'more of it',
    { silences: [{ id: 'job:1', silent_ms: 5001 }] },
    { 'heartbeat job:1': 'degraded' },
  ],
  [
    'an engine that is started again',
    { engines: [thread('engine:0'), thread('engine:1', { state: 'lost' })] },
    { 'engine:1': 'degraded' },
  ],
  [
    'one that is given up',
    { engines: [thread('engine:0'), thread('engine:1', { state: 'failed' })] },
    { 'engine:1': 'failing' },
  ],
  [
    'no engine at all',
    { engines: [thread('engine:0', { state: 'short' })] },
    { 'engine:0': 'degraded', engines: 'failing' },
  ],
  [
    'all job threads cool off',
    { job_threads: [thread('job:0', { state: 'cooling off' })] },
    { 'job:0': 'degraded' },
  ],
  [
    'a job thread that is given up',
    { job_threads: [thread('job:0', { state: 'missing' })] },
    { 'job:0': 'degraded' },
  ],
  ['voxels below', voxels(450, 449), {}],
  ['voxels of all engines nearly full', voxels(450, 450), { voxels: 'degraded' }],
  [
    'a socket that cannot be reached',
    { sockets: [{ id: 'listener:unix', trouble: 'it is gone' }] },
    { 'listener:unix': 'failing' },
  ],
  [
    'a log that cannot be written',
    { logs: [logTo({}), logTo({ id: 'syslog', trouble: 'ENOENT' })] },
    { syslog: 'degraded' },
  ],
  [
    'lines that were lost before the first check',
    { logs: [logTo({ lost: 1 })] },
    { log: 'degraded' },
  ],
  ['a main thread in time', loop(100), {}],
  ['one that is late', loop(101), { 'event loop': 'degraded' }],
  ['one that is too late', loop(401), { 'event loop': 'failing' }],
  ['jobs below', queues({ jobs_waiting: 4, jobs_running: 5 }), {}],
  ['as many as there may be', queues({ jobs_waiting: 5, jobs_running: 5 }), { jobs: 'degraded' }],
  ['bytes held below', queues({ held_bytes: 899 }), {}],
  ['bytes held, nearly full', queues({ held_bytes: 900 }), { 'held bytes': 'degraded' }],
  ['memory below', memory(800), {}],
  ['memory beyond the share', memory(801), { memory: 'degraded' }],
  ['memory at its end', memory(971), { memory: 'failing' }],
  ['a full journal', { journals: [FULL] }, { journal: 'degraded' }],
  ['a dead journal beside a full one', { journals: [FULL, DEAD] }, { journal: 'failing' }],
  ['projects lost', { projects_lost: [3, 4] }, { projects: 'degraded' }],
];

const rules = suite('rules of health');

for (const [name, changes, expected] of CASES) {
  rules(name, () => assert.equal(amiss(changes), expected));
}

rules('lines that were lost are told once, though all are written again', () => {
  const before = factsWith({ logs: [logTo({ lost: 3 })] });
  assert.equal(amiss({ logs: [logTo({ lost: 4 })] }, before), { log: 'degraded' });
  assert.equal(amiss({ logs: [logTo({ lost: 3 })] }, before), {});
});

rules('a project is told as lost once, though it stays lost', () => {
  const lost = factsWith({ projects_lost: [3] });
  assert.equal(amiss({ projects_lost: [3] }, WELL), { projects: 'degraded' });
  assert.equal(amiss({ projects_lost: [3] }, lost), {});
  // One was made anew, another one lost: as many as before.
  assert.equal(amiss({ projects_lost: [7] }, lost), { projects: 'degraded' });
});

rules('memory that may be used up whole is failing only then', async () => {
  const generous = await configWith(({ health }) => {
    health.memory_share_max = 1;
  });
  const states = [999, 1001].map(
    (rss) =>
      readingsOf(factsWith(memory(rss)), generous, undefined).find(({ what }) => what === 'memory')
        ?.state,
  );
  assert.equal(states, ['healthy', 'failing']);
});

rules('every thing is read at every check, and has a name of its own', () => {
  const names = readingsOf(WELL, config, undefined).map(({ what }) => what);
  assert.is(new Set(names).size, names.length);
  assert.equal(
    names.filter((name) => !/engine:|job:/.test(name)),
    [
      ...['engines', 'voxels', 'listener:unix', 'log', 'event loop', 'jobs', 'held bytes'],
      ...['memory', 'journal', 'projects'],
    ],
  );
});

rules('an engine that starts for the first time is told of only when it takes long', () => {
  const checks = (reason: string) => {
    const engines = [thread('engine:0'), thread('engine:1', { state: 'starting', reason })];
    const readings = readingsOf(factsWith({ engines }), config, undefined);
    return readings.find(({ what }) => what === 'engine:1')?.patience.degraded;
  };
  assert.is(checks('its thread ended'), 1);
  assert.is(checks(''), 3);
});

rules('a thread is stalled once its silence is past the deadline', () => {
  const silences = [
    { id: 'engine:0', silent_ms: 10_000 },
    { id: 'job:1', silent_ms: 10_001 },
  ];
  assert.equal(stalled(factsWith({ silences }), config), [silences[1]]);
});

rules('a check itself is read too', () => {
  assert.is(badCheck('a defect', 5).state, 'failing');
  assert.match(badCheck('a defect', 5).reason, 'a defect');
  assert.is(goodCheck(5).state, 'healthy');
  assert.is(goodCheck(5).what, badCheck('', 5).what);
});

rules.run();
