/** The OpenRPC document: structure by the specification's rules, content by the catalogue. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fault } from '../../../engine/catalogue/fault.ts';
import { METHODS } from '../../../engine/catalogue/methods.ts';
import { openRpcDocument } from '../../../engine/catalogue/openrpc.ts';

const document = openRpcDocument('1.2.3');
const openrpc = suite('openrpc');

openrpc('is JSON through and through', () => {
  const text = JSON.stringify(document);
  assert.equal(JSON.parse(text), structuredClone(document));
  assert.not.match(text, '"~', 'a mark that typebox leaves on its schemas');
});

openrpc('has the members that the specification requires', () => {
  assert.match(document.openrpc, /^1\.\d+\.\d+$/);
  assert.is(document.info.version, '1.2.3');
  assert.is(document.methods.length, METHODS.length);
  assert.is(new Set(document.methods.map(({ name }) => name)).size, METHODS.length);
});

openrpc('says once which way is up, where the front is and what boxes are', () => {
  const { description } = document.info;
  for (const text of ['z up', 'front of a model is its side at -y', 'half open', '`last`']) {
    assert.match(description, text);
  }
});

openrpc('describes each parameter once, required ones before the others', () => {
  for (const { name, params } of document.methods) {
    const names = params.map((parameter) => parameter.name);
    assert.is(new Set(names).size, names.length, name);
    const firstOptional = params.findIndex(({ required }) => !required);
    const late = params.slice(Math.max(firstOptional, 0)).filter(({ required }) => required);
    if (firstOptional >= 0) assert.equal(late, [], name);
  }
});

openrpc('says which parameters are required', () => {
  const required = (name: string) =>
    document.methods
      .find((method) => method.name === name)
      ?.params.flatMap((parameter) => (parameter.required ? [parameter.name] : []));
  assert.equal(required('goxel.add_voxel'), []);
  assert.equal(required('goxel.get_voxels_region'), ['min', 'max']);
  assert.equal(required('goxel.rename_layer'), ['name']);
});

openrpc('uses only keywords of JSON Schema, and well', () => {
  for (const { name, params, result } of document.methods) {
    for (const { schema } of [...params, result]) checkSchema(schema, name);
  }
});

openrpc('lists each error once, with number, words and code', () => {
  for (const { name, errors } of document.methods) {
    assert.is(new Set(errors.map(({ code }) => code)).size, errors.length, name);
    for (const { code, message } of errors) {
      assert.ok(Number.isInteger(code) && message.length > 0, name);
    }
  }
});

openrpc('has examples whose values fit their schemas', () => {
  let examples = 0;
  for (const method of document.methods) {
    for (const example of method.examples ?? []) {
      examples++;
      for (const { name, value } of example.params) {
        const parameter = method.params.find((known) => known.name === name);
        // By position, a colour string stands where r would.
        if (name === 'r' && typeof value === 'string') continue;
        if (parameter !== undefined) {
          assert.is(fault(parameter.schema, value), undefined, `${method.name} ${name}`);
        }
      }
      assert.is(fault(method.result.schema, example.result.value), undefined, method.name);
    }
  }
  assert.ok(examples > 20);
});

const KEYWORDS = [
  'type',
  'title',
  'description',
  'default',
  'properties',
  'required',
  'items',
  'additionalItems',
  'minItems',
  'maxItems',
  'minimum',
  'exclusiveMinimum',
  'maximum',
  'minLength',
  'maxLength',
  'pattern',
  'enum',
  'anyOf',
];

function checkSchema(schema: object, name: string): void {
  for (const [keyword, value] of Object.entries(schema)) {
    assert.ok(KEYWORDS.includes(keyword), `${name}: ${keyword}`);
    assert.is.not(value, undefined, `${name}: ${keyword}`);
    if (keyword === 'pattern') new RegExp(String(value), 'u');
    if (keyword === 'properties') {
      for (const member of Object.values(value as Record<string, object>)) {
        checkSchema(member, name);
      }
    }
    if (keyword === 'items' || keyword === 'anyOf') {
      for (const part of [value].flat()) checkSchema(part as object, name);
    }
  }
}

openrpc.run();
