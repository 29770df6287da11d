/** Short pictures of what clients sent, for the messages of errors. */

/** How much of a client's text an error repeats. */
const SKETCH_LENGTH_MAX = 40;
const PATH_LENGTH_MAX = 1024;

/** A text, or its beginning. */
export function cut(text: string): string {
  return text.length > SKETCH_LENGTH_MAX ? `${text.slice(0, SKETCH_LENGTH_MAX)}…` : text;
}

/** A text, or its end, which tells paths apart. */
export function cutStart(text: string): string {
  return text.length > SKETCH_LENGTH_MAX ? `…${text.slice(-SKETCH_LENGTH_MAX)}` : text;
}

/** A path, whole if it has any usual length; of a long one the end. */
export function cutPath(path: string): string {
  return path.length > PATH_LENGTH_MAX ? `…${path.slice(-PATH_LENGTH_MAX)}` : path;
}

/** Some words for a value. Of large ones nothing but their size is read. */
export function sketch(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null || typeof value === 'number' || typeof value === 'boolean') {
    return String(value);
  }
  if (typeof value === 'string') return JSON.stringify(cut(value));
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
