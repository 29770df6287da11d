/**
 * The catalogue as an OpenRPC document (https://spec.open-rpc.org), which rpc.discover serves.
 * Beside that specification: `x-aliases`, `x-scope`, `x-edits`, and `x-spellings` for other names
 * of parameters.
 */

import type { Keywords } from '../../conf/check.ts';
import { ERRORS, type ErrorCode } from '../../conf/errors.ts';
import { CONVENTIONS } from './conventions.ts';
import { METHODS } from './methods.ts';
import type { ExampleParams, MethodExample, MethodSpec } from './spec.ts';

const OPENRPC_VERSION = '1.3.2';

export interface ContentDescriptor {
  name: string;
  required: boolean;
  schema: Keywords;
  description?: string;
}

interface NamedValue {
  name: string;
  value: unknown;
}

export interface OpenRpcMethod {
  name: string;
  summary: string;
  description?: string;
  paramStructure: 'either' | 'by-name';
  params: ContentDescriptor[];
  result: ContentDescriptor;
  errors: { code: number; message: string; data: { code: ErrorCode; retryable: boolean } }[];
  examples?: { name: string; params: NamedValue[]; result: NamedValue }[];
  'x-aliases': readonly string[];
  'x-scope': MethodSpec['scope'];
  'x-edits': boolean;
  'x-spellings'?: Readonly<Record<string, string>>;
}

export interface OpenRpcDocument {
  openrpc: string;
  info: { title: string; description: string; version: string; license: { name: string } };
  methods: OpenRpcMethod[];
}

/** The document for a release of the daemon. */
export function openRpcDocument(version: string): OpenRpcDocument {
  return {
    openrpc: OPENRPC_VERSION,
    info: {
      title: 'goxel-supervisor',
      description: Object.values(CONVENTIONS).join('\n\n'),
      version,
      license: { name: 'MIT' },
    },
    methods: METHODS.map(openRpcMethod),
  };
}

export function openRpcMethod(spec: MethodSpec): OpenRpcMethod {
  const method: OpenRpcMethod = {
    name: spec.name,
    summary: spec.summary,
    paramStructure: spec.positional.length > 0 ? 'either' : 'by-name',
    params: parameterOrder(spec).map((name) => parameter(spec, name)),
    result: { name: 'result', required: true, schema: spec.result },
    errors: errors(['GOX_INVALID_PARAMS', ...spec.errors]),
    'x-aliases': spec.aliases,
    'x-scope': spec.scope,
    'x-edits': spec.edits,
  };
  if (spec.description !== undefined) method.description = spec.description;
  if (spec.spellings !== undefined) method['x-spellings'] = spec.spellings;
  const examples = spec.examples.flatMap((example) => {
    const given = openRpcExample(spec, example);
    return given === undefined ? [] : [given];
  });
  if (examples.length > 0) method.examples = examples;
  return method;
}

/** Those that have a position, in order; then the others, required ones first. */
function parameterOrder({ params, positional }: MethodSpec): string[] {
  const others = Object.keys(params.properties).filter((name) => !positional.includes(name));
  const required = others.filter((name) => isRequired(params, name));
  const optional = others.filter((name) => !isRequired(params, name));
  return [...positional, ...required, ...optional];
}

function parameter(spec: MethodSpec, name: string): ContentDescriptor {
  const schema: Keywords = spec.params.properties[name]!;
  const required = isRequired(spec.params, name);
  const descriptor: ContentDescriptor = { name, required, schema };
  if (schema.description !== undefined) descriptor.description = schema.description;
  return descriptor;
}

/** typebox leaves `required` out of an object whose members are all optional. */
function isRequired({ required = [] }: Keywords, name: string): boolean {
  return required.includes(name);
}

function errors(codes: readonly ErrorCode[]): OpenRpcMethod['errors'] {
  return codes.map((code) => {
    const { number, retryable, advice } = ERRORS[code];
    return { code: number, message: advice, data: { code, retryable } };
  });
}

/** Only examples with a fixed result can be written down as pairs. */
function openRpcExample(spec: MethodSpec, { name, params, result }: MethodExample) {
  if (result === undefined) return undefined;
  return { name, params: namedValues(spec, params), result: { name: 'result', value: result } };
}

function namedValues(spec: MethodSpec, params: ExampleParams): NamedValue[] {
  if (!Array.isArray(params)) {
    return Object.entries(params).map(([name, value]) => ({ name, value }));
  }
  return params.map((value: unknown, place) => ({ name: spec.positional[place]!, value }));
}
