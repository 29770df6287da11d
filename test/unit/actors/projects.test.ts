/** The directory of projects: what a name means, who waits for it, and what becomes of it. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Project, Waiter } from '../../../actors/engines/project.ts';
import { Projects } from '../../../actors/engines/projects.ts';
import { GoxError } from '../../../conf/errors.ts';
import { CURRENT_PROJECT } from '../../../engine/catalogue/schemas.ts';
import type { ProjectActor } from '../../../machines/project.ts';
import { loseAll, testProjects } from '../../support/projects.ts';

const OPENS = { project: 'opens' } as const;

/** Opens a project, as its engine says that it did. */
function open(projects: Projects, name: string, title = ''): Project {
  const project = projects.find(name, OPENS);
  projects.ask(project, {}, 'opens');
  projects.opened(project, title);
  return project;
}

function close(projects: Projects, project: Project): void {
  projects.ask(project, {}, 'closes');
  projects.closed(project);
}

function failureOf(action: () => unknown) {
  try {
    action();
  } catch (error) {
    if (!(error instanceof GoxError)) throw error;
    const { message, data } = error.toObject();
    return { message, ...data };
  }
  throw new Error('it is refused');
}

function codeOf(action: () => unknown): string {
  return failureOf(action).code;
}

function waiter() {
  const told: (string | number)[] = [];
  const one: Waiter = {
    unbarred: () => void told.push('unbarred'),
    expire: (time_ms) => void told.push(time_ms),
  };
  return { one, told };
}

const states = (projects: Projects) =>
  [...projects.all()].map(({ name, state }) => `${name} ${state}`).sort();

const identity = suite('what a name means');

identity('nothing is there before the request that makes it leaves', () => {
  const projects = testProjects(1, 10);
  const project = projects.find('p', OPENS);
  assert.is(project.state, 'new');
  assert.equal(states(projects), []);
  assert.is(
    codeOf(() => projects.find('p', {})),
    'GOX_PROJECT_NOT_FOUND',
  );
  projects.ask(project, {}, 'opens');
  assert.is(projects.find('p', {}), project);
  assert.equal(states(projects), ['p opening']);
});

identity('the current project is there for whoever asks', () => {
  const projects = testProjects(1, 10);
  const project = projects.find(CURRENT_PROJECT, {});
  projects.begin(project);
  assert.is(projects.find(CURRENT_PROJECT, {}), project);
  assert.equal([project.state, project.unsaved, project.known], ['open', false, false]);
});

identity('a name goes before a title, and a title is of use while one has it', () => {
  const projects = testProjects(1, 10);
  const tower = open(projects, 'a', 'tower');
  assert.is(projects.find('tower', {}), tower);
  const other = open(projects, 'b', 'tower');
  assert.throws(
    () => projects.find('tower', {}),
    /several have this title, among them "a" and "b"/,
  );
  const named = open(projects, 'tower', 'bridge');
  assert.is(projects.find('tower', {}), named);
  close(projects, named);
  close(projects, other);
  assert.is(projects.find('tower', {}), tower);
  // It is made anew in its own place, and called otherwise.
  projects.ask(tower, {}, 'opens');
  projects.opened(tower, 'castle');
  assert.is(
    codeOf(() => projects.find('tower', {})),
    'GOX_PROJECT_NOT_FOUND',
  );
  assert.is(projects.find('castle', {}), tower);
  loseAll(projects, 0);
  assert.is(
    codeOf(() => projects.find('castle', {})),
    'GOX_PROJECT_NOT_FOUND',
  );
});

identity('numbers are never used again', () => {
  const projects = testProjects(1, 10);
  const first = open(projects, 'p');
  close(projects, first);
  assert.is.not(open(projects, 'p').number, first.number);
});

identity('there is a limit, which closing makes room under', () => {
  const projects = testProjects(1, 2);
  const first = open(projects, 'a');
  open(projects, 'b');
  assert.is(
    codeOf(() => projects.find('c', OPENS)),
    'GOX_OVERLOADED',
  );
  assert.is(projects.find('b', OPENS).name, 'b', 'what is there may be opened anew');
  close(projects, first);
  open(projects, 'c');
  assert.is(projects.count, 2);
});

