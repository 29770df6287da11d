/** The elements of a COLLADA file as a tree, and how they name one another. */

import { GoxError } from '../../../conf/errors.ts';
import { XmlReader, xmlNumber } from '../xml/xml-reader.ts';

export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: Element[];
  /** Of an element without others. */
  text: string;
}

/** Some 300 bytes each; numbers are text, so that no model has as many. */
const ELEMENTS_MAX = 2 ** 20;

export class DaeTree {
  readonly source: string;
  readonly root: Element;
  readonly #byId = new Map<string, Element>();

  /** Throws GOX_FORMAT_BROKEN, and GOX_MEMORY_LIMIT for too many elements. */
  constructor(bytes: Uint8Array, source: string) {
    this.source = source;
    const xml = new XmlReader(bytes, source);
    const open: Element[] = [];
    let root: Element | undefined;
    let count = 0;
    for (let kind = xml.next(); kind !== undefined; kind = xml.next()) {
      if (kind === 'close') {
        const closed = open.pop()!;
        if (closed.children.length === 0) closed.text = xml.text;
        continue;
      }
      if (++count > ELEMENTS_MAX) this.#refuse();
      const element = { name: xml.name, attributes: xml.attributes(), children: [], text: '' };
      const id = element.attributes.get('id');
      if (id !== undefined && !this.#byId.has(id)) this.#byId.set(id, element);
      open.at(-1)?.children.push(element);
      root ??= element;
      open.push(element);
    }
    this.root = root ?? xml.fail('it is empty');
    if (this.root.name !== 'COLLADA') xml.fail('it is no COLLADA file');
  }

  /** How many elements of a name are directly in libraries of another name. */
  count(library: string, name: string): number {
    const libraries = childrenOf(this.root, library);
    return libraries.reduce((sum, each) => sum + childrenOf(each, name).length, 0);
  }

  /** What a URL of this file names; undefined when that is not there, or in another file. */
  find(url: string | undefined): Element | undefined {
    return url?.startsWith('#') ? this.#byId.get(url.slice(1)) : undefined;
  }

  byId(id: string): Element | undefined {
    return this.#byId.get(id);
  }

  #refuse(): never {
    const message = `${this.source} has more than ${ELEMENTS_MAX} elements.`;
    const facts = { file: this.source, elements_max: ELEMENTS_MAX };
    throw new GoxError('GOX_MEMORY_LIMIT', message, facts);
  }
}

export function childrenOf(element: Element | undefined, name: string): readonly Element[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

/** The first element on a way down. */
export function childOf(element: Element | undefined, ...names: readonly string[]) {
  let at = element;
  for (const name of names) at = at?.children.find((child) => child.name === name);
  return at;
}

/** Numbers with blanks between them; NaN for what is none. */
export function numbersOf(text: string): number[] {
  const words = text.trim().split(/\s+/);
  return words[0] === '' ? [] : words.map(xmlNumber);
}
