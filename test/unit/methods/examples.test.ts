/** Every example of the catalogue does on a fresh engine what it says it does. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fault } from '../../../engine/catalogue/fault.ts';
import { METHODS } from '../../../engine/catalogue/methods.ts';
import { decodeParams } from '../../../engine/catalogue/params.ts';
import { decode, TestEngine } from '../../support/engine.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const examples = suite('examples');

for (const spec of METHODS) {
  for (const { name, given = [], params, result } of spec.examples) {
    examples(`${spec.name}: ${name} fits the schemas`, () => {
      decodeParams(spec, structuredClone(params));
      if (result !== undefined) assert.is(fault(spec.result, result), undefined);
    });
    if (spec.scope !== 'project') continue;
    for (const msgpack of [false, true]) {
      examples(`${spec.name}: ${name} runs${msgpack ? ', in MessagePack' : ''}`, async () => {
        const directory = temporaryDirectory();
        process.chdir(directory);
        const engine = new TestEngine({ roots: [directory] });
        const requests = [...given, { method: spec.name, params }];
        const answers = await engine.runEach(requests.map((request) => ({ ...request, msgpack })));
        assert.is(answers.length, requests.length);
        const values = answers.map((answer) => decode(answer, msgpack));
        for (const [i, { failed }] of answers.entries()) {
          assert.not(failed, JSON.stringify(values[i]));
        }
        const last = values.at(-1);
        const found = fault(spec.result, last);
        assert.is(found, undefined, `${JSON.stringify(last)} ${JSON.stringify(found)}`);
        if (result !== undefined) assert.equal(bytesAsText(last), result);
        assert.equal(engine.defects, []);
      });
    }
  }
}

/** A result as JSON has it: bytes are base64. */
function bytesAsText(result: unknown): unknown {
  const text = JSON.stringify(result, (_key, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  );
  return JSON.parse(text) as unknown;
}

examples.run();
