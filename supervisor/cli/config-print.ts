/** `goxel-supervisor config print`: the value of every key, and where it comes from. */

import { type LoadedConfig, loadConfig } from '../../conf/load.ts';
import { SETTINGS } from '../../conf/settings.ts';
import { type Written, writeYaml } from '../../conf/write-yaml.ts';
import type { CommandLine } from './args.ts';
import { findSources } from './configuration.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { writeData, writeTalk } from './output.ts';

type Line = Extract<CommandLine, { command: 'config print' }>;

export async function configPrint(line: Line): Promise<ExitCode> {
  const { json = false, origin = false } = line.options;
  const loaded = await loadConfig(findSources(line).sources);
  await writeTalk(loaded.warnings.map((text) => `goxel-supervisor: warning: ${text}\n`).join(''));
  await writeData(json ? jsonOf(loaded, origin) : yamlOf(loaded, origin));
  return EXIT.OK;
}

function yamlOf({ config, origins }: LoadedConfig, origin: boolean): string {
  const values = new Map<string, Written>();
  for (const { key, floor } of SETTINGS.values()) {
    // Of how many bytes a share is made, nobody can see otherwise.
    const told = origin || floor !== undefined;
    const note = told ? (origins.get(key) ?? 'default') : undefined;
    values.set(key, { value: settingOf(config, key), note });
  }
  return writeYaml(values);
}

/** The configuration as it is; or each key with its value and where that comes from. */
function jsonOf({ config, origins }: LoadedConfig, origin: boolean): string {
  const each = [...SETTINGS.keys()].map((key) => [
    key,
    { value: settingOf(config, key), origin: origins.get(key) ?? 'default' },
  ]);
  const shown = origin ? Object.fromEntries(each) : config;
  return `${JSON.stringify(shown, undefined, 2)}\n`;
}

function settingOf(config: unknown, key: string): unknown {
  let value = config;
  for (const name of key.split('.')) value = (value as Record<string, unknown>)[name];
  return value;
}
