/** `goxel-supervisor config migrate`: an older configuration as one of today. */

import { writeFileSync } from 'node:fs';
import { type Migration, migrate } from '../../conf/migration/migrate.ts';
import { migratedYaml, migrationNotes } from '../../conf/migration/report.ts';
import type { CommandLine } from './args.ts';
import { readInput } from './config-input.ts';
import { CliError, EXIT, type ExitCode } from './exit-codes.ts';
import { writeData, writeTalk } from './output.ts';

type Line = Extract<CommandLine, { command: 'config migrate' }>;

export async function configMigrate({ positionals, options }: Line): Promise<ExitCode> {
  const { file, text } = await readInput(positionals[0] ?? '-');
  const migration = migrate(text, file);
  if ('problems' in migration) {
    throw new CliError(EXIT.DATAERR, `cannot be migrated:\n  ${migration.problems.join('\n  ')}`);
  }
  const yaml = migratedYaml(migration, file);
  if (options.output !== undefined) writeNew(options.output, yaml);
  if (options.json === true) {
    await writeData(`${JSON.stringify(jsonOf(migration), undefined, 2)}\n`);
    return EXIT.OK;
  }
  if (options.output === undefined) await writeData(yaml);
  const notes = migrationNotes(migration).map((note) => `${note}\n`);
  await writeTalk(`${file} is ${migration.layout.title}\n${notes.join('')}`);
  return EXIT.OK;
}

function jsonOf({ layout, kept, unused }: Migration) {
  return {
    layout: layout.name,
    values: Object.fromEntries(kept.map(({ key, value }) => [key, value])),
    kept,
    unused,
  };
}

/** A file that somebody has made is not overwritten. */
function writeNew(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const text = code === 'EEXIST' ? `${path} is there already; remove it first` : message;
    throw new CliError(EXIT.CANTCREAT, text, error);
  }
}
