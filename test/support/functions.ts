/**
 * Where functions begin and end, read from tokens: declarations, methods, accessors, constructors,
 * and arrow functions whatever they are bound to. Data around them (the machine of `setup({...})`,
 * a class) is no function.
 */

import type { Token } from './tokens.ts';

export interface FunctionSpan {
  /** As it is declared or bound; empty for one that has no name. */
  readonly name: string;
  readonly line: number;
  /** How many lines it has, from its name or parameters to its last brace. */
  readonly lines: number;
}

const OPEN = '([{';
const CLOSE = ')]}';

/** What stands before a parenthesis and a block without making a function of them. */
const CONTROL = new Set(['if', 'for', 'while', 'switch', 'catch', 'with', 'await']);

/** Every function of a file, outer ones before those inside. */
export function functionsOf(tokens: readonly Token[]): FunctionSpan[] {
  const partners = partnersOf(tokens);
  return tokens.flatMap((token, open) => {
    if (!is(token, '(')) return [];
    const close = partners.get(open);
    if (close === undefined) return [];
    const end = endOfFunction(tokens, partners, open, close);
    if (end === undefined) return [];
    const { name, line } = headOf(tokens, open);
    return [{ name, line, lines: (tokens[end]?.line ?? line) - line + 1 }];
  });
}

/** The last token of the function whose parameters these are; undefined when they are none. */
function endOfFunction(
  tokens: readonly Token[],
  partners: ReadonlyMap<number, number>,
  open: number,
  close: number,
): number | undefined {
  let after = close + 1;
  if (is(tokens[after], ':')) after = afterType(tokens, partners, after + 1);
  if (isArrow(tokens, after)) {
    const body = after + 2;
    return is(tokens[body], '{') ? partners.get(body) : endOfExpression(tokens, partners, body);
  }
  if (!is(tokens[after], '{')) return undefined;
  const before = tokens[beforeTypes(tokens, open)];
  const isCalled = before?.kind === 'word' || is(before, ']') || is(before, '*');
  return isCalled && !CONTROL.has(before?.value ?? '') ? partners.get(after) : undefined;
}

/** Past a type, at what stands where it ends: a body, an arrow, or anything else. */
function afterType(
  tokens: readonly Token[],
  partners: ReadonlyMap<number, number>,
  start: number,
): number {
  let angles = 0;
  let index = start;
  while (index < tokens.length) {
    const token = tokens[index];
    const isFirst = index === start || '|&<'.includes(tokens[index - 1]?.value ?? '');
    if (isArrow(tokens, index)) {
      // After parentheses it may be a type of functions, which goes on; a body ends any type.
      const goesOn = is(tokens[index - 1], ')') && !is(tokens[index + 2], '{');
      if (angles === 0 && !goesOn) return index;
      index += 2;
    } else if (is(token, '<')) {
      angles++;
      index++;
    } else if (is(token, '>')) {
      angles--;
      index++;
    } else if (is(token, '{') && angles === 0 && !isFirst) {
      return index;
    } else if (token !== undefined && token.kind === 'mark' && OPEN.includes(token.value)) {
      index = (partners.get(index) ?? index) + 1;
    } else if (token !== undefined && token.kind === 'mark' && ends(token, angles)) {
      return index;
    } else {
      index++;
    }
  }
  return index;
}

function ends({ value }: Token, angles: number): boolean {
  return `;=${CLOSE}`.includes(value) || (value === ',' && angles === 0);
}

function endOfExpression(
  tokens: readonly Token[],
  partners: ReadonlyMap<number, number>,
  start: number,
): number {
  let index = start;
  while (index < tokens.length) {
    const token = tokens[index];
    if (token?.kind === 'mark' && `;,${CLOSE}`.includes(token.value)) return index - 1;
    // A type of functions ends where the value of what has it begins.
    if (isAssignment(tokens, index)) return index - 1;
    index = (partners.get(index) ?? index) + 1;
  }
  return tokens.length - 1;
}

/** The name that stands before parameters, and the line where it stands. */
function headOf(tokens: readonly Token[], open: number): { name: string; line: number } {
  let at = beforeTypes(tokens, open);
  if (is(tokens[at], '*')) at--;
  while (/^(async|function)$/.test(tokens[at]?.value ?? '')) at--;
  const token = tokens[at];
  const line = tokens[open]?.line ?? 1;
  if (token?.kind === 'word' && at === open - 1) return { name: token.value, line: token.line };
  // `const name = (`, `name: (`; between the name and `=` there may be a type.
  if (is(token, '=') || is(token, ':')) {
    const bound = boundName(tokens, at);
    if (bound !== undefined) return bound;
  }
  if (token?.kind === 'word' && /[\w$]/.test(token.value)) {
    return { name: token.value === 'return' ? '' : token.value, line: token.line };
  }
  return { name: '', line };
}

function boundName(
  tokens: readonly Token[],
  mark: number,
): { name: string; line: number } | undefined {
  for (let index = mark - 1; index >= 0; index--) {
    const token = tokens[index];
    if (token === undefined || ';{}'.includes(token.value)) return undefined;
    if (/^(const|let|readonly|static)$/.test(token.value)) {
      const name = tokens[index + 1];
      return name === undefined ? undefined : { name: name.value, line: name.line };
    }
    const isKey = index === mark - 1 && token.kind !== 'mark' && is(tokens[mark], ':');
    if (isKey) return { name: token.value, line: token.line };
  }
  return undefined;
}

/** What stands before parameters and, where there are any, parameters of types. */
function beforeTypes(tokens: readonly Token[], open: number): number {
  let index = open - 1;
  if (!is(tokens[index], '>') || is(tokens[index - 1], '=')) return index;
  for (let depth = 0; index >= 0; index--) {
    if (is(tokens[index], '>') && !is(tokens[index - 1], '=')) depth++;
    if (is(tokens[index], '<')) depth--;
    if (depth === 0) return index - 1;
  }
  return index;
}

function isAssignment(tokens: readonly Token[], index: number): boolean {
  const isPart = (at: number): boolean => ['=', '>', '<', '!'].some((mark) => is(tokens[at], mark));
  return is(tokens[index], '=') && !isPart(index - 1) && !isPart(index + 1);
}

function isArrow(tokens: readonly Token[], index: number): boolean {
  return is(tokens[index], '=') && is(tokens[index + 1], '>');
}

function is(token: Token | undefined, mark: string): boolean {
  return token?.kind === 'mark' && token.value === mark;
}

/** For each bracket that opens, where it closes. */
function partnersOf(tokens: readonly Token[]): Map<number, number> {
  const partners = new Map<number, number>();
  const open: number[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'mark') continue;
    if (OPEN.includes(token.value)) open.push(index);
    else if (CLOSE.includes(token.value)) {
      const start = open.pop();
      if (start !== undefined) partners.set(start, index);
    }
  }
  return partners;
}
