/**
 * Two columns of a text.
 *
 * @param width_max of a line; what does not fit on one of the right column goes on in the next
 */
export function columns(
  rows: readonly (readonly [string, string])[],
  width_max = Number.POSITIVE_INFINITY,
): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.flatMap(([left, right]) =>
    wrapped(right, width_max - width - 4).map((line, place) => {
      return `  ${(place === 0 ? left : '').padEnd(width)}  ${line}`;
    }),
  );
}

/** A text in lines of so many characters, cut at blanks; blanks at the ends of lines are gone. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const blank = rest.lastIndexOf(' ', width);
    const end = blank > 0 ? blank : rest.indexOf(' ', width);
    if (end < 0) break;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end + 1);
  }
  return [...lines, rest];
}
