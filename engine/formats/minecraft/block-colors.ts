/** The colour of each block of Minecraft by its name, and the block for a colour. */

import { GoxError } from '../../../conf/errors.ts';
import { pack } from '../../volume/color.ts';
import type { BlockFile } from '../blocks/block-file.ts';
import { NearestBlock } from '../blocks/nearest.ts';
import { AIR, BUILDING, DYED, DYES, PLAIN, WOODS } from './block-list.ts';

const NAMESPACE = 'minecraft:';

/** Prefixes of blocks that look like what they are made of. */
const PREFIX = /^(?:infested|waxed|potted|petrified|chipped|damaged|flowing|stripped|dead)_/;
const WORKED = /^(?:chiseled|cut|smooth|polished|cracked|mossy|attached)_/;
const SHAPE = new RegExp(
  `_(?:${[
    'stairs|slab|wall|fence_gate|fence|trapdoor|door|button|pressure_plate|hanging_sign|sign',
    'pane|carpet|bed|banner|candle_cake|candle|sapling|propagule|fungus|roots|grate|bulb|bars',
    'chain|lantern|shelf|cauldron|mosaic|item_frame|lightning_rod|chest|golem_statue|torch',
  ].join('|')})$`,
);
const CORAL = /_coral(?:_wall)?(?:_fan)?$/;
const BUD = /^(?:small|medium|large)_amethyst_bud$/;
/** What a shape may be made of, beside what stands before its suffix. */
const MADE_OF = ['', 's', '_planks', '_block', '_wool', '_leaves', '_nylium'];
/** Rules that are applied one after another. */
const STEPS_MAX = 4;

let made: ReadonlyMap<string, number> | undefined;

/** The table, made when it is first needed. */
function table(): ReadonlyMap<string, number> {
  made ??= new Map([...listed()]);
  return made;
}

function* listed(): Generator<[string, number]> {
  for (const name of AIR) yield [name, 0];
  const dyes = DYES.split(' ');
  for (const [family, colors] of Object.entries(DYED)) {
    for (const [i, digits] of colors.split(' ').entries()) {
      yield [family.replace('*', dyes[i]!), colorOf(digits)];
    }
  }
  for (const [wood, colors] of Object.entries(WOODS)) {
    const [planks, bark, stripped, leaves] = colors.split(' ').map(colorOf) as [C, C, C, C];
    yield [`${wood}_planks`, planks];
    yield [`${wood}_leaves`, leaves];
    for (const log of ['log', 'wood', 'stem', 'hyphae', 'block']) {
      yield [`${wood}_${log}`, bark];
      yield [`stripped_${wood}_${log}`, stripped];
    }
  }
  for (const entry of PLAIN.trim().split(/\s+/)) {
    const [name = '', digits = ''] = entry.split('=');
    yield [name, colorOf(digits)];
  }
}
type C = number;

/** From `RRGGBB` or `RRGGBBAA` to a packed colour. */
function colorOf(digits: string): number {
  const [r, g, b, a] = [0, 2, 4, 6].map((at) => {
    return at < digits.length ? Number.parseInt(digits.slice(at, at + 2), 16) : 255;
  });
  return pack(r!, g!, b!, a!);
}

/** What a block looks like. */
export interface Look {
  /** Packed; 0 for what is not seen. */
  readonly rgba: number;
  /** Whether that is known; else the colour was made of the name. */
  readonly known: boolean;
}

/** @param state a name, maybe with properties in brackets: `minecraft:oak_log[axis=y]` */
export function lookOf(state: string, file?: BlockFile): Look {
  const bracket = state.indexOf('[');
  const full = (bracket < 0 ? state : state.slice(0, bracket)).trim().toLowerCase();
  const name = full.startsWith(NAMESPACE) ? full.slice(NAMESPACE.length) : full;
  const own = file && (ofState(file, state) ?? ofName(file, full));
  if (own !== undefined) return { rgba: own, known: true };
  const known = familyColor(name);
  if (known !== undefined) return { rgba: known, known: true };
  // A block of a mod that is called like one of the game.
  const like = familyColor(name.slice(name.indexOf(':') + 1));
  return { rgba: like || colorOfName(full), known: false };
}

