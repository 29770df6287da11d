/** `goxel-supervisor config schema`: the JSON Schema of the configuration file. */

import { configJsonSchema } from '../../conf/json-schema.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { writeData } from './output.ts';

export async function configSchema(): Promise<ExitCode> {
  await writeData(`${JSON.stringify(configJsonSchema(), undefined, 2)}\n`);
  return EXIT.OK;
}
