/** What must not stand in a report: tokens, passwords, keys, whatever they got into. */

import { createHash } from 'node:crypto';
import { withoutSecrets } from '../inspector/service/secrets.ts';

export const MASKED = '(masked)';

/** Names of values that are secret; those that name a file tell only where one is. */
const SECRET_NAME = /token|secret|passw|credential|(^|[-_.])key$|api_?key|private_?key/i;
const PLACE_NAME = /(_file|_path|_dir|_directory|_max|_ms|_attempts)$/i;

/** A token is so long: see `conf/token-file.ts`. */
const TOKEN_LENGTHS = { min: 16, max: 512 } as const;

/** Whether the value of a name is to be left out. */
function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) && !PLACE_NAME.test(name);
}

/** What is known to be secret. */
export interface Known {
  /** As they are; whoever has them. */
  readonly words?: readonly string[];
  /** SHA-256 of tokens; whoever only knows them so. */
  readonly hashes?: readonly Buffer[];
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

function masker({ words = [], hashes = [] }: Known): (text: string) => string {
  const plain = words.filter((word) => word.length > 0);
  const digests = new Set(hashes.map((hash) => hash.toString('hex')));
  return (text) => {
    let rest = text;
    for (const word of plain) rest = rest.replaceAll(word, MASKED);
    if (digests.size > 0) rest = withoutTokens(rest, digests);
    return withoutSecrets(rest);
  };
}

/** Words of a text that are tokens: whole ones, ends of one, and what stands between its signs. */
function withoutTokens(text: string, digests: ReadonlySet<string>): string {
  return text.replace(WORD, (word) => {
    let rest = word;
    for (const from of [0, ...Array.from(word.matchAll(SIGN), ({ index }) => index + 1)]) {
      const end = word.slice(from);
      const [piece = ''] = end.split(SIGN, 1);
      for (const one of [end, piece]) if (isToken(one, digests)) rest = rest.replace(one, MASKED);
    }
    return rest;
  });
}

/** A token is printable, but what is quoted ends there. */
const WORD = new RegExp(`[^\\s"'\`\\\\]{${TOKEN_LENGTHS.min},${2 * TOKEN_LENGTHS.max}}`, 'g');
const SIGN = /[=:,/&?;()[\]{}]/g;

function isToken(word: string, digests: ReadonlySet<string>): boolean {
  if (word.length < TOKEN_LENGTHS.min || word.length > TOKEN_LENGTHS.max) return false;
  return digests.has(createHash('sha256').update(word).digest('hex'));
}