/** What a file says of a block in that state, if it tells states apart. */
function ofState(file: BlockFile, state: string): number | undefined {
  return state.includes('[') ? ofName(file, state.trim().toLowerCase()) : undefined;
}

/** With the game's name before it or without. */
function ofName(file: BlockFile, full: string): number | undefined {
  const name = full.startsWith(NAMESPACE) ? full.slice(NAMESPACE.length) : full;
  return file.get(full) ?? file.get(name) ?? file.get(`${NAMESPACE}${name}`);
}

/** By the table, and the rules for what is made of something in it. */
function familyColor(block: string): number | undefined {
  let name = block;
  for (let step = 0; step < STEPS_MAX; step++) {
    for (const suffix of step === 0 ? [''] : MADE_OF) {
      const color = table().get(`${name}${suffix}`);
      if (color !== undefined) return color;
    }
    const simpler = simplerName(name);
    if (simpler === name) return undefined;
    name = simpler;
  }
  return undefined;
}

function simplerName(name: string): string {
  if (BUD.test(name)) return 'amethyst_cluster';
  if (CORAL.test(name)) return name.replace(CORAL, '_coral_block');
  if (PREFIX.test(name)) return name.replace(PREFIX, '');
  if (name.includes('_wall_')) return name.replace('_wall_', '_');
  if (SHAPE.test(name)) return name.replace(SHAPE, '');
  return name.replace(WORKED, '');
}

/** A colour of middling brightness, the same for a name each time. */
function colorOfName(name: string): number {
  let hash = 0x811c_9dc5;
  for (let i = 0; i < name.length; i++) {
    hash = Math.imul(hash ^ name.charCodeAt(i), 0x0100_0193) >>> 0;
  }
  const channel = (shift: number) => 64 + (((hash >>> shift) & 0xff) * 160) / 255;
  return pack(channel(0) | 0, channel(8) | 0, channel(16) | 0, 255);
}

/** What voxels are built of: the blocks of a file, or plain ones of the game. */
export class BlockChoice {
  readonly #nearest: NearestBlock;
  readonly #colors = new Map<string, number>();

  /** @param usable tells which blocks a format can name; all of them, as a rule */
  constructor(file?: BlockFile, usable: (name: string) => boolean = () => true) {
    const blocks = file === undefined ? building() : file;
    for (const [name, rgba] of blocks) {
      const full = name.includes(':') ? name : `${NAMESPACE}${name}`;
      if (rgba !== 0 && usable(full.replace(NAMESPACE, ''))) this.#colors.set(full, rgba);
    }
    if (this.#colors.size === 0) {
      const message = 'The file of blocks names none that this format can hold.';
      throw new GoxError('GOX_FORMAT_LIMIT', message);
    }
    this.#nearest = new NearestBlock(this.#colors);
  }

  /** The full name of the block whose colour is nearest. */
  of(rgba: number): string {
    return this.#nearest.of(rgba)!;
  }

  /** Whether a block has just this colour. */
  exact(name: string, rgba: number): boolean {
    return this.#colors.get(name) === rgba;
  }
}

/** Whole blocks that stay where they are put: of all families with dyes, and those listed. */
function* building(): Generator<readonly [string, number]> {
  const families = ['*_concrete', '*_wool', '*_terracotta', '*_stained_glass'];
  const dyed = families.flatMap((family) => {
    return DYES.split(' ').map((dye) => family.replace('*', dye));
  });
  for (const name of [...BUILDING.trim().split(/\s+/), ...dyed]) {
    yield [name, table().get(name)!];
  }
}
