/** Calls of tools, `{"tool": …}`: what they become, and what their replies look like. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import { findMethod } from '../../../engine/catalogue/methods.ts';
import { TOOLS, toolMethod } from '../../../engine/catalogue/tools.ts';
import { composeReplies, errorBody } from '../../../transport/reply.ts';
import { toolReply } from '../../../transport/tool-calls.ts';
import { goxe, received, singleBytes, withHeader } from './support.ts';

const tools = suite('tool calls');

/** What is read of a text, however it is cut. */
function readings(text: string, strict = false): unknown[] {
  const whole = received([Buffer.from(text)], { strict });
  assert.equal(received(singleBytes(Buffer.from(text)), { strict }), whole, text);
  return whole;
}

function call(method: string, params = ''): Record<string, unknown> {
  return { method, params, project: undefined, encoding: 'json', id: 'null', form: 'tool' };
}

const refused = (id = 'null') => [{ invalid: 'GOX_INVALID_REQUEST', id, encoding: 'json' }];

const VOXEL = '{"position":{"x":4,"y":5,"z":6}}';
const TEXTS: readonly [text: string, request: Record<string, unknown>][] = [
  ['{"tool":"ping"}', call('ping')],
  ['{"tool":"ping","arguments":null}', call('ping')],
  ['{"tool":"version","arguments":{}}', call('version', '{}')],
  [`{"arguments":${VOXEL},"tool":"goxel_get_voxel"}`, call('goxel.get_voxel', VOXEL)],
  [
    '{\n  "arguments" : {\n "name": "a"\n},\n  "tool" : "goxel_new_layer"\n}',
    call('goxel.create_layer', '{\n "name": "a"\n}'),
  ],
  [
    '{"tool":"goxel_list_layers","arguments":{"project":"p"},"id":7}',
    { ...call('goxel.list_layers', '{"project":"p"}'), project: 'p' },
  ],
];

for (const [text, request] of TEXTS) {
  tools(`${JSON.stringify(text)} is a request, unless strict`, () => {
    assert.equal(readings(text), [request]);
    const [{ invalid }] = readings(text, true) as [{ invalid: string }];
    assert.is(invalid, 'GOX_INVALID_REQUEST');
  });
}

tools('of no tool, or with other arguments, are refused', () => {
  const unknown = [{ invalid: 'GOX_METHOD_NOT_FOUND', id: 'null', encoding: 'json' }];
  assert.equal(readings('{"tool":"goxel_fly"}'), unknown);
  assert.equal(readings('{"tool":"constructor"}'), unknown);
  for (const named of ['[1]', '"x"', '5', 'true']) {
    const read = readings(`{"tool":"ping","arguments":${named}}`) as { invalid: string }[];
    assert.is(read[0]?.invalid, 'GOX_INVALID_PARAMS', named);
  }
});

tools('are none beside a method or a version, in a batch, or where lengths are announced', () => {
  assert.equal(readings('{"tool":5}'), refused());
  assert.equal(readings('{"tool":"ping","jsonrpc":"2.0","id":1}'), refused('1'));
  const [{ method, form }] = readings('{"tool":"ping","method":"echo"}') as [
    { method: string; form: string },
  ];
  assert.equal([method, form], ['echo', 'bare']);
  assert.equal((readings('[{"tool":"ping"}]') as { batch: unknown }[])[0]?.batch, refused());
  assert.equal(received([withHeader('{"tool":"ping"}'), withHeader('{}')]), [
    ...refused(),
    ...refused(),
  ]);
  assert.equal(received([goxe('{"tool":"ping"}')]), refused());
});

tools('each tool calls a method of the catalogue, and the nearest is told', () => {
  for (const tool of TOOLS) assert.ok(findMethod(toolMethod(tool) as string), tool);
  const error = toolMethod('goxel_add_voxel');
  assert.instance(error, GoxError);
  const { message } = error as GoxError;
  assert.is(message, 'Unknown tool name: goxel_add_voxel; did you mean goxel_add_voxels?');
});

const written = (reply: Parameters<typeof toolReply>[0]) =>
  Buffer.from(composeReplies([toolReply(reply)], 'text')).toString();
const REPLY = { encoding: 'json', id: Buffer.from('null') } as const;

tools('replies have the result as it is', () => {
  const body = Buffer.from('{"color":[1,2,3,255],"x":1.50}');
  assert.is(
    written({ ...REPLY, failed: false, body }),
    '{"success":true,"content":{"color":[1,2,3,255],"x":1.50}}\n',
  );
  const meta = Buffer.from('{"sequence":3,"epoch":1}');
  assert.is(
    written({ ...REPLY, failed: false, body: Buffer.from('1'), meta }),
    '{"success":true,"_meta":{"sequence":3,"epoch":1},"content":1}\n',
  );
});

const NUMBERS: readonly [GoxError['code'], number][] = [
  ['GOX_METHOD_NOT_FOUND', -1001],
  ['GOX_INVALID_PARAMS', -1002],
  ['GOX_INVALID_REQUEST', -1002],
  ['GOX_PARSE', -1002],
  ['GOX_INTERNAL', -1003],
  ['GOX_FILE', -1003],
];

for (const [code, error_code] of NUMBERS) {
  tools(`${code} is ${error_code}`, () => {
    const error = new GoxError(code, 'It is "wrong".', { more: [1] });
    const reply = JSON.parse(written({ ...REPLY, failed: true, body: errorBody(error, 'json') }));
    const { message: error_message, data: error_data } = error.toObject();
    assert.equal(reply, { success: false, error_code, error_message, error_data });
  });
}

tools.run();
