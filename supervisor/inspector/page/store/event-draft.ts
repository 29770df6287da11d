/** An event that somebody is writing. */

/** The event with its type, or what is wrong with the payload, for who wrote it. */
export function eventFrom(
  type: string,
  payload: string,
): { readonly event: object } | { readonly wrong: string } {
  if (type.trim() === '') return { wrong: 'An event needs a type.' };
  if (payload.trim() === '') return { event: { type: type.trim() } };
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch (error) {
    return { wrong: `No JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { wrong: 'The payload has to be an object, such as {"reason": "a trial"}.' };
  }
  if ('type' in value) return { wrong: 'The type is given above, not in the payload.' };
  return { event: { type: type.trim(), ...value } };
}
