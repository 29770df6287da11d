/** The drawings of the inspector's page in a real browser: what they show, and what they cost. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Delay, Transition } from '../../supervisor/inspector/protocol.ts';
import { chartsOfProject } from '../support/chart-machines.ts';
import { type Drawings, openDrawings } from '../support/drawings.ts';

const charts = await chartsOfProject();
const test = suite('drawings of the inspector');
let drawings: Drawings;

test.before(async () => {
  drawings = await openDrawings();
});

test.after(async () => {
  await drawings.close();
});

interface Told {
  active: readonly string[];
  last: Transition | undefined;
  delays: readonly Delay[];
}

const NOTHING: Told = { active: [], last: undefined, delays: [] };

/** Draws the chart of a machine, and waits until it is there. */
async function drawChart(name: string, told: Partial<Told>): Promise<void> {
  const machine = charts.get(name);
  const props = { ...NOTHING, ...told, machine };
  // The same object for one machine, as the page has it.
  await drawings.page.evaluate(`{
    const props = ${JSON.stringify(props)};
    globalThis.machines ??= {};
    props.machine = globalThis.machines[props.machine.id] ??= props.machine;
    draw('Chart', { ...props, serviceNow: () => 10_000 });
  }`);
  await drawings.page.waitForSelector(`[data-state="${machine?.id}"]`, { timeout: 20_000 });
}

async function texts(selector: string): Promise<string[]> {
  return drawings.page.locator(selector).allTextContents();
}

async function states(mark: string): Promise<(string | null)[]> {
  const found = await drawings.page.locator(`.chart-state.${mark}`).all();
  return Promise.all(found.map((one) => one.getAttribute('data-state')));
}

test('a chart lights the active states, softly those around them, and says so', async () => {
  const active = ['engine', 'engine.ready', 'engine.ready.busy'];
  await drawChart('engine', { active });
  assert.equal(await states('is-active'), ['engine.ready.busy']);
  assert.equal(await states('is-around'), ['engine', 'engine.ready']);
  const words = await drawings.page.locator('.chart-drawing').getAttribute('aria-label');
  assert.match(words ?? '', /in engine\.ready\.busy$/);
});

test('the last transition is drawn, on its edge or from its row to where it led', async () => {
  const lost = `document.querySelector('[data-state="engine.lost"]')`;
  await drawings.page.evaluate(`globalThis.before = ${lost}`);
  const edge = { from: 'engine.lost', to: ['engine.failed'], event: 'restart.refused' };
  const last = { ...edge, guard: 'is an engine', actions: [] };
  await drawChart('engine', { active: ['engine', 'engine.failed'], last });
  assert.equal(await texts('.chart-chip.is-last text'), ['restart.refused [is an engine]']);
  assert.is(await drawings.page.locator('.chart-edge.is-last').count(), 1);
  const row = { from: 'engine', to: ['engine.stopped'], event: 'child.stop', actions: [] };
  await drawChart('engine', { active: ['engine', 'engine.stopped'], last: row });
  assert.equal(await texts('.chart-row.is-last text'), ['child.stop → stopped']);
  assert.is(await drawings.page.locator('.chart-jump.is-last').count(), 1);
  assert.ok(await drawings.page.evaluate(`globalThis.before === ${lost}`), 'drawn anew');
});

test('delays count down at their transitions; one that ends in none is told apart', async () => {
  const after = 'xstate.after(start timeout)#engine.starting';
  const timer = { started_ms: 9000, delay_ms: 3000 };
  await drawChart('engine', {
    active: ['engine', 'engine.starting'],
    delays: [
      { ...timer, event: after },
      { ...timer, event: 'of.nobody' },
    ],
  });
  assert.equal(await texts('.chart-countdown text'), ['2.0 s']);
  assert.equal(await texts('.chart-timers li'), ['of.nobody: 2.0 s']);
});

test('a chart is shown at a size to be read, and moved, zoomed and fitted by keys', async () => {
  const drawing = drawings.page.locator('.chart-drawing > g');
  const transform = () => drawing.getAttribute('transform');
  const first = await transform();
  assert.ok(Number(/scale\((.*)\)/.exec(first ?? '')?.[1]) >= 0.7, String(first));
  await drawings.page.locator('.chart-drawing').focus();
  for (const key of ['+', 'ArrowLeft']) await drawings.page.keyboard.press(key);
  await drawings.page.waitForTimeout(50);
  assert.is.not(await transform(), first);
  await drawings.page.keyboard.press('0');
  await drawings.page.waitForTimeout(50);
  const pane = await drawings.page.locator('.chart-drawing').boundingBox();
  const whole = await drawing.boundingBox();
  assert.ok(pane !== null && whole !== null);
  assert.ok(whole.width <= pane.width && whole.height <= pane.height, 'it is not all in sight');
});

test('a machine that is too large is an outline, which says why', async () => {
  const leaf = charts.get('step');
  const many = Array.from({ length: 400 }, (_, index) => ({
    ...leaf,
    id: `s${index}`,
    states: [],
  }));
  const machine = { ...leaf, id: 'large', key: 'large', states: many, transitions: [] };
  const props = JSON.stringify({ ...NOTHING, machine });
  await drawings.page.evaluate(`draw('Chart', { ...${props}, serviceNow: Date.now })`);
  await drawings.page.waitForSelector('.chart-outline');
  assert.match((await texts('.chart-outline p'))[0] ?? '', /401 states/);
});

test('10,000 messages keep few elements, follow the end, and go by keys', async () => {
  const { page } = drawings;
  await page.evaluate(`{
    const actors = ['socket', 'session', 'engine', 'job'].map((id) => ({ id, name: id }));
    const messages = Array.from({ length: 10_000 }, (_, index) => ({
      number: index, at_ms: index * 7, from: index % 5 === 0 ? undefined : actors[index % 3].id,
      to: actors[(index + 1) % 4].id, name: 'request ' + index, flow: 'r' + Math.floor(index / 4),
    }));
    const props = { actors, messages };
    const show = () => draw('Sequence', props);
    props.onChoose = (number) => { props.chosen = number; show(); };
    globalThis.sequence = props;
    show();
  }`);
  await page.waitForSelector('[data-number="9999"]');
  assert.ok((await page.locator('.sequence *').count()) < 800);
  await page.locator('[data-number="9990"]').click();
  assert.is(await page.locator('.sequence-row.is-lit').count(), 4);
  await page.locator('.sequence-scroll').focus();
  await page.keyboard.press('ArrowUp');
  assert.is(await page.evaluate('sequence.chosen'), 9989);
  await page.keyboard.press('Home');
  await page.waitForSelector('[data-number="0"].is-chosen');
  await page.locator('.sequence-follow').click();
  await page.waitForSelector('[data-number="9999"]');
});

test('nothing went wrong in the page', () => {
  assert.equal(drawings.errors, []);
});

test.run();
