/** Every crafted and published file read, and held against what Goxel makes of it. */

import { GoxError } from '../../conf/errors.ts';
import type { Document } from '../../engine/document/document.ts';
import { largest, type Outcome } from './corpus.ts';
import { readAs, written } from './documents.ts';
import { type Fixture, imports, voxelLines } from './fixtures.ts';
import { type Info, infoOf, type LayerInfo, rounded } from './info.ts';
import { portrait } from './portrait.ts';

export const READ = ['gox', 'vox', 'qb', 'qbt', 'qbcl', 'kvx', 'kv6', 'vxl', 'mts', 'txt', 'obj'];

/** The files of the corpus and their formats. */
function inputs(): { format: string; fixture: Fixture }[] {
  return READ.flatMap((format) =>
    largest(imports(format, ['imports', 'real'])).map((fixture) => ({ format, fixture })),
  );
}

/** What we make of those that we do not refuse. */
export function readableInputs(): { format: string; name: string; document: Document }[] {
  return inputs().flatMap(({ format, fixture }) => {
    try {
      return [{ format, name: fixture.name, document: readAs(format, fixture.bytes) }];
    } catch (error) {
      if (error instanceof GoxError) return [];
      throw error;
    }
  });
}

/** What Goxel's importers fill in: its image has a first layer before they begin. */
function imported({ layers }: Info): Omit<LayerInfo, 'id' | 'material' | 'mat'>[] {
  const plain = layers.map(({ id: _, material: __, mat: ___, ...layer }) => layer);
  const first = plain[0]!;
  return plain.length > 1 && first.voxels === 0 && first.box[15] === 0 ? plain.slice(1) : plain;
}

function parts(info: Info, format: string): Record<string, unknown> {
  if (format === 'gox') return { ...info };
  return { voxels: info.voxels, box: info.box, layers: imported(info) };
}

const goxelRefuses = (format: string, fixture: Fixture) =>
  fixture.beside(format === 'gox' ? '.open.voxels.txt' : '.import.voxels.txt') === undefined;

/** What differs from Goxel's reading: `voxels`, or the parts of the document. */
function verdict(document: Document, format: string, fixture: Fixture): string {
  const how = format === 'gox' ? 'open' : 'import';
  const truth = fixture.beside(`.${how}.voxels.txt`);
  if (truth === undefined) return `${document.merged().count()} voxels, Goxel none`;
  if (!Buffer.from(voxelLines(document.merged())).equals(truth)) return 'voxels';
  const json = fixture.beside(`.${how}.info.json`);
  if (json === undefined) return 'same';
  const theirs = parts(rounded(JSON.parse(json.toString()) as Info), format);
  const ours = parts(rounded(infoOf(document)), format);
  const other = Object.keys(theirs).filter(
    (part) => JSON.stringify(ours[part]) !== JSON.stringify(theirs[part]),
  );
  return other.length === 0 ? 'same' : other.join(', ');
}

/** How a file is read, and whether it is the same document after a save as .gox. */
function* outcomesOf(format: string, fixture: Fixture): Generator<Outcome> {
  const { name } = fixture;
  let document: Document;
  try {
    document = readAs(format, fixture.bytes);
  } catch (error) {
    if (!(error instanceof GoxError)) throw error;
    const verdict = goxelRefuses(format, fixture) ? 'same' : error.code;
    yield { format, check: 'load', name, verdict };
    return;
  }
  yield { format, check: 'load', name, verdict: verdict(document, format, fixture) };
  const saved = written(document, 'gox');
  const again = readAs('gox', saved);
  const [before, after] = [document, again].map((one) => JSON.stringify(portrait(one)));
  const same = before === after && written(again, 'gox').equals(saved);
  yield { format, check: 'resave', name, verdict: same ? 'same' : 'other' };
}

/** Of all files, in all formats or in one. */
export function loadings(format?: string): Outcome[] {
  const wanted = inputs().filter((input) => format === undefined || input.format === format);
  return wanted.flatMap((input) => [...outcomesOf(input.format, input.fixture)]);
}
