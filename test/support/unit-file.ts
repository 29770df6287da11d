/** Unit files of systemd, as much of their syntax as ours have. */

import { readFileSync } from 'node:fs';

/** What a unit says: every value of every key, `[Section] Key`. */
export type UnitFile = ReadonlyMap<string, readonly string[]>;

export function readUnit(path: string): UnitFile {
  const unit = new Map<string, string[]>();
  let section = '';
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [, name] = /^\[(\w+)\]$/.exec(line) ?? [];
    if (name !== undefined) section = name;
    const [, key, value] = /^([A-Za-z]+)=(.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined) continue;
    const full = `${section} ${key}`;
    unit.set(full, [...(unit.get(full) ?? []), value]);
  }
  return unit;
}

/** The only value of a key. */
export function onlyValue(unit: UnitFile, key: string): string {
  const [value, ...others] = unit.get(key) ?? [];
  if (value === undefined || others.length > 0) throw new Error(`${key} is not there once`);
  return value;
}
