/** The house keeps its own rules; `rules.ts` says what they are, `rules.test.ts` that they bite. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ROOMS, ROOT, readModules } from '../support/modules.ts';
import {
  deadExports,
  importCircles,
  longFiles,
  longFunctions,
  looseTypes,
  machineEffects,
  openDoors,
  roomOf,
  unreachedFiles,
  unrunSuites,
  wrongImports,
} from './rules.ts';

const modules = readModules();

function none(violations: readonly string[]): void {
  assert.is(violations.length, 0, `\n      ${violations.join('\n      ')}\n`);
}

const house = suite('house');

house('has modules in every room', () => {
  for (const room of ROOMS)
    assert.ok(
      modules.some(({ path }) => roomOf(path) === room),
      room,
    );
});

house('imports what exists, one way', () => {
  none(wrongImports(modules));
});

house('has doors into the engine that show nothing of what is behind them', () => {
  none(openDoors(modules));
});

house('imports in no circle', () => {
  // To be taken out once the queue of calls knows neither jobs nor the flights it sends off.
  none(importCircles(modules));
});

house('keeps clocks and chance out of the machines', () => {
  none(machineEffects(modules));
});

house('has no file that nobody reaches', () => {
  none(unreachedFiles(modules));
});

house('has no export that nobody imports', () => {
  none(deadExports(modules));
});

house('loosens no type', () => {
  none(looseTypes(modules));
});

house('has no file or line that is too long', () => {
  none(longFiles(modules));
});

house('has no function that is too long', () => {
  // To be taken out once what it starts is data.
  none(longFunctions(modules));
});

house('runs every suite', () => {
  none(unrunSuites(modules));
});

house('explains every room', () => {
  none(ROOMS.filter((room) => !existsSync(join(ROOT, room, 'README.md'))));
});

house('names files that are there, row by row of the original', () => {
  const { text } = readText('supervisor/ORIGINAL.md');
  const named = [...text.matchAll(/`((?:[a-z-]+\/)+[\w.-]*)`/g)].map(([, path]) => path ?? '');
  assert.ok(named.length > 50);
  none(named.filter((path) => !existsSync(join(ROOT, path))));
});

house('names no place outside itself', () => {
  // In pieces, so that this file does not break the rule itself.
  const elsewhere = [
    ['..', 'shared'],
    ['', 'work', 'main'],
    ['', 'work', 'shared'],
  ];
  const places = elsewhere.map((names) => names.join('/'));
  const corpus = 'test/support/fixtures.ts';
  const texts = [
    ...modules.filter(({ path }) => path !== corpus),
    ...ROOMS.flatMap(readmes),
    ...['README.md', 'CHANGELOG.md', 'package.json', '.ci/run'].filter(isThere).map(readText),
  ];
  none(
    texts.flatMap(({ path, text }) =>
      places.filter((place) => text.includes(place)).map((place) => `${path} names ${place}`),
    ),
  );
});

function isThere(path: string): boolean {
  return existsSync(join(ROOT, path));
}

function readText(path: string): { path: string; text: string } {
  return { path, text: readFileSync(join(ROOT, path), 'utf8') };
}

/** Pages, scripts and settings of a room. */
function readmes(room: string): { path: string; text: string }[] {
  return readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(md|sh|yaml|json)$/.test(name) && !name.startsWith('fixtures/'))
    .map((name) => readText(`${room}/${name}`));
}

house.run();