identity('projects are spread over the engines that are there', () => {
  const projects = testProjects(3, 100);
  const engines = () => open(projects, `p${projects.count}`).engine;
  assert.equal([engines(), engines(), engines(), engines()], [0, 1, 2, 0]);
  projects.engineLeft(1, 'it died too often');
  assert.equal([engines(), engines(), engines(), engines()], [2, 0, 2, 0]);
  projects.engineCame(1);
  assert.equal([engines(), engines()], [1, 1]);
});

identity('without an engine there is an error that says when to come again', () => {
  const projects = testProjects(1, 10);
  projects.engineLeft(0, 'it died too often');
  const { code, message, details, retryable } = failureOf(() => projects.find('p', OPENS));
  assert.is(code, 'GOX_ENGINE_FAILED');
  assert.match(message, 'it died too often');
  assert.equal(details, { retryable: true, retry_after_ms: 1000 });
  assert.is(retryable, true);
});

identity('none begins when the daemon ends', () => {
  const projects = new Projects(1, { limits: { projects_max: 10 } }, () => undefined);
  const project = projects.find(CURRENT_PROJECT, {});
  assert.is(
    codeOf(() => projects.begin(project)),
    'GOX_SHUTTING_DOWN',
  );
});

identity(
  'an engine that retires keeps what it has, gets nothing new, and is free after',
  async () => {
    const projects = testProjects(2, 20);
    const [first, second] = [open(projects, 'a'), open(projects, 'b')];
    assert.equal([first.engine, second.engine], [0, 1]);
    let free = 0;
    projects.retire(1, () => {
      free += 1;
    });
    assert.equal([open(projects, 'c').engine, open(projects, 'd').engine], [0, 0]);
    assert.is(open(projects, 'b').engine, 1, 'what is opened anew in its place stays there');
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    close(projects, second);
    assert.is(free, 0, 'not while it is being closed');
    await turn();
    assert.is(free, 1);
    close(projects, first);
    await turn();
    assert.is(free, 1, 'it is said once');
    assert.equal(
      projects.engines.map(({ engine, retiring }) => [engine, retiring]),
      [
        [0, false],
        [1, true],
      ],
    );
    projects.forgetEngine(1);
    assert.is(open(projects, 'e').engine, 0);
    projects.engineCame(2);
    assert.is(open(projects, 'f').engine, 2, 'one that has come since');
  },
);

identity('an engine that is taken back is as before, also when it was about to go', async () => {
  const projects = testProjects(2, 20);
  let free = 0;
  const said = () => {
    free += 1;
  };
  const retire = () => projects.retire(1, said);
  retire();
  projects.takeBack(1);
  await new Promise((resolve) => setImmediate(resolve));
  assert.is(free, 0);
  assert.equal([open(projects, 'a').engine, open(projects, 'b').engine], [0, 1]);
  retire();
  loseAll(projects, 1);
  await new Promise((resolve) => setImmediate(resolve));
  assert.is(free, 1, 'what is lost holds it no longer');
});

identity.run();

const waiting = suite('who waits');

waiting('others wait while one opens or closes it, until it is answered', () => {
  const projects = testProjects(1, 10);
  const project = open(projects, 'p');
  for (const what of ['opens', 'closes'] as const) {
    const [request, { one, told }] = [{}, waiter()];
    projects.ask(project, request, what);
    assert.is(project.isBarredBy(request), true);
    assert.is(project.bars(request), false);
    assert.is(project.bars({}), true);
    project.waiters.add(one);
    projects.refused(project);
    assert.equal(told, ['unbarred']);
    assert.equal([project.bars({}), project.isBarredBy(request)], [false, false]);
  }
});

waiting('one that leaves again, having been put back, bars it as before', () => {
  const projects = testProjects(1, 10);
  const [request, project] = [{}, projects.find('p', OPENS)];
  projects.ask(project, request, 'opens');
  projects.ask(project, request, 'opens');
  assert.is(project.state, 'opening');
  projects.refused(project);
  assert.is(project.state, 'closed');
  assert.equal(states(projects), []);
});

waiting('waiting ends at a time', () => {
  const projects = testProjects(1, 10);
  const project = projects.find('p', OPENS);
  const { one, told } = waiter();
  projects.ask(project, {}, 'opens');
  project.waiters.add(one);
  projects.expire(1000);
  projects.opened(project, '');
  projects.expire(2000);
  assert.equal(told, [1000, 'unbarred']);
});

