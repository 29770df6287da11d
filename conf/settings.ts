/** The configuration schema as a flat list: one setting per key, such as `limits.depth_max`. */

import { CONFIG_SCHEMA, type SchemaNode } from './schema.ts';

export interface Setting {
  readonly key: string;
  readonly type: 'text' | 'number' | 'boolean' | 'list';
  readonly default: SchemaNode['default'];
  /** What it does and why its default is what it is. */
  readonly description: string;
  /** The values it takes, in words: "an integer from 1 to 64". */
  readonly expected: string;
  /** Whether its text names a path, to be expanded and made absolute. */
  readonly path: boolean;
  accepts(value: unknown): boolean;
}

/** Every setting by its key, in the order of the schema. */
export const SETTINGS: ReadonlyMap<string, Setting> = new Map(
  settingsOf(CONFIG_SCHEMA, '').map((setting) => [setting.key, setting]),
);

/** Every section by its key, with its description; the root, '', is not among them. */
export const SECTIONS: ReadonlyMap<string, string> = new Map(sectionsOf(CONFIG_SCHEMA, ''));

function settingsOf(node: SchemaNode, key: string): Setting[] {
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
      description: node.description ?? '',
      expected: expectedOf(node),
      path: node.path === true,
      accepts: (value) => accepts(node, value),
    },
  ];
}

function sectionsOf(node: SchemaNode, key: string): [string, string][] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    if (child.properties === undefined) return [];
    const section = join(key, name);
    return [[section, child.description ?? ''], ...sectionsOf(child, section)];
  });
}

function join(key: string, name: string): string {
  return key === '' ? name : `${key}.${name}`;
}

/** JSON Schema's meaning of the words that our schema uses. */
function accepts(node: SchemaNode, value: unknown): boolean {
  switch (node.type) {
    case 'integer':
    case 'number':
      return (
        typeof value === 'number' &&
        (node.type === 'number' || Number.isInteger(value)) &&
        value >= (node.minimum ?? -Infinity) &&
        value <= (node.maximum ?? Infinity)
      );
    case 'boolean':
      return typeof value === 'boolean';
    case 'array': {
      const { items } = node;
      return (
        Array.isArray(value) &&
        value.length >= (node.minItems ?? 0) &&
        value.length <= (node.maxItems ?? Infinity) &&
        (items === undefined || value.every((item) => accepts(items, item)))
      );
    }
    case 'string':
      return (
        typeof value === 'string' &&
        value.length >= (node.minLength ?? 0) &&
        (node.enum === undefined || node.enum.includes(value)) &&
        (node.pattern === undefined || new RegExp(node.pattern).test(value))
      );
    case 'object':
      return false;
  }
}

function typeOf(node: SchemaNode): Setting['type'] {
  if (node.type === 'integer' || node.type === 'number') return 'number';
  if (node.type === 'boolean') return 'boolean';
  if (node.type === 'array') return 'list';
  return 'text';
}

function expectedOf(node: SchemaNode): string {
  if (node.expected !== undefined) return node.expected;
  const range = `from ${node.minimum} to ${node.maximum}`;
  switch (node.type) {
    case 'integer':
      return `an integer ${range}`;
    case 'number':
      return `a number ${range}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return `a list of ${node.minItems} to ${node.maxItems} texts`;
    default:
      if (node.enum !== undefined) return `one of ${node.enum.join(', ')}`;
      return node.minLength === undefined ? 'a text' : 'a text that is not empty';
  }
}
