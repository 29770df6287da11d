/**
 * What one connection says, request by request, each with the reply that is due to it. Requests are
 * made in an abstract form, which `encode.ts` writes as JSON or as MessagePack.
 */

import { isDeepStrictEqual } from 'node:util';
import type { ErrorCode } from '../../../conf/errors.ts';
import { TOOLS, toolMethod } from '../../../engine/catalogue/tools.ts';
import type { Random } from '../random.ts';
import { type Encoding, type Expected, either, refusal, result } from './due.ts';
import { packedId, TOOL_ID } from './replies.ts';

/** A value, and the text that stands for it in JSON. */
export interface Literal {
  readonly json: string;
  readonly value: unknown;
}

export function literal(value: unknown): Literal {
  return { json: JSON.stringify(value), value };
}

export type Members = readonly (readonly [name: string, value: Literal])[];

/** A message that can be alone or in a batch. */
export interface Element {
  /** The members of an object, or some other value. */
  readonly body: Members | Literal;
  /** Undefined for what gets no reply. */
  readonly due: Expected | undefined;
  /** A request in order, which can be asked in another form. */
  readonly request?: { readonly method: string; readonly params: Literal | undefined };
}

/** Voxels as the requests so far have left them: a colour by `x,y,z`. */
type Model = Map<string, readonly number[]>;

const NULL = literal(null);
/** Coordinates are near each other, so that requests meet. */
const SPREAD = 5;
const TEXT_LENGTH_MAX = 20_000;

/** Replies without an id come in the order of their requests. */
const NO_ID = 'no id';

const TOOL_OF = new Map(TOOLS.map((tool) => [toolMethod(tool) as string, tool]));

export class Story {
  readonly project: string;
  readonly encoding: Encoding;
  /** Whether some requests have no id: then none has null, which could be mistaken for them. */
  readonly informal: boolean;
  readonly #random: Random;
  readonly #model: Model = new Map();
  #ids = 0;
  #opened = false;

  constructor(random: Random, encoding: Encoding, project: string, informal = false) {
    this.#random = random;
    this.informal = informal;
    this.encoding = encoding;
    this.project = project;
  }

