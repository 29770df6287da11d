/** Text of others, such as the name of a project, made fit for a terminal. */

/**
 * What would move the cursor, begin another line, or change the order in which a line is read: C0
 * and C1, line and paragraph separators, marks of direction, and halves of a character.
 */
const UNFIT = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** The same text, in which that is shown and not done: `\u001b`. */
export function visible(text: string): string {
  return text.replace(UNFIT, (one) => {
    const code = one.codePointAt(0)!.toString(16);
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
  });
}
