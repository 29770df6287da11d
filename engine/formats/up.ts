/** Which axis of a mesh file is up. */

/** Whether y is up, by `up` or the older `y_up`, else by the rule of the format. */
export function isYUp(
  { up, y_up }: { readonly up?: 'y' | 'z'; readonly y_up?: boolean },
  usual: boolean,
): boolean {
  return up === undefined ? (y_up ?? usual) : up === 'y';
}