  /** The next message; every kind of them comes again and again. */
  next(): Element {
    const random = this.#random;
    if (!this.#opened) return this.#create();
    const kind = random.below(KINDS.length);
    return KINDS[kind]!(this, random);
  }

  get null_id(): string {
    return this.encoding === 'json' ? 'null' : packedId(null);
  }

  keyOf(id: Literal): string {
    return this.encoding === 'json' ? id.json : packedId(id.value);
  }

  /** An id that no other request of the connection has, but for null. */
  id(): Literal {
    const n = ++this.#ids;
    const random = this.#random;
    return random.pick<() => Literal>([
      () => literal(n),
      () => literal(n),
      () => literal(-n),
      () => literal(`id ${n}`),
      () => literal(`${n}${'é"\\\u0000\u2028'.repeat(1 + random.below(20))}`),
      () => ({ json: `${n}.50`, value: n + 0.5 }),
      () => ({ json: `${n}e3`, value: n * 1000 + 0.25 }),
      () => ({ json: `"\\u00e9\\/${n}"`, value: `é/${n}` }),
      () => ({ json: `12345678901234567890123${n}`, value: 2n ** 63n + BigInt(n) }),
      () => (this.informal ? literal(n) : NULL),
    ])();
  }

  /**
   * A request as programs of the C daemon's world write it: a bare object, or the call of a tool
   * where there is one; as it is where it has neither form.
   */
  informally(element: Element): Element {
    const { request, due } = element;
    if (request === undefined || due === undefined) return element;
    const { method, params } = request;
    const tool = TOOL_OF.get(method);
    const named = params === undefined || !Array.isArray(params.value);
    if (tool !== undefined && named && this.#random.chance(0.5)) {
      const members: Members = [['tool', literal(tool)]];
      const body = params === undefined ? members : [...members, ['arguments', params] as const];
      return { body, due: { ...due, ids: [TOOL_ID], line: NO_ID } };
    }
    const members: Members = [['method', literal(method)]];
    const body = params === undefined ? members : [...members, ['params', params] as const];
    return { body, due: { ...due, ids: [this.null_id], line: NO_ID } };
  }

  /** The call of a tool that there is not, or with wrong arguments. */
  wrongTool(): Element {
    const [tool, named, code] = this.#random.pick([
      ['goxel_fly', {}, 'GOX_METHOD_NOT_FOUND'],
      ['', null, 'GOX_METHOD_NOT_FOUND'],
      ['__proto__', {}, 'GOX_METHOD_NOT_FOUND'],
      ['ping', [1], 'GOX_INVALID_PARAMS'],
      ['version', 'x', 'GOX_INVALID_PARAMS'],
    ] as const);
    const body: Members = [
      ['tool', literal(tool)],
      ['arguments', literal(named)],
    ];
    return { body, due: this.due(`tool ${tool}`, [TOOL_ID], refusal(code), NO_ID) };
  }

  /** A request in order, or a notification. */
  request(
    method: string,
    params: Literal | undefined,
    wrong: Expected['wrong'],
    options: { readonly quiet?: boolean; readonly line?: string } = {},
  ): Element {
    const { quiet = false, line } = options;
    const members: [string, Literal][] = [
      ['jsonrpc', literal('2.0')],
      ['method', literal(method)],
    ];
    if (params !== undefined) members.push(['params', params]);
    if (quiet) return { body: members, due: undefined };
    const id = this.id();
    members.push(['id', id]);
    const due = this.due(method, [this.keyOf(id)], wrong, line);
    return { body: members, due, request: { method, params } };
  }

  due(what: string, ids: readonly string[], wrong: Expected['wrong'], line?: string): Expected {
    return { what, encoding: this.encoding, ids, wrong, line };
  }

  /** A message with these members, refused; whether with its own id is for the caller to say. */
  refused(members: Members, ids: readonly string[], ...codes: ErrorCode[]): Element {
    const what = members.map(([name, { json }]) => `${name} ${json}`).join(', ');
    return { body: members, due: this.due(what.slice(0, 200), ids, refusal(...codes)) };
  }

  #create(): Element {
    this.#opened = true;
    const params = literal({ project: this.project, width: 16, height: 16, depth: 16 });
    return this.request(
      'goxel.create_project',
      params,
      result((value) => (value as { success?: boolean }).success === true),
      { line: this.project },
    );
  }

  /** An edit, told of or not, and always remembered. */
  add(): Element {
    const random = this.#random;
    const [x, y, z] = this.#place();
    const color = [random.below(256), 2 + random.below(254), random.below(256), 255];
    const quiet = random.chance(0.3);
    this.#model.set(`${x},${y},${z}`, color);
    const where = { x, y, z, color, project: this.project };
    const judge = (value: unknown) => {
      const made = value as { success?: boolean; x?: number; color?: unknown };
      return made.success === true && made.x === x && isDeepStrictEqual(made.color, color);
    };
    return this.request('goxel.add_voxel', literal(where), result(judge), {
      quiet,
      line: this.project,
    });
  }

  remove(): Element {
    const [x, y, z] = this.#place();
    this.#model.delete(`${x},${y},${z}`);
    const judge = (value: unknown) => (value as { success?: boolean }).success === true;
    const params = literal({ position: [x, y, z], project: this.project });
    return this.request('goxel.remove_voxel', params, result(judge), {
      quiet: this.#random.chance(0.3),
      line: this.project,
    });
  }

  /** A voxel as the edits before have left it. */
  get(): Element {
    const [x, y, z] = this.#place();
    const color = this.#model.get(`${x},${y},${z}`);
    const expected = { x, y, z, exists: color !== undefined, color: color ?? [0, 0, 0, 0] };
    const params = literal({ project: this.project, x, y, z });
    return this.request(
      'goxel.get_voxel',
      params,
      result((value) => isDeepStrictEqual(value, expected)),
      { line: this.project },
    );
  }

  #place(): [number, number, number] {
    const random = this.#random;
    return [random.below(SPREAD) - 2, random.below(SPREAD) - 2, random.below(SPREAD) - 2];
  }

  /** Some value of any kind; in MessagePack also one that JSON has not. */
  value(depth = 0): unknown {
    const random = this.#random;
    const kind = random.below(depth > 3 ? 5 : 7);
    if (kind === 0) return random.pick([0, 1, -1, 0.1, 1e21, 5e-324, 2 ** 31, 2 ** 53 - 1, -1e-7]);
    if (kind === 1)
      return random.pick(['', 'a', '\u0000"\\\n', '\ud83d\ude00', '__proto__', '}{][']);
    if (kind === 2) return random.pick([true, false, null]);
    if (kind === 3) return 'x'.repeat(random.small(TEXT_LENGTH_MAX));
    if (kind === 4) {
      const finite = this.encoding === 'json' || random.chance(0.7);
      return finite ? random.below(1000) : random.pick([Number.NaN, Infinity, -Infinity]);
    }
    const items = Array.from({ length: random.small(6) }, () => this.value(depth + 1));
    if (kind === 5) return items;
    return Object.fromEntries(items.map((item, i) => [`${i}é`, item]));
  }
}

type Kind = (story: Story, random: Random) => Element;

const pong = result((value) => (value as { pong?: boolean }).pong === true);
const anything = result(() => true);