waiting('those who wait for a project that is lost hear of it then', () => {
  const projects = testProjects(1, 10);
  const [first, second] = ['a', 'b'].map((name) => projects.find(name, OPENS));
  const seen: string[][] = [];
  for (const project of [first!, second!]) {
    projects.ask(project, {}, 'opens');
    project.waiters.add({ unbarred: () => seen.push(states(projects)), expire: () => {} });
  }
  loseAll(projects, 0);
  assert.equal(seen, [['b opening'], []]);
});

waiting.run();

const losing = suite('what is lost');

losing('stays so until it is opened again, or closed; a load that fails leaves it', () => {
  const projects = testProjects(2, 10);
  const [lost, kept] = [open(projects, 'a', 'tower'), open(projects, 'b')];
  loseAll(projects, 0);
  assert.equal(states(projects), ['a lost', 'b open']);
  assert.throws(() => projects.find('a', {}), /lost with its engine: killed/);
  assert.is(kept.state, 'open');
  const again = projects.find('a', OPENS);
  projects.ask(again, {}, 'opens');
  assert.equal(states(projects), ['a opening', 'b open'], 'told of once');
  projects.refused(again);
  assert.is(
    codeOf(() => projects.find('a', {})),
    'GOX_PROJECT_LOST',
  );
  const third = open(projects, 'a');
  assert.is(projects.find('a', {}), third);
  assert.equal([lost.state, lost.title], ['closed', 'tower']);
});

losing('can be closed, and only then is its name free', () => {
  const projects = testProjects(1, 10);
  const project = open(projects, 'a', 'tower');
  loseAll(projects, 0);
  assert.is(projects.remains('a')?.title, 'tower');
  projects.forget('a');
  assert.is(projects.remains('a'), undefined);
  assert.is(project.state, 'closed');
  assert.is(
    codeOf(() => projects.find('a', {})),
    'GOX_PROJECT_NOT_FOUND',
  );
});

losing('the oldest of many are forgotten', () => {
  const projects = testProjects(1, 2);
  for (const name of ['a', 'b', 'c']) {
    open(projects, name);
    loseAll(projects, 0);
  }
  assert.equal(states(projects), ['b lost', 'c lost']);
});

losing('a project whose machine fails is lost', () => {
  let born: ProjectActor | undefined;
  const projects = testProjects(1, 10, (actor) => {
    born = actor;
  });
  const project = open(projects, 'p');
  const failing = born as unknown as { _error(error: unknown): void };
  failing._error(new Error('a defect'));
  assert.is(project.state, 'lost');
  assert.equal(states(projects), ['p lost']);
});

losing.run();

const saving = suite('what is unsaved');

saving('is what its engine said last, and costs a transition only when it changes', () => {
  let transitions = 0;
  const projects = testProjects(1, 10, (actor) => {
    actor.subscribe(() => transitions++);
  });
  const project = open(projects, 'p');
  const before = transitions;
  for (const unsaved of [false, true, true, true, false, false]) project.heard(unsaved);
  assert.is(transitions - before, 2);
  assert.is(project.known, true);
  assert.is(project.unsaved, false);
});

saving('holds again when a request that was to open or close it fails', () => {
  const projects = testProjects(1, 10);
  const project = open(projects, 'p');
  // The answer to an edit that left before the request comes while that is under way.
  projects.ask(project, {}, 'opens');
  project.heard(true);
  assert.equal([project.state, project.unsaved], ['opening', false]);
  projects.refused(project);
  assert.equal([project.state, project.unsaved], ['open', true]);
  projects.ask(project, {}, 'opens');
  projects.opened(project, '');
  assert.is(project.unsaved, false);
});

saving.run();

const many = suite('many projects');

many('cost no more each than a few do', () => {
  const COUNT = 8000;
  const projects = testProjects(4, COUNT);
  for (let i = 0; i < COUNT; i++) open(projects, `name ${i}`, `title ${i}`);
  assert.is(
    codeOf(() => projects.find('one more', OPENS)),
    'GOX_OVERLOADED',
  );
  const start = performance.now();
  for (let i = 0; i < COUNT; i++) assert.is(projects.find(`title ${i}`, {}).name, `name ${i}`);
  for (let engine = 0; engine < 4; engine++) loseAll(projects, engine);
  // A search through all for each would take minutes.
  assert.ok(performance.now() - start < 10_000);
  assert.is(projects.count, 0);
});

many.run();
