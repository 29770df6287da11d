/**
 * Every state and every transition of every machine is reached, and every child of every machine
 * fails. A machine is covered by an entry in `SUBJECTS`, and its children by one in `FAILURES`;
 * one without fails here. `machines/supervision/` has tests of its own.
 *
 * Run by itself it prints what was reached: `node dist/test/unit/machines/coverage.test.js`.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type AnyStateMachine, StateMachine } from 'xstate';
import {
  connectionSubject,
  listenerSubject,
  sessionSubject,
} from '../../support/machines/clients.ts';
import { configurationSubject } from '../../support/machines/configuration.ts';
import { listing, missing, Recorder, table } from '../../support/machines/coverage.ts';
import { FAILURES, WHENS } from '../../support/machines/failures.ts';
import { httpSubject } from '../../support/machines/http.ts';
import { inspectorSubject } from '../../support/machines/inspector.ts';
import { walk } from '../../support/machines/paths.ts';
import { rendersSubject } from '../../support/machines/renders.ts';
import {
  jobSubject,
  policySubject,
  projectSubject,
  stepSubject,
} from '../../support/machines/small.ts';
import { socketsSubject } from '../../support/machines/sockets.ts';
import { SteppedClock, type Subject } from '../../support/machines/stage.ts';
import {
  engineSubject,
  healthSubject,
  leaksSubject,
  spareSubject,
} from '../../support/machines/threads.ts';
import { upgradeSubject } from '../../support/machines/upgrade.ts';
import { ROOT } from '../../support/modules.ts';

const SUBJECTS: readonly Subject[] = [
  ...[configurationSubject, connectionSubject, engineSubject, healthSubject, httpSubject],
  ...[
    inspectorSubject,
    jobSubject,
    leaksSubject,
    listenerSubject,
    policySubject,
    projectSubject,
    sessionSubject,
    socketsSubject,
  ],
  ...[rendersSubject, spareSubject, stepSubject, upgradeSubject],
];

async function machinesBelow(room: string): Promise<Map<string, AnyStateMachine[]>> {
  const found = new Map<string, AnyStateMachine[]>();
  for (const name of readdirSync(join(ROOT, room), { encoding: 'utf8', recursive: true })) {
    if (!name.endsWith('.ts') || name.startsWith('supervision/')) continue;
    const file = `${room}/${name}`;
    const built = new URL(`../../../${file.replace(/\.ts$/, '.js')}`, import.meta.url);
    const exported: Record<string, unknown> = await import(built.href);
    const machines = Object.values(exported).filter((value) => value instanceof StateMachine);
    found.set(file, machines as AnyStateMachine[]);
  }
  return found;
}

/** By file: the machines that it exports. */
const FOUND = await machinesBelow('machines');
const MACHINES = [...FOUND.values()].flat();
/** What machines have, so that nothing of it goes unnoticed. */
const LIST = join(ROOT, 'test/fixtures/machines.txt');
const recorder = new Recorder(MACHINES);
const watch = () => ({ clock: new SteppedClock(), inspect: recorder.inspect });

const test = suite('coverage of machines');

test('every file that makes machines exports them, and every machine is listed', () => {
  for (const [file, machines] of FOUND) {
    const made = readFileSync(join(ROOT, file), 'utf8').match(/\bcreateMachine\(/g) ?? [];
    assert.is(machines.length, made.length, `${file} makes machines that it does not export`);
  }
  const ids = (machines: readonly AnyStateMachine[]) => machines.map(({ id }) => id).sort();
  assert.equal(ids(SUBJECTS.map(({ machine }) => machine)), ids(MACHINES));
  for (const { machine } of SUBJECTS) assert.ok(MACHINES.includes(machine), machine.id);
});

test('machines have the states and transitions that are written down, and no others', () => {
  const written = readFileSync(LIST, 'utf8').split('\n').filter(Boolean);
  const found = listing(recorder.coverage);
  const differences = [
    ...written.filter((line) => !found.includes(line)).map((line) => `gone: ${line}`),
    ...found.filter((line) => !written.includes(line)).map((line) => `new: ${line}`),
  ];
  assert.equal(differences, []);
});

for (const subject of SUBJECTS) {
  const { id, events } = subject.machine;
  test(`${id}: whatever is said to it means something in some state`, () => {
    const types = new Set(subject.said.map(({ type }) => type));
    assert.equal(
      [...types].filter((type) => !events.includes(type)),
      [],
    );
  });
  test(`${id}: goes along its paths as its definition has it`, () => {
    const { paths, strayed } = walk(subject, recorder.inspect);
    // It strays where a path asks for time, and time brings more; not as a rule.
    assert.ok(paths > 2 * strayed, `of ${paths} paths ${strayed} led elsewhere`);
  });
  for (const [name, live] of Object.entries(subject.lives)) {
    test(`${id}: ${name}`, () => live(watch()));
  }
}

test('every child of every machine is made to fail', () => {
  for (const { id, implementations } of MACHINES) {
    const children = Object.keys(implementations.actors).sort();
    assert.equal(Object.keys(FAILURES[id] ?? { none: 0 }).sort(), children, `children of ${id}`);
  }
});

for (const [id, children] of Object.entries(FAILURES)) {
  for (const [child, fail] of Object.entries(children)) {
    for (const when of WHENS) test(`${id}: ${child} throws ${when}`, () => fail(when, watch()));
  }
}

test('every state and every transition was reached, and none by an event that is forged', () => {
  process.stdout.write(`\n${table(recorder.coverage)}`);
  assert.equal(missing(recorder.coverage), []);
  assert.equal(recorder.forged, []);
});

test.run();
