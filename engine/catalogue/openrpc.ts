/**
 * The catalogue as an OpenRPC document (https://spec.open-rpc.org), which rpc.discover serves.
 * Beside that specification: `x-aliases`, `x-scope`, `x-level` for what its caller must be allowed
 * to do, `x-edits`, `x-spellings` for other names of parameters, `x-ignored` for parameters that
 * mean nothing, and in schemas `x-floor` for numbers that are taken for the whole one below,
 * `x-any-case` for names in upper and lower case alike.
 */

import type { Keywords } from '../../conf/check.ts';
import { ERRORS } from '../../conf/error-catalogue.ts';
import type { ErrorCode } from '../../conf/errors.ts';
import { CONVENTIONS } from './conventions.ts';
import { META, Meta } from './meta.ts';
import { METHODS } from './methods.ts';
import { type DocumentSchema, type Reference, SharedSchemas } from './openrpc-refs.ts';
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
  'x-level': MethodSpec['level'];
  'x-edits': boolean;
  'x-spellings'?: Readonly<Record<string, string>>;
  'x-ignored'?: Readonly<Record<string, string>>;
  'x-timeout-ms'?: number;
}

/** Without `required`, a parameter may be left out. */
type DocumentDescriptor = Omit<ContentDescriptor, 'schema' | 'required'> & {
  required?: boolean;
  schema: DocumentSchema;
};

/** A method of a document: whole, with references, or no more than its name and parameters. */
type DocumentMethod = Pick<OpenRpcMethod, 'name' | 'summary' | 'x-scope' | 'x-level'> &
  Partial<Omit<OpenRpcMethod, 'params' | 'result' | 'errors'>> & {
    params: DocumentDescriptor[];
    result: DocumentDescriptor;
    errors?: Reference[];
  };

type DocumentError = OpenRpcMethod['errors'][number];

export interface OpenRpcDocument {
  openrpc: string;
  info: { title: string; version: string; description: string; license: { name: string } };
  methods: DocumentMethod[];
  components?: {
    schemas: Record<string, DocumentSchema>;
    errors: Record<string, DocumentError>;
  };
}

/** Every method takes it. */
const META_DESCRIPTOR: ContentDescriptor = { name: META, required: false, schema: Meta };

/** What each method is for and the names of its parameters; of the size of a page. */
export function openRpcList(version: string): OpenRpcDocument {
  return { ...head(version), methods: METHODS.map(listed) };
}

/** Some methods whole, with the schemas and errors that they refer to. */
export function openRpcDocument(
  version: string,
  specs: readonly MethodSpec[] = METHODS,
): OpenRpcDocument {
  const shared = new SharedSchemas();
  const errors: Record<string, DocumentError> = {};
  const methods = specs.map((spec): DocumentMethod => {
    const method = openRpcMethod(spec);
    for (const error of method.errors) errors[error.data.code] = error;
    return {
      ...method,
      params: [...method.params, META_DESCRIPTOR].map((one) => referring(shared, one)),
      result: referring(shared, method.result),
      errors: method.errors.map(({ data }) => ({ $ref: `#/components/errors/${data.code}` })),
    };
  });
  return { ...head(version), methods, components: { schemas: shared.schemas, errors } };
}

function head(version: string): Pick<OpenRpcDocument, 'openrpc' | 'info'> {
  const license = { name: 'MIT' };
  const info = { title: 'goxel-supervisor', version, description: CONVENTIONS, license };
  return { openrpc: OPENRPC_VERSION, info };
}

function referring(shared: SharedSchemas, descriptor: ContentDescriptor): DocumentDescriptor {
  return { ...descriptor, schema: shared.refer(descriptor.schema) };
}

/** As little as the specification allows; what the schemas are is told of one method at a time. */
function listed(spec: MethodSpec): DocumentMethod {
  const { name, summary, scope, level } = spec;
  const params = parameterOrder(spec).map((parameter) => ({
    name: parameter,
    ...(isRequired(spec.params, parameter) ? { required: true } : {}),
    schema: {},
  }));
  const result = { name: 'result', schema: {} };
  return { name, summary, params, result, 'x-scope': scope, 'x-level': level };
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
    'x-level': spec.level,
    'x-edits': spec.edits,
  };
  if (spec.description !== undefined) method.description = spec.description;
  if (spec.spellings !== undefined) method['x-spellings'] = spec.spellings;
  if (spec.ignored !== undefined) method['x-ignored'] = spec.ignored;
  if (spec.timeout_ms !== undefined) method['x-timeout-ms'] = spec.timeout_ms;
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
  // A schema that has a name is told elsewhere, words and all.
  if (schema.description !== undefined && schema['x-name'] === undefined) {
    descriptor.description = schema.description;
  }
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
