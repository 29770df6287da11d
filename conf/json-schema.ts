/** The configuration file as a JSON Schema (draft 7), with which editors complete and check it. */

import type { Keywords } from './check.ts';
import { FORMER_KEYS } from './former-keys.ts';
import { CONFIG_SCHEMA } from './schema.ts';
import { SETTINGS } from './settings.ts';

type Schema = Record<string, unknown>;

/** What the file of JSON Schema says; the keys may stand below `daemon:` or without it. */
export function configJsonSchema(): Schema {
  const names = Object.keys(CONFIG_SCHEMA.properties);
  const references = Object.fromEntries(
    names.map((name) => [name, { $ref: `#/definitions/${name}` }]),
  );
  const root = sectionOf('The keys as the original has them.', references);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Configuration of goxel-supervisor',
    ...sectionOf('Every key may be left out.', { daemon: root, ...references }),
    definitions: Object.fromEntries(
      Object.entries<Keywords>(CONFIG_SCHEMA.properties).map(([name, node]) => [
        name,
        schemaOf(node, name),
      ]),
    ),
  };
}

function schemaOf(node: Keywords, key: string): Schema {
  const { description, properties } = node;
  if (properties === undefined) return settingOf(node, key);
  const children = Object.entries(properties).map(([name, child]): [string, Schema] => [
    name,
    schemaOf(child, `${key}.${name}`),
  ]);
  return sectionOf(description ?? '', { ...formerOf(key), ...Object.fromEntries(children) });
}

/** A section may be empty, as where all that it has is commented out. */
function sectionOf(description: string, properties: Schema): Schema {
  return { description, type: ['object', 'null'], properties, additionalProperties: false };
}

function settingOf(node: Keywords, key: string): Schema {
  const { type, minimum, exclusiveMinimum, maximum, minLength, pattern, minItems, maxItems } = node;
  const setting = SETTINGS.get(key);
  // Digits need no quotes: what is written counts.
  const digits = setting?.type === 'text' && !setting.path && node.enum === undefined;
  const description = `${setting?.description ?? ''} Takes ${setting?.expected}.`;
  const schema: Schema = { description, default: node.default };
  const keywords: Schema = {
    type: digits ? ['string', 'integer'] : type,
    enum: node.enum,
    minimum,
    exclusiveMinimum,
    maximum,
    minLength,
    pattern,
    minItems,
    maxItems,
    items: node.items,
  };
  for (const [name, value] of Object.entries(keywords)) {
    if (value !== undefined) schema[name] = value;
  }
  return schema;
}

/** Keys of a section under names that they had before. */
function formerOf(section: string): Schema {
  const former: Schema = {};
  for (const [key, today] of FORMER_KEYS) {
    if (!key.startsWith(`${section}.`)) continue;
    const [name = '', ...below] = key.slice(section.length + 1).split('.');
    former[name] =
      below.length === 0
        ? { description: `Its name of today is ${today}.`, deprecated: true }
        : sectionOf('Its keys are in health today.', formerOf(`${section}.${name}`));
  }
  return former;
}
