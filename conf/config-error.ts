/** A configuration that cannot be used; the process exits with EX_CONFIG (78). */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** One sentence each, beginning with the file, line and column, the variable or the flag. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const what = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
    super(`the configuration has ${what}:\n${problems.map((line) => `  ${line}`).join('\n')}`);
    this.problems = problems;
  }
}
