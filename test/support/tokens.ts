/**
 * TypeScript cut into tokens, just well enough to read imports and exports: comments are dropped, a
 * string is one token whatever it holds, and so are a regular expression and each piece of a
 * template. (The compiler of TypeScript 7 has no API to ask.)
 */

export interface Token {
  /** `text` covers template pieces and regular expressions, whose content means nothing here. */
  readonly kind: 'word' | 'string' | 'text' | 'mark';
  /** A string's content without its quotes, escapes left as they are; else the token itself. */
  readonly value: string;
  readonly line: number;
}

const WORD = /[\p{ID_Start}$_#][\p{ID_Continue}$]*/uy;
const NUMBER = /\d[\w.]*/y;
const STRING = /'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"/y;
const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const REGEX = /\/(?![*/])(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const SPACE = /\s+/y;
const TEMPLATE_PIECE = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{)/y;

/** A slash after one of these divides; after anything else it begins a regular expression. */
const OPERAND_END = /^(?:[\p{ID_Continue}$]+|[)\]}])$/u;
const WORDS_BEFORE_OPERAND = new Set(['return', 'typeof', 'case', 'in', 'of', 'void', 'await']);

/** Throws when the text cannot be cut, so that no file is half read in silence. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  // For each `${` that is open, how many `{` are open within it.
  const templates: number[] = [];
  let at = 0;
  let line = 1;

  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const take = (piece: string, kind?: Token['kind'], value = piece): void => {
    if (kind !== undefined) tokens.push({ kind, value, line });
    at += piece.length;
    for (const character of piece) if (character === '\n') line++;
  };
  const takeTemplatePiece = (): void => {
    const piece = match(TEMPLATE_PIECE);
    if (piece === undefined) throw new Error(`line ${line}: a template without an end`);
    take(piece, 'text');
    if (piece.endsWith('${')) templates.push(0);
  };

  while (at < text.length) {
    const skipped = match(SPACE) ?? match(COMMENT);
    if (skipped !== undefined) {
      take(skipped);
      continue;
    }
    const string = match(STRING);
    if (string !== undefined) {
      take(string, 'string', string.slice(1, -1));
      continue;
    }
    const word = match(WORD) ?? match(NUMBER);
    if (word !== undefined) {
      take(word, 'word');
      continue;
    }
    const regex = text[at] === '/' && !endOfOperand(tokens) ? match(REGEX) : undefined;
    if (regex !== undefined) {
      take(regex, 'text');
      continue;
    }
    const mark = text[at] ?? '';
    if (mark === "'" || mark === '"') throw new Error(`line ${line}: a string without an end`);
    const depth = templates.at(-1);
    if (mark === '}' && depth === 0) {
      templates.pop();
      take(mark);
      takeTemplatePiece();
      continue;
    }
    if (depth !== undefined && mark === '{') templates[templates.length - 1] = depth + 1;
    if (depth !== undefined && mark === '}') templates[templates.length - 1] = depth - 1;
    if (mark === '`') {
      take(mark);
      takeTemplatePiece();
      continue;
    }
    take(mark, 'mark');
  }
  if (templates.length > 0) throw new Error('a template without an end');
  return tokens;
}

/** Whether the last token ends a value, so that a slash after it divides. */
function endOfOperand(tokens: readonly Token[]): boolean {
  // `a! / b` divides too; `!/x/` does not.
  const token = tokens.at(tokens.at(-1)?.value === '!' ? -2 : -1);
  if (token === undefined) return false;
  if (token.kind === 'string' || token.kind === 'text') return true;
  return OPERAND_END.test(token.value) && !WORDS_BEFORE_OPERAND.has(token.value);
}
