/** Which options are for whom: the formats that heed each are in the catalogue. */

import { READING_FORMATS, type ReadingOptions } from '../catalogue/reading.ts';
import { WRITING_FORMATS, type WritingOptions } from '../catalogue/writing.ts';
import { formatFor } from '../formats/index.ts';
import type { SoloFile, SoloTask } from '../port/solo.ts';
import { GZIP_NAME } from '../project/recognised.ts';

type Options = Record<string, unknown>;
type Heeding = Readonly<Record<string, readonly string[] | undefined>>;

/**
 * Which options are for the reading of each input, and which for each output.
 *
 * @param readFormat the name of the format of an input, by what it holds; '' of one that is unknown
 */
export function route(
  { reading, writing, either, inputs, outputs }: SoloTask,
  readFormat: (file: SoloFile) => string,
) {
  const readers = sidesOf(inputs, READING_FORMATS, readFormat);
  const writers = sidesOf(outputs, { ...WRITING_FORMATS, ...scalers(outputs, readers) });
  for (const [name, value] of Object.entries(reading)) readers.give(name, value);
  for (const [name, value] of Object.entries(writing)) writers.give(name, value);
  for (const [name, value] of Object.entries(either)) {
    // A table of blocks is about what is read and what is written.
    const isBoth = name === 'blocks' && readers.heed(name);
    if (writers.heed(name)) writers.give(name, value);
    if (isBoth || !writers.heed(name)) readers.give(name, value);
  }
  return {
    reading: readers.options as ReadingOptions[],
    writing: writers.options as WritingOptions[],
  };
}

/** Meshes that are written are scaled, or else those that are read, or else what is written. */
function scalers(outputs: readonly SoloFile[], readers: ReturnType<typeof sidesOf>): Heeding {
  const meshes = WRITING_FORMATS.mesh;
  if (outputs.some((file) => meshes.includes(nameFor(file)))) return { scale: meshes };
  return readers.heed('scale') ? { scale: [] } : {};
}

/** The files of one side: who of them heeds an option gets it, or all, so that each says so. */
function sidesOf(
  files: readonly SoloFile[],
  heeding: Heeding,
  formatOf: (file: SoloFile) => string = nameFor,
) {
  const formats = files.map(formatOf);
  const options = files.map((): Options => ({}));
  const heeds = (name: string, format: string) => heeding[name]?.includes(format) ?? true;
  const heed = (name: string) => formats.some((format) => heeds(name, format));
  const give = (name: string, value: unknown) => {
    const all = !heed(name);
    for (const [place, one] of options.entries()) {
      if (all || heeds(name, formats[place]!)) one[name] = value;
    }
  };
  return { options, heed, give };
}

function nameFor({ path, format }: SoloFile): string {
  try {
    return formatFor(path, format).name;
  } catch {
    return '';
  }
}

/** Of a file that is read. */
export function namedFormat({ path, format }: SoloFile): string {
  return nameFor({ path: unpackedName(path), ...(format && { format }) });
}

/** What a file that may be packed is called without that. */
export function unpackedName(path: string): string {
  return path.replace(GZIP_NAME, '');
}

/**
 * The tasks without the options that mean nothing to them and something to others: of many files of
 * many kinds nobody is told that each option is about some. What none heeds stays, to be told.
 */
export function shareOptions(tasks: readonly SoloTask[]): SoloTask[] {
  const uses = tasks.map(({ inputs, outputs }) => ({
    // What names do not tell is seen when it is read.
    isUnknown: inputs.some((file) => namedFormat(file) === ''),
    readers: sidesOf(inputs, READING_FORMATS, namedFormat),
    writers: sidesOf(outputs, WRITING_FORMATS),
  }));
  const kept = <T extends object>(given: T, heed: (name: string, place: number) => boolean) => {
    const names = Object.keys(given);
    const known = names.filter((name) => tasks.some((_, place) => heed(name, place)));
    return tasks.map((_, place): T => {
      const entries = Object.entries(given).filter(
        ([name]) => !known.includes(name) || heed(name, place),
      );
      return Object.fromEntries(entries) as T;
    });
  };
  const [first] = tasks;
  if (first === undefined) return [];
  const reading = kept(first.reading, (name, place) => {
    return uses[place]!.isUnknown || uses[place]!.readers.heed(name);
  });
  const writing = kept(first.writing, (name, place) => uses[place]!.writers.heed(name));
  const either = kept(first.either, (name, place) => {
    const { isUnknown, readers, writers } = uses[place]!;
    return isUnknown || readers.heed(name) || writers.heed(name);
  });
  return tasks.map((task, place) => ({
    ...task,
    ...{ reading: reading[place]!, writing: writing[place]!, either: either[place]! },
  }));
}
