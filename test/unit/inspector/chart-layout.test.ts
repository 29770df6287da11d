/**
 * The charts of all machines of the project: nothing in them lies upon anything else, every state
 * and transition is somewhere, and what a service tells of is found again.
 */

import Elk from 'elkjs/lib/elk.bundled.js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Layout,
  layOutChart,
  type Rect,
} from '../../../supervisor/inspector/page/chart/layout.ts';
import {
  rowOfDelay,
  rowsOf,
  rowsOfTransition,
} from '../../../supervisor/inspector/page/chart/match.ts';
import {
  type ChartNode,
  eventText,
  isWithin,
  statesById,
} from '../../../supervisor/inspector/page/chart/model.ts';
import { plainText, setLines } from '../../../supervisor/inspector/page/chart/text.ts';
import { chartsOfProject, measure } from '../../support/chart-machines.ts';

const elk = new (Elk as unknown as new () => InstanceType<typeof Elk.default>)();
const charts = await chartsOfProject();
const layouts = new Map<string, Layout>();

const test = suite('layout of charts');

for (const [name, machine] of charts) {
  test(`${name}: boxes and labels do not overlap, and hold their text`, async () => {
    const layout = await layOutChart(machine, measure, (graph) => elk.layout(graph));
    layouts.set(name, layout);
    assert.equal(overlaps(machine, layout), []);
    assert.equal(overflows(layout), []);
    assert.equal(looseEnds(layout), []);
  });

  test(`${name}: every state has a box, and every transition a row`, () => {
    const layout = layouts.get(name)!;
    const states = [...statesById(machine).values()].map(({ state }) => state);
    const boxes = layout.boxes.map(({ content }) => content.state.id).sort();
    assert.equal(boxes, states.map(({ id }) => id).sort());
    const rows = rowsOf(layout);
    for (const { id, transitions } of states) {
      for (const transition of transitions) {
        const { eventType: event, targets: to, ...rest } = transition;
        const found = rowsOfTransition(rows, { ...rest, from: id, to, event });
        assert.ok(
          found.some(({ row }) => row.transition === transition),
          `${id} ${event}`,
        );
      }
    }
  });
}

test('a timer of either version of xstate is found at the state that runs it', () => {
  const rows = rowsOf(layouts.get('connection')!);
  const timer = (event: string) => ({ event, started_ms: 0, delay_ms: 1 });
  const active = new Set(['connection', 'connection.open', 'connection.open.paused']);
  for (const event of [
    'xstate.after(probe)#connection.open.paused',
    'xstate.after.probe.connection.open.paused',
  ]) {
    const found = rowOfDelay(rows, timer(event), active);
    assert.is(found?.row.source, 'connection.open.paused');
  }
  assert.is(rowOfDelay(rows, timer('frame.overdue'), active)?.row.source, 'connection.open');
  assert.is(rowOfDelay(rows, timer('of.nobody'), active), undefined);
});

test('events read as words', () => {
  assert.is(eventText(''), 'always');
  assert.is(eventText('xstate.after(200)#a.b'), 'after 200 ms');
  assert.is(eventText('xstate.after.backoff.a.b'), 'after backoff');
  assert.is(eventText('done.invoke.worker'), 'done of worker');
  assert.is(eventText('xstate.error.actor.*'), 'error of any child');
  assert.is(eventText('work.begun'), 'work.begun');
});

test('text that is too long is cut, and kept whole aside', () => {
  const words = 'some very long name of an action'.repeat(9);
  const cut = setLines([{ text: words, role: 'actions' }], 120, 2, measure);
  assert.is(cut.lines.length, 2);
  assert.ok(cut.width <= 120);
  assert.match(plainText(cut.lines), /…$/);
  assert.is(cut.full, words);
});

function overlaps(machine: ChartNode, { boxes, edges }: Layout): string[] {
  const states = statesById(machine);
  const labels = edges.map(({ key, label }) => ({ key, ...label }));
  const found: string[] = [];
  for (const [index, one] of boxes.entries()) {
    const id = one.content.state.id;
    for (const other of boxes.slice(index + 1)) {
      const inside = isWithin(states, other.content.state.id, id);
      if (!inside && meet(one, other)) found.push(`${id} and ${other.content.state.id}`);
      const header = { ...one, height: one.header.height };
      if (inside && meet(header, other)) found.push(`the text of ${id} and one inside`);
    }
    for (const label of labels) {
      const around = label.x >= one.x && label.y >= one.y && right(label) <= right(one);
      const text = { ...one, height: one.header.height };
      const clear = around && bottom(label) <= bottom(one) && one.content.state.states.length > 0;
      if (meet(clear ? text : one, label)) found.push(`${id} and the label of ${label.key}`);
    }
  }
  for (const [index, one] of labels.entries()) {
    for (const other of labels.slice(index + 1)) {
      if (meet(one, other)) found.push(`the labels of ${one.key} and ${other.key}`);
    }
  }
  return found;
}

function overflows({ boxes }: Layout): string[] {
  return boxes
    .filter(({ width, height, header }) => header.width > width + 1 || header.height > height + 1)
    .map(({ content }) => `${content.state.id} is smaller than its text`);
}

/** Edges that do not begin at the box of their source and end at that of their target. */
function looseEnds({ boxes, edges }: Layout): string[] {
  const byId = new Map(boxes.map((box) => [box.content.state.id, box]));
  const touches = (id: string, point: { x: number; y: number } | undefined): boolean => {
    const box = byId.get(id);
    return !!box && !!point && meet(grown(box, 1), { ...point, width: 0.1, height: 0.1 });
  };
  return edges
    .filter(({ source, target, points }) => {
      return !touches(source, points[0]) || !touches(target, points.at(-1));
    })
    .map(({ key }) => `${key} ends somewhere else`);
}

function grown({ x, y, width, height }: Rect, by: number): Rect {
  return { x: x - by, y: y - by, width: width + 2 * by, height: height + 2 * by };
}

/** Borders that touch do not meet. */
function meet(one: Rect, other: Rect): boolean {
  const across = one.x + 0.5 < right(other) && other.x + 0.5 < right(one);
  return across && one.y + 0.5 < bottom(other) && other.y + 0.5 < bottom(one);
}

function right({ x, width }: Rect): number {
  return x + width;
}

function bottom({ y, height }: Rect): number {
  return y + height;
}

test.run();
