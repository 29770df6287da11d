/** The configuration schema as a flat list: one setting per key, such as `limits.depth_max`. */

import { admits, type Keywords } from './check.ts';
import { expectation } from './expectation.ts';
import { CONFIG_SCHEMA } from './schema.ts';

export interface Setting {
  readonly key: string;
  readonly type: 'text' | 'number' | 'boolean' | 'list';
  readonly default: unknown;
  /** The value in the configuration of the original, which the shipped file has; or undefined. */
  readonly original: unknown;
  /** The bounds of a number. */
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  /** What it does and why its default is what it is. */
  readonly description: string;
  /** The values it takes, in words: "an integer from 1 to 64". */
  readonly expected: string;
  /** What it is at least where it is a percentage of memory; undefined where it cannot be one. */
  readonly floor: number | undefined;
  /** Whether its text names a path, to be expanded and made absolute. */
  readonly path: boolean;
  /** Whether another value counts while the daemon runs; if not, from its next start. */
  readonly live: boolean;
  accepts(value: unknown): boolean;
}

/** Every setting by its key, in the order of the schema. */
export const SETTINGS: ReadonlyMap<string, Setting> = new Map(
  settingsOf(CONFIG_SCHEMA, '').map((setting) => [setting.key, setting]),
);

/** Every section by its key, with its description; the root, '', is not among them. */
export const SECTIONS: ReadonlyMap<string, string> = new Map(sectionsOf(CONFIG_SCHEMA, ''));

/** What `schema.ts` is written in. */
interface SettingSchema extends Keywords {
  readonly path?: boolean;
  readonly live?: boolean;
  readonly floor?: number;
  readonly original?: unknown;
}

function settingsOf(node: SettingSchema, key: string): Setting[] {
  if (node.properties !== undefined) {
    return Object.entries(node.properties).flatMap(([name, child]) =>
      settingsOf(child, join(key, name)),
    );
  }
  return [
    {
      key,
      type: typeOf(node),
      default: node.default,
      original: node.original,
      minimum: node.minimum,
      maximum: node.maximum,
      description: node.description ?? '',
      expected: expectation(node),
      floor: node.floor,
      path: node.path === true,
      live: node.live === true,
      accepts: (value) => admits(node, value),
    },
  ];
}

function sectionsOf(node: Keywords, key: string): [string, string][] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    if (child.properties === undefined) return [];
    const section = join(key, name);
    return [[section, child.description ?? ''], ...sectionsOf(child, section)];
  });
}

function join(key: string, name: string): string {
  return key === '' ? name : `${key}.${name}`;
}

function typeOf({ type, floor }: SettingSchema): Setting['type'] {
  if (floor !== undefined || type === 'integer' || type === 'number') return 'number';
  if (type === 'boolean') return 'boolean';
  if (type === 'array') return 'list';
  return 'text';
}
