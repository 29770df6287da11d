/** Values out of a file, for messages. */

const CHARS_MAX = 80;

/** A value in a few characters, whatever a file made of it; lists and objects are named only. */
export function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    return Array.isArray(value) ? 'a list' : 'an object';
  }
  const text = String(value);
  return text.length <= CHARS_MAX ? text : `${text.slice(0, CHARS_MAX)}…`;
}
