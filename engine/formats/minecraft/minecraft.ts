/**
 * Models of Minecraft. Of which format a file is tells its content, since schematics of Sponge are
 * called .schematic, too, and structures .schem. What is written is packed with gzip.
 */

import { gzipSync } from 'node:zlib';
import { GoxError } from '../../../conf/errors.ts';
import type { Document } from '../../document/document.ts';
import type { Box } from '../../volume/box.ts';
import { withinBudget } from '../block-budget.ts';
import { blockFile } from '../blocks/block-file.ts';
import { tellNearest } from '../blocks/told.ts';
import type { Format, ImportOptions } from '../format.ts';
import { inPieces } from '../pieces.ts';
import { shown } from '../shown.ts';
import { BlockChoice } from './block-colors.ts';
import { BlockNumbers } from './cells.ts';
import { Fields } from './fields.ts';
import { litematicFile, readLitematic } from './litematic.ts';
import { hasNumber, mceditFile, readMcedit } from './mcedit.ts';
import { readNbt } from './nbt.ts';
import { documentOf, type Part, type Region } from './regions.ts';
import { isSponge, readSponge, spongeFile } from './sponge.ts';
import { readBedrock, readStructure, structureFile } from './structure.ts';

const NOTHING: Box = { min: [0, 0, 0], max: [0, 0, 0] };

function read(bytes: Uint8Array, source: string, options: ImportOptions = {}): Document {
  const file = blockFile(options);
  const { report } = options;
  return withinBudget(source, options, (budget) => {
    const root = new Fields(readNbt(bytes, source, budget), source);
    return documentOf(regionsOf(root), { source, budget, report, file });
  });
}

function regionsOf(root: Fields): Region[] {
  if (root.has('Regions')) return readLitematic(root);
  if (root.has('structure') && root.has('size')) return [readBedrock(root)];
  if (root.has('blocks') && root.has('size')) return [readStructure(root)];
  if (isSponge(root)) return [readSponge(root)];
  if (root.has('Blocks')) return [readMcedit(root)];
  const names = root.names.slice(0, 8).map(shown).join(', ');
  const what = names === '' ? 'nothing' : names;
  const message = `${root.source} is of Minecraft, but there is no model in it, only ${what}.`;
  throw new GoxError('GOX_FORMAT_UNKNOWN', message, { file: root.source });
}

type Write = (document: Document, numbers: () => BlockNumbers) => Iterable<Uint8Array>;

function writer(write: Write, usable?: (name: string) => boolean): NonNullable<Format['write']> {
  return (document, options = {}) => {
    const choice = new BlockChoice(blockFile(options), usable);
    const all: BlockNumbers[] = [];
    const numbers = () => {
      const one = new BlockNumbers(choice);
      all.push(one);
      return one;
    };
    const packed = gzipSync(Buffer.concat([...write(document, numbers)]));
    // A colour of several regions is one.
    tellNearest(new Set(all.flatMap(({ inexact }) => inexact)).size, options.report);
    return inPieces([packed]);
  };
}

/** Of all that is seen, as one. */
function whole(document: Document): Part {
  const volume = document.merged();
  return { name: '', volume, box: volume.box() ?? NOTHING };
}

/** A part for each layer with voxels that is seen. */
function layers(document: Document): Part[] {
  document.refresh();
  return document.layers.flatMap(({ name, visible, volume }) => {
    const box = visible ? volume.box() : undefined;
    return box === undefined ? [] : [{ name, volume, box }];
  });
}

export const schem: Format = {
  name: 'schem',
  extensions: ['schem'],
  read,
  write: writer((document, numbers) => {
    const { volume, box } = whole(document);
    return spongeFile(volume, box, numbers());
  }),
};

export const schematic: Format = {
  name: 'schematic',
  extensions: ['schematic'],
  read,
  write: writer((document, numbers) => {
    const { volume, box } = whole(document);
    return mceditFile(volume, box, numbers());
  }, hasNumber),
};

export const litematic: Format = {
  name: 'litematic',
  extensions: ['litematic'],
  read,
  write: writer((document, numbers) => litematicFile(layers(document), numbers, 'Model')),
};

export const nbt: Format = {
  name: 'nbt',
  extensions: ['nbt'],
  read,
  write: writer((document, numbers) => {
    const { volume, box } = whole(document);
    return structureFile(volume, box, numbers());
  }),
};

export const mcstructure: Format = {
  name: 'mcstructure',
  extensions: ['mcstructure'],
  read,
};
