/** Names of layers as a command line gives them: with commas between, which names may have, too. */

import type { WritingOptions } from '../catalogue/writing.ts';
import type { Document } from '../document/document.ts';

type Asked = NonNullable<WritingOptions['layers']>;

/**
 * What was asked, where parts that are no name by themselves are one together with what follows.
 * Blanks around a name mean nothing, unless it has them. What is not known stays as it is.
 */
export function layersAsked({ layers }: Document, parts: Asked): (string | number)[] {
  const known = new Map<string, string | number>();
  for (const { id, name } of layers) known.set(String(id), id).set(name.trim(), name);
  for (const { name } of layers) known.set(name, name);
  const found: (string | number)[] = [];
  for (let at = 0; at < parts.length; ) {
    let end = at + 1;
    let name = nameOf(known, parts.slice(at, end));
    // At most as many as a name has characters.
    for (let to = at + 2; name === undefined && to <= Math.min(parts.length, at + 256); to++) {
      name = nameOf(known, parts.slice(at, to));
      if (name !== undefined) end = to;
    }
    const asked = parts[at]!;
    // A comma at an end, or two of them, mean nothing.
    if (name !== undefined || String(asked).trim() !== '') found.push(name ?? asked);
    at = end;
  }
  return found.length > 0 ? found : [...parts];
}

function nameOf(known: ReadonlyMap<string, string | number>, parts: Asked) {
  const text = parts.join(',');
  return known.get(text) ?? known.get(text.trim());
}
