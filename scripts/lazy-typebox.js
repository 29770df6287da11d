/**
 * In the place of `typebox/schema` in the bundle of the commands that convert files, which check
 * nothing by schemas unless the environment sets something: `bundle.sh` makes the other file.
 */

export const Compile = (schema) => require('./typebox.cjs').Compile(schema);
