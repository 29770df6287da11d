/**
 * YAML 1.2, and so JSON, as far as configurations need it: one document of sections, whose keys
 * have a text, a number, true or false, or a list of those. Nothing that a text holds makes it
 * throw, or take long.
 */

import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Document as Parsed,
  Parser,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';

/** Sections in sections, and lists in them; deeper ones could use up the memory of the parser. */
const DEPTH_MAX = 32;
const ALIASES_MAX = 100;
const PROBLEMS_MAX = 20;

export interface Entry {
  /** One name of the path; a section has more below it. */
  readonly name: string;
  readonly section: YAMLMap | undefined;
  /** Undefined for a section, and where nothing was written. */
  readonly value: unknown;
  /** What stands there, of a scalar without quotes: `0600` is the number 600 to YAML. */
  readonly written: string | undefined;
  readonly isEmpty: boolean;
  /** Where its name and its value stand: `daemon.yaml:12:5`. */
  readonly origin: string;
  readonly value_origin: string;
}

/** A document whose root is a section, or empty, or what is wrong with it. */
export interface YamlText {
  readonly root: YAMLMap | undefined;
  readonly problems: readonly string[];
  /** The entries of a section. */
  entriesOf(section: YAMLMap): Entry[];
}

/** @param name the file's, for messages */
export function readYaml(text: string, name: string): YamlText {
  const lines = new LineCounter();
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const refused = (problems: readonly string[]): YamlText => ({
    root: undefined,
    problems,
    entriesOf: () => [],
  });
  const too_deep = tooDeepAt(text);
  if (too_deep !== undefined) {
    return refused([`${name}:${too_deep}: is nested more than ${DEPTH_MAX} deep`]);
  }
  // That a key stands twice is told by who reads it, with where it stood first.
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
  });
  const flaws = [...document.errors, ...document.warnings];
  if (flaws.length > 0) {
    const told = flaws
      .slice(0, PROBLEMS_MAX)
      .map(({ code, message, pos }) => `${at(pos[0])}: ${ADVICE[code] ?? message}`);
    const more = flaws.length - told.length;
    return refused(more === 0 ? told : [...told, `${name}: and ${more} more such problems`]);
  }
  const aliases = aliasesOf(document);
  if (aliases.length > ALIASES_MAX) {
    const { length } = aliases;
    return refused([`${name}: has ${length} aliases (*name); at most ${ALIASES_MAX} are taken`]);
  }
  // Nobody else would miss them: without a value a key would be one that was left empty.
  const lost = aliases.filter((alias) => alias.resolve(document) === undefined);
  if (lost.length > 0) {
    return refused(
      lost
        .slice(0, PROBLEMS_MAX)
        .map((alias) => `${placeOf(alias, at)}: nothing before it is named &${alias.source}`),
    );
  }
  const { contents } = document;
  if (!isMap(contents) && !isNothing(contents)) {
    return refused([`${name}:1:1: expected sections, such as limits:`]);
  }
  return {
    root: isMap(contents) ? contents : undefined,
    problems: [],
    entriesOf: (section) => entriesOf(section, document, at),
  };
}

/** Messages of the parser that say too little to who writes a configuration. */
const ADVICE: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab indents this line; YAML takes spaces only',
  MULTIPLE_DOCS: 'another document begins here (---); a configuration is one',
};

/** Line and column of what is nested too deeply. The first look at the text counts, no more. */
function tooDeepAt(text: string): string | undefined {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    for (const _ of parser.next(lexeme));
    if (parser.stack.length > 2 * DEPTH_MAX) {
      const before = text.slice(0, parser.offset).split('\n');
      return `${before.length}:${1 + (before.at(-1) ?? '').length}`;
    }
  }
  return undefined;
}

function aliasesOf(document: Parsed): Alias[] {
  const aliases: Alias[] = [];
  visit(document, { Alias: (_, alias) => void aliases.push(alias) });
  return aliases;
}

function entriesOf(map: YAMLMap, document: Parsed, at: (offset: number) => string): Entry[] {
  return map.items.map(({ key, value: written_node }) => {
    const origin = placeOf(key, at) ?? '';
    const node = isAlias(written_node) ? written_node.resolve(document) : written_node;
    const section = isMap(node) ? node : undefined;
    return {
      name: isScalar(key) ? String(key.value) : '(no name)',
      section,
      value: section === undefined ? toValue(node, document) : undefined,
      written: isScalar(node) && typeof node.value !== 'string' ? node.source : undefined,
      isEmpty: isNothing(node),
      origin,
      value_origin: placeOf(written_node, at) ?? origin,
    };
  });
}

function placeOf(node: unknown, at: (offset: number) => string): string | undefined {
  const range = (node as Node | null)?.range;
  return range ? at(range[0]) : undefined;
}

/** A scalar, or a list of scalars; what is nested in a list is no value of any key. */
function toValue(node: unknown, document: Parsed): unknown {
  if (isSeq(node)) return node.items.map((item) => scalarOf(item, document));
  return scalarOf(node, document);
}

function scalarOf(node: unknown, document: Parsed): unknown {
  const target = isAlias(node) ? node.resolve(document) : node;
  if (isScalar(target)) return target.value;
  return isMap(target) || isSeq(target) ? {} : undefined;
}

function isNothing(node: unknown): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null);
}
