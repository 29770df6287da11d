/** The last lines of the log, kept for a report: so many, and so many characters, at the most. */

const LINES_MAX = 500;
const LENGTH_MAX = 256 * 1024;
/** Of one line; a dump of the tree is longer. */
const LINE_LENGTH_MAX = 8 * 1024;

export class RecentLines {
  /** The latest last; those before `#first` are forgotten. */
  #lines: string[] = [];
  #first = 0;
  #length = 0;

  add(line: string): void {
    const kept = line.length <= LINE_LENGTH_MAX ? line : shortened(line);
    this.#lines.push(kept);
    this.#length += kept.length;
    while (this.#lines.length - this.#first > LINES_MAX || this.#length > LENGTH_MAX) {
      this.#length -= this.#lines[this.#first]!.length;
      this.#lines[this.#first] = '';
      this.#first += 1;
    }
    if (this.#first <= LINES_MAX) return;
    this.#lines = this.#lines.slice(this.#first);
    this.#first = 0;
  }

  /** Without the ends of lines. */
  get all(): string[] {
    return this.#lines.slice(this.#first).map((line) => line.trimEnd());
  }
}

/** A piece of its own: one that is cut out would hold all of the line. */
function shortened(line: string): string {
  const piece = Buffer.from(line.slice(0, LINE_LENGTH_MAX)).toString();
  return `${piece} … and ${line.length - LINE_LENGTH_MAX} characters more`;
}
