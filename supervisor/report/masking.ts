/** What must not stand in a report: tokens, passwords, keys, whatever they got into. */

import { type TokenPrint, tokenFinder } from '../../transport/token-prints.ts';
import { withoutSecrets } from '../inspector/service/secrets.ts';

export const MASKED = '(masked)';

/** Names of values that are secret; those that name a file tell only where one is. */
const SECRET_NAME = /token|secret|passw|credential|(^|[-_.])key$|api_?key|private_?key/i;
const PLACE_NAME = /(_file|_path|_dir|_directory|_max|_ms|_attempts)$/i;

/** Whether the value of a name is to be left out. */
function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) && !PLACE_NAME.test(name);
}

/** What is known to be secret. */
export interface Known {
  /** As they are; whoever has them. */
  readonly words?: readonly string[];
  /** Tokens, for whoever knows no more of them than this. */
  readonly tokens?: readonly TokenPrint[];
}

/**
 * The same value, in which texts and members whose names say so are masked. What cannot be encoded
 * as JSON is left out.
 */
export function masked(value: unknown, known: Known): unknown {
  const mask = masker(known);
  const walk = (one: unknown, name: string): unknown => {
    if (typeof one === 'string') return isSecretName(name) && one !== '' ? MASKED : mask(one);
    if (Array.isArray(one)) return one.map((element) => walk(element, ''));
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(
      Object.entries(one).map(([key, member]) => [mask(key), walk(member, key)]),
    );
  };
  return walk(value, '');
}

function masker({ words = [], tokens = [] }: Known): (text: string) => string {
  const plain = words.filter((word) => word.length > 0);
  const find = tokenFinder(tokens);
  return (text) => {
    let rest = text;
    for (const word of plain) rest = rest.replaceAll(word, MASKED);
    // From the end, so that places before it stay where they are.
    for (const { from, to } of find(rest).reverse()) {
      rest = `${rest.slice(0, from)}${MASKED}${rest.slice(to)}`;
    }
    return withoutSecrets(rest);
  };
}
