/** The OpenRPC document: structure by the specification's rules, content by the catalogue. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Keywords } from '../../../conf/check.ts';
import { fault } from '../../../engine/catalogue/fault.ts';
import { findMethod, METHODS } from '../../../engine/catalogue/methods.ts';
import {
  type OpenRpcDocument,
  openRpcDocument,
  openRpcList,
  openRpcMethod,
} from '../../../engine/catalogue/openrpc.ts';

const document = openRpcDocument('1.2.3');
const whole = METHODS.map(openRpcMethod);
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
  for (const text of ['Z is up', 'front of a model is its side at -y', 'half open', '`last`']) {
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
  for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
    checkSchema(schema, name);
  }
});

/** What the references of a document name, and what it has under `components`. */
function references(of: OpenRpcDocument): { named: Set<string>; there: Set<string> } {
  const text = JSON.stringify(of);
  const named = [...text.matchAll(/"\$ref":"#\/components\/([^"]+)"/g)].map(([, name]) => name!);
  const { schemas = {}, errors = {} } = of.components ?? {};
  const there = [
    ...Object.keys(schemas).map((name) => `schemas/${name}`),
    ...Object.keys(errors).map((name) => `errors/${name}`),
  ];
  return { named: new Set(named), there: new Set(there) };
}

openrpc('refers only to what is in the document, and has nothing that is not referred to', () => {
  for (const of of [document, ...METHODS.map((spec) => openRpcDocument('1.2.3', [spec]))]) {
    const { named, there } = references(of);
    assert.equal([...named].sort(), [...there].sort(), of.methods[0]?.name);
  }
});

openrpc('closes every object of the parameters', () => {
  for (const { name, params } of METHODS) {
    if (name !== 'echo') assert.equal(openObjects(params), [], name);
  }
});

/** The members of objects that take names they do not know. */
function openObjects(schema: Keywords): string[] {
  const { properties, items = [], anyOf = [], additionalProperties } = schema;
  const open = properties !== undefined && additionalProperties !== false;
  const parts = [...Object.values(properties ?? {}), ...anyOf, ...[items].flat()] as Keywords[];
  return [...(open ? [Object.keys(properties).join()] : []), ...parts.flatMap(openObjects)];
}

openrpc('lists all methods on the room of a page, and tells one in little more', () => {
  const list = openRpcList('1.2.3');
  assert.equal(
    list.methods.map(({ name }) => name),
    METHODS.map(({ name }) => name),
  );
  assert.ok(JSON.stringify(list, undefined, 2).length < 80_000);
  assert.match(list.info.description, 'Z is up');
  for (const spec of METHODS) {
    const one = openRpcDocument('1.2.3', [spec]);
    assert.equal(
      one.methods.map(({ name }) => name),
      [spec.name],
    );
    assert.ok(JSON.stringify(one).length < 20_000, spec.name);
  }
});

openrpc('names what is taken and means nothing', () => {
  const spec = findMethod('goxel.add_voxel')!.spec;
  const [method] = openRpcDocument('1.2.3', [spec]).methods;
  assert.equal(Object.keys(method?.['x-ignored'] ?? {}), ['brush']);
});

openrpc('lists each error once, with number, words and code', () => {
  for (const { name, errors } of whole) {
    assert.is(new Set(errors.map(({ code }) => code)).size, errors.length, name);
    for (const { code, message } of errors) {
      assert.ok(Number.isInteger(code) && message.length > 0, name);
    }
  }
});

openrpc('has examples whose values fit their schemas', () => {
  let examples = 0;
  for (const method of whole) {
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
  'additionalProperties',
  '$ref',
  'x-floor',
  'x-any-case',
  'x-spellings',
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
