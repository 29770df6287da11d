/** What readers and writers tell beside their result: what was passed over, guessed or lost. */

import { GoxError } from '../../conf/errors.ts';
import type { WarningCode } from '../../conf/warning-catalogue.ts';

/** Where in a file something is, as far as that is known. */
export interface Place {
  /** Of a file that the one in question names; else it is that one. */
  readonly file?: string;
  readonly line?: number;
  readonly byte?: number;
  readonly chunk?: string;
  /** A layer, node, material or the like, by its name. */
  readonly object?: string;
}

export interface Warning {
  readonly code: WarningCode;
  /** One sentence, of each time that it happened. */
  readonly message: string;
  readonly count: number;
  /** Where first. */
  readonly where?: Place;
}

/** So many different messages of a code are kept; a file can name things without end. */
const MESSAGES_MAX = 20;
const AND_MORE = 'There is more of the kind.';

export class Report {
  readonly #found = new Map<string, { -readonly [K in keyof Warning]: Warning[K] }>();
  readonly #messages = new Map<WarningCode, number>();

  /**
   * Notes something. The same message again is counted, and keeps its first place, so that a fault
   * of each of a million faces costs a look into a map.
   */
  warn(code: WarningCode, message: string, where?: Place, count = 1): void {
    if (count <= 0) return;
    const known = this.#found.get(`${code} ${message}`);
    if (known !== undefined) {
      known.count += count;
      return;
    }
    const messages = this.#messages.get(code) ?? 0;
    if (messages === MESSAGES_MAX && message !== AND_MORE) {
      this.warn(code, AND_MORE, where, count);
      return;
    }
    this.#messages.set(code, Math.min(messages + 1, MESSAGES_MAX));
    const warning = { code, message, count, ...(where === undefined ? {} : { where }) };
    this.#found.set(`${code} ${message}`, warning);
  }

  /** Notes groups of layers that have none of their names. */
  groupNames(groups: readonly string[], source: string): void {
    const message = `Layers of ${source} have other names than groups: ${listed(groups)}.`;
    this.warn('WARN_NAMES_LOST', message, undefined, groups.length);
  }

  /** Whether there is one of that kind. */
  tells(code: WarningCode): boolean {
    return this.#messages.has(code);
  }

  /** Notes all that another one has. */
  take(other: Report): void {
    for (const { code, message, where, count } of other.#found.values()) {
      this.warn(code, message, where, count);
    }
  }

  get empty(): boolean {
    return this.#found.size === 0;
  }

  warnings(): Warning[] {
    return Array.from(this.#found.values(), (warning) => ({ ...warning }));
  }

  /** Throws GOX_STRICT when there are warnings and none are wanted. */
  check(strict: boolean | undefined, path: string): void {
    if (strict !== true || this.empty) return;
    const warnings = this.warnings();
    const more = warnings.length > 1 ? ` (and ${warnings.length - 1} more)` : '';
    const message = `${path}: ${warnings[0]!.message}${more} Warnings are errors here.`;
    throw new GoxError('GOX_STRICT', message, { path, warnings });
  }
}

/** So many names are told one by one. */
const NAMES_MAX = 8;
const NAME_LENGTH_MAX = 64;

/** Names for a message, the first of many. */
export function listed(names: readonly string[]): string {
  const some = names.slice(0, NAMES_MAX).map((name) => `"${seen(name.slice(0, NAME_LENGTH_MAX))}"`);
  const more = names.length - some.length;
  return some.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** Without what moves the cursor of a terminal or ends a line. */
function seen(name: string): string {
  return name.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '\ufffd');
}

/** For a result: `warnings`, when there are any. */
export function asResult(warnings: Warning[]): { warnings?: Warning[] } {
  return warnings.length === 0 ? {} : { warnings };
}

/** Tells the options that were given and mean nothing to a format. */
export function tellUnused(
  report: Report,
  options: Readonly<Record<string, unknown>>,
  formats: Readonly<Record<string, readonly string[]>>,
  format: string,
  others: readonly string[] = [],
): void {
  for (const name of others) {
    report.warn('WARN_OPTION_UNUSED', `The option "${name}" means nothing to ${format}.`);
  }
  for (const [name, about] of Object.entries(formats)) {
    if (options[name] === undefined || about.includes(format)) continue;
    const formatsOfIt = about.join(', ');
    const message = `The option "${name}" means nothing to ${format}; it is about ${formatsOfIt}.`;
    report.warn('WARN_OPTION_UNUSED', message);
  }
}
