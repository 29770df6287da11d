/** Schemas that many methods share, told once in an OpenRPC document and referred to elsewhere. */

import type { Keywords } from '../../conf/check.ts';

export interface Reference {
  $ref: string;
}

/** A schema of a document, with references in place of those that have a name. */
export type DocumentSchema = Reference | Record<string, unknown>;

/** Gathers the named schemas of one document. */
export class SharedSchemas {
  /** As `components.schemas` has them. */
  readonly schemas: Record<string, DocumentSchema> = {};
  readonly #texts = new Map<string, string>();

  /** The schema as the document has it: a reference, or with references in it. */
  refer(schema: Keywords): DocumentSchema {
    const { 'x-name': name, ...nameless } = schema;
    const made = this.#inner(nameless);
    if (name === undefined) return made;
    const text = JSON.stringify(nameless);
    const known = this.#texts.get(name);
    if (known === undefined) {
      this.#texts.set(name, text);
      this.schemas[name] = made;
    } else if (known !== text) {
      throw new Error(`two schemas have the name ${name}`);
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  #inner(schema: Keywords): Record<string, unknown> {
    const made: Record<string, unknown> = { ...schema };
    const { items, anyOf, properties } = schema;
    if (anyOf !== undefined) made.anyOf = anyOf.map((branch) => this.refer(branch));
    if (items !== undefined) {
      made.items = isList(items) ? items.map((item) => this.refer(item)) : this.refer(items);
    }
    if (properties !== undefined) {
      const members = Object.entries(properties);
      made.properties = Object.fromEntries(members.map(([key, part]) => [key, this.refer(part)]));
    }
    return made;
  }
}

function isList(items: Keywords | readonly Keywords[]): items is readonly Keywords[] {
  return Array.isArray(items);
}
