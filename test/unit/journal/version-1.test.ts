/** The format of journals: it is as it is written down, and what version 1 wrote can be read. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { VOXEL_BYTES } from '../../../engine/journal/bodies.ts';
import { fileName } from '../../../engine/journal/files.ts';
import { HEAD_BYTES, MAGIC, RECORD_TYPES } from '../../../engine/journal/format.ts';
import {
  HEAD_BYTES as SECTION_BYTES,
  SECTIONS,
  SNAPSHOT_MAGIC,
} from '../../../engine/journal/sections.ts';
import { nodeFiles, readStore } from '../../../engine/journal/store-reader.ts';
import { FORMAT } from '../../../engine/journal/version.ts';
import { scanSegment } from '../../../engine/journal/walk.ts';
import { toldIn } from '../../support/journal-fixture.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const FIXTURES = join(ROOT, 'test/fixtures/journal-v1');

const version = suite('version 1 of journals');

version('is read, and makes the projects that it was written of', () => {
  const types = new Set<number>();
  for (const name of readdirSync(FIXTURES)) {
    const directory = join(FIXTURES, name);
    const { fault, passed } = readStore(nodeFiles(directory));
    assert.equal([fault, passed], [undefined, []], name);
    const told: unknown = JSON.parse(readFileSync(join(directory, 'told.json'), 'utf8'));
    assert.equal(toldIn(directory), told, name);
    const segment = readFileSync(join(directory, fileName(1, 'journal')));
    for (const { type } of scanSegment(segment, true).records) types.add(type);
  }
  // Those of files have paths in them.
  const { facts: _, ...others } = RECORD_TYPES;
  assert.equal([...types].sort(), Object.values(others).sort());
});

version('is what engine/README.md says', () => {
  const text = readFileSync(join(ROOT, 'engine/README.md'), 'utf8');
  const [, section = ''] = text.split('## The journal');
  const rows = [...section.matchAll(/^\| (\d+) +\| `(\w+)`/gm)].map(([, number, name]) => [
    name,
    Number(number),
  ]);
  assert.equal(rows, [...Object.entries(RECORD_TYPES), ...Object.entries(SECTIONS)]);
  for (const said of [
    `\`${MAGIC}\``,
    `\`${SNAPSHOT_MAGIC}\``,
    `head of ${HEAD_BYTES} bytes`,
    `head of ${SECTION_BYTES} bytes`,
    `format is ${FORMAT}`,
    `${VOXEL_BYTES} bytes:`,
  ]) {
    assert.match(section, said);
  }
});

version.run();