const KINDS: readonly Kind[] = [
  (story) => story.add(),
  (story) => story.add(),
  (story) => story.remove(),
  (story) => story.get(),
  (story) => story.get(),
  (story) => story.get(),
  (story) => story.request('ping', undefined, pong),
  (story, random) => story.request('ping', literal(random.pick([{}, []])), pong),
  (story) => story.request('ping', NULL, pong),
  (story) => story.request('version', undefined, anything),
  (story) => story.request('goxel.list_projects', literal({}), anything),
  echo,
  echo,
  echo,
  (story) => {
    const params = literal({ at: story.value() });
    return story.request('echo', params, anything, { quiet: true });
  },
  (story) => story.request('goxel.no_such_method', literal([1]), unknownMethod),
  (story) => story.request('rpc.nothing', undefined, unknownMethod, { quiet: true }),
  (story, random) => story.request(random.pick(['', '__proto__', 'ping ']), NULL, unknownMethod),
  (story) => {
    const params = literal({ project: story.project, x: 'a', y: 0, z: 0 });
    return story.request('goxel.get_voxel', params, refusal('GOX_INVALID_PARAMS'));
  },
  (story) => {
    const params = literal({ project: story.project, color: 'no colour' });
    return story.request('goxel.add_voxel', params, anything, { quiet: true });
  },
  (story) => {
    const params = literal({ project: 'nobody made this', x: 1, y: 1, z: 1 });
    return story.request('goxel.get_voxel', params, refusal('GOX_PROJECT_NOT_FOUND'));
  },
  picture,
  (story) => {
    const params = literal({ id: 'nothing has this id' });
    return story.request('$/cancelRequest', params, anything, { quiet: true });
  },
  wrongVersion,
  wrongParams,
  wrongMethod,
  wrongId,
  (story, random) => {
    const value = random.pick<unknown>([1, 'ping', true, null, -0.5]);
    const due = story.due('no object', [story.null_id], refusal('GOX_INVALID_REQUEST'));
    return { body: literal(value), due };
  },
  (story) => {
    const id = story.id();
    return story.refused([['id', id]], [story.keyOf(id)], 'GOX_INVALID_REQUEST');
  },
  extraMembers,
];

const unknownMethod = refusal('GOX_METHOD_NOT_FOUND');

function echo(story: Story, random: Random): Element {
  const value = { at: story.value(), beside: random.below(9) };
  const params = literal(random.chance(0.5) ? value : [value, story.value(2)]);
  const expected = story.encoding === 'json' ? (JSON.parse(params.json) as unknown) : params.value;
  return story.request(
    'echo',
    params,
    result((echoed) => isDeepStrictEqual(echoed, expected)),
  );
}

/** A job, whose reply comes when it is done; the requests behind it need not wait. */
function picture(story: Story, random: Random): Element {
  if (!random.chance(0.2)) return story.get();
  const params = literal({ project: story.project, width: 24, height: 16 });
  const judge = (value: unknown) => (value as { width?: number }).width === 24;
  // A client that is told to be too many is told right.
  return story.request(
    'goxel.render_scene',
    params,
    either(result(judge), refusal('GOX_OVERLOADED')),
  );
}

function envelope(story: Story, method: Literal, others: Members): [Members, string] {
  const id = story.id();
  const members: Members = [['method', method], ...others, ['id', id]];
  return [members, story.keyOf(id)];
}

function wrongVersion(story: Story, random: Random): Element {
  const version = random.pick<unknown>(['1.0', '2.00', 2, 2.5, null, true, ['2.0']]);
  const others: Members = random.chance(0.3) ? [] : [['jsonrpc', literal(version)]];
  const [members, id] = envelope(story, literal('ping'), others);
  return story.refused(members, [id], 'GOX_INVALID_REQUEST');
}

function wrongParams(story: Story, random: Random): Element {
  const params = literal(random.pick<unknown>([1, 'x', true, 0.5, '']));
  const others: Members = [
    ['jsonrpc', literal('2.0')],
    ['params', params],
  ];
  const [members, id] = envelope(story, literal('echo'), others);
  return story.refused(members, [id], 'GOX_INVALID_REQUEST', 'GOX_INVALID_PARAMS');
}

function wrongMethod(story: Story, random: Random): Element {
  const method = literal(random.pick<unknown>([1, null, {}, ['ping'], true]));
  const [members, id] = envelope(story, method, [['jsonrpc', literal('2.0')]]);
  return story.refused(members, [id], 'GOX_INVALID_REQUEST');
}

function wrongId(story: Story, random: Random): Element {
  const id = literal(random.pick<unknown>([true, {}, [1], { id: 1 }, false]));
  const members: Members = [
    ['jsonrpc', literal('2.0')],
    ['id', id],
    ['method', literal('ping')],
  ];
  return story.refused(members, [story.null_id], 'GOX_INVALID_REQUEST');
}

/** Members that mean nothing are passed over; of one given twice the last counts. */
function extraMembers(story: Story, random: Random): Element {
  const { body, due } = story.request('ping', undefined, pong);
  const extra: [string, Literal][] = [
    ['trace', literal(story.value(3))],
    ['result', literal(1)],
  ];
  if (random.chance(0.5)) extra.push(['method', literal('no.such')], ['id', literal('another')]);
  return { body: [...extra, ...(body as Members)], due };
}
