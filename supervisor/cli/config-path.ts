/** `goxel-supervisor config path`: which configuration file `run` would take. */

import type { CommandLine } from './args.ts';
import { aboutSources, findSources } from './configuration.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { writeData, writeTalk } from './output.ts';

type Line = Extract<CommandLine, { command: 'config path' }>;

export async function configPath(line: Line): Promise<ExitCode> {
  const found = findSources(line);
  const { search } = found;
  const path = search.found?.path ?? null;
  if (line.options.json === true) {
    const looked = search.places.map((place) => ({ ...place, taken: place === search.found }));
    await writeData(`${JSON.stringify({ path, places: looked }, undefined, 2)}\n`);
  } else if (path === null) {
    await writeTalk(`${aboutSources(found)}\n`);
  } else {
    await writeData(`${path}\n`);
  }
  return EXIT.OK;
}
