/** What the table of commands is made of, and the options that commands share. */

export interface OptionSpec {
  /** `string` takes a value, `boolean` does not. */
  readonly type: 'string' | 'boolean';
  /** The value's name in help texts; one in brackets may be left out. */
  readonly value?: string;
  readonly summary: string;
  /** Given several times, all values count. */
  readonly multiple?: true;
  /** One letter that is the same. */
  readonly short?: string;
  /** The configuration key that the value sets. */
  readonly key?: string;
  /** The configuration key that is true when the option is given. */
  readonly turns_on?: string;
}

export interface CommandSpec {
  readonly summary: string;
  /**
   * Names of the positional arguments; one in brackets may be left out, and one with `…` behind it
   * may come again. One in small letters, such as `on|off`, lists the words that it may be.
   */
  readonly positionals: readonly string[];
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** What is wrong with options and arguments together, if anything is. */
  check?(
    values: Readonly<Record<string, unknown>>,
    positionals: readonly string[],
  ): string | undefined;
  /** Further sentences for its help. */
  readonly notes?: readonly string[];
  readonly examples: readonly string[];
}

/** Those of all commands that go by the configuration. */
export const config = {
  config: {
    type: 'string',
    value: 'FILE',
    summary: 'configuration file (YAML); without it, the first that is found',
  },
  set: {
    type: 'string',
    value: 'KEY=VALUE',
    summary: 'set any key of the configuration; may be repeated',
    multiple: true,
  },
  socket: {
    type: 'string',
    value: 'PATH',
    summary: "the daemon's Unix socket",
    key: 'sockets.unix.path',
  },
} as const satisfies Record<string, OptionSpec>;

export const json = { type: 'boolean', summary: 'print it as JSON' } as const satisfies OptionSpec;

/** Those of the commands that ask a running daemon. */
export const client = {
  ...config,
  'token-file': {
    type: 'string',
    value: 'FILE',
    summary: 'file of the token, where the daemon asks for one; else GOXEL_TOKEN counts',
  },
  'any-owner': {
    type: 'boolean',
    summary: 'speak to the socket of whichever user; else only to our own and that of root',
  },
} as const satisfies Record<string, OptionSpec>;
