/** Messages that are none: broken in ways of which it is known how each is answered. */

import type { Random } from '../random.ts';
import { type Expected, refusal } from './due.ts';
import { jsonOf, packedOf } from './encode.ts';
import { LIMITS, type Limits } from './limits.ts';
import { literal, type Members, type Story } from './story.ts';

export interface Broken {
  readonly bytes: Buffer;
  readonly dues: readonly Expected[];
}

/** JSON that is broken; `lines` tells whether a line feed ends messages, or a length. */
export function brokenJson(story: Story, random: Random, lines: boolean): Broken {
  const kind = random.below(KINDS.length);
  return KINDS[kind]!(story, random, lines);
}

type Kind = (story: Story, random: Random, lines: boolean) => Broken;

/** Texts whose brackets match, so that the framing finds their ends. */
const NO_JSON = [
  'nonsense',
  '{"jsonrpc":"2.0","method":"ping","id":1,}',
  '{jsonrpc:"2.0",method:"ping",id:1}',
  '{"jsonrpc":"2.0","method":"ping" "id":1}',
  '{"jsonrpc":"2.0","method":"ping","id":01}',
  '{"jsonrpc":"2.0","method":"ping","id":1.}',
  '{"jsonrpc":"2.0","method":"\\x70ing","id":1}',
  '{"jsonrpc":"2.0","method":"pi\u0001ng","id":1}',
  '{"jsonrpc":"2.0","method":"pi\u0000ng","id":1}',
  '[{"jsonrpc":"2.0","method":"ping","id":1},]',
  '[{"jsonrpc":"2.0","method":"ping","id":1} {"a":1}]',
  '[,]',
  '{"a"}',
  '{"a":]',
  '[}',
  '}',
  ']',
  'tru',
  '-',
  'GET / HTTP/1.1',
  'Content-Length: 5',
];

const KINDS: readonly Kind[] = [
  (story, random) => parsing(story, Buffer.from(random.pick(NO_JSON))),
  (story, random) => parsing(story, Buffer.from(random.pick(NO_JSON))),
  brokenParams,
  (story, random) => parsing(story, badText(random, '{"jsonrpc":"2.0","method":"', '","id":1}')),
  (story, random) => parsing(story, badText(random, '{"jsonrpc":"2.0","', '":1,"id":1}')),
  splitString,
  tooDeep,
  tooLarge,
  emptyBatch,
];

function parsing(story: Story, bytes: Buffer): Broken {
  const due = story.due('broken', [story.null_id], refusal('GOX_PARSE'));
  return { bytes, dues: [{ ...due, what: `broken ${bytes.toString('latin1', 0, 80)}` }] };
}

const BAD_UTF8 = ['ff', 'c3', 'c0af', 'eda080', 'f5808080', 'e282'];

/** A string that is not UTF-8, between two texts. */
function badText(random: Random, before: string, behind: string): Buffer {
  const bad = Buffer.from(random.pick(BAD_UTF8), 'hex');
  return Buffer.concat([Buffer.from(before), bad, Buffer.from(behind)]);
}

/** The envelope is well, so the id may be known; parameters may be read by somebody else. */
function brokenParams(story: Story, random: Random): Broken {
  const id = story.id();
  const head = `{"jsonrpc":"2.0","id":${id.json},"method":"echo","params":`;
  const params = random.chance(0.3)
    ? badText(random, '["', '"]')
    : Buffer.from(random.pick(['[1,,2]', '{"a":NaN}', '[01]', "{'a':1}", '{"a":1,}', '[+1]']));
  const bytes = Buffer.concat([Buffer.from(head), params, Buffer.from('}')]);
  const ids = [story.null_id, story.keyOf(id)];
  return { bytes, dues: [story.due('broken parameters', ids, refusal('GOX_PARSE'))] };
}

/** A line feed in a string: two lines that are no JSON, or one payload. */
function splitString(story: Story, _: Random, lines: boolean): Broken {
  const bytes = Buffer.from('{"jsonrpc":"2.0","method":"pi\nng","id":1}');
  const { dues } = parsing(story, bytes);
  return { bytes, dues: lines ? [...dues, ...dues] : dues };
}

function tooDeep(story: Story, random: Random): Broken {
  const { depth_max } = LIMITS;
  const depth = depth_max + random.pick([0, 1, 5, 2000]);
  const id = story.id();
  const params = `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const text = `{"jsonrpc":"2.0","id":${id.json},"method":"echo","params":${params}}`;
  const ids = [story.null_id, story.keyOf(id)];
  return { bytes: Buffer.from(text), dues: [story.due('depth', ids, refusal('GOX_TOO_DEEP'))] };
}

function tooLarge(story: Story, random: Random): Broken {
  const { frame_bytes_max }: Limits = LIMITS;
  const text = 'x'.repeat(frame_bytes_max + random.pick([0, 1, frame_bytes_max]));
  const bytes = Buffer.from(`{"jsonrpc":"2.0","id":1,"method":"echo","params":["${text}"]}`);
  const due = story.due('size', [story.null_id], refusal('GOX_FRAME_TOO_LARGE'));
  return { bytes, dues: [due] };
}

function emptyBatch(story: Story): Broken {
  const due = story.due('[]', [story.null_id], refusal('GOX_INVALID_REQUEST'));
  return { bytes: Buffer.from('[]'), dues: [due] };
}

const NO_PACK = ['', 'c1', '93', 'ddffffffff', 'dfffffffff', '81a16101c0', 'd9ff61', '82a161'];

/** MessagePack that is broken, or holds what only MessagePack has. */
export function brokenPack(story: Story, random: Random): Broken {
  switch (random.below(6)) {
    case 0: {
      const bytes = packedOf(
        story.request('ping', undefined, () => undefined),
        random,
      );
      return parsing(story, bytes.subarray(0, 1 + random.below(bytes.length - 1)));
    }
    case 1: {
      const bytes = packedOf(
        story.request('ping', undefined, () => undefined),
        random,
      );
      return parsing(story, Buffer.concat([bytes, Buffer.of(random.below(256))]));
    }
    case 2:
      return extension(story, random);
    case 3: {
      const depth = LIMITS.depth_max + 1 + random.below(9);
      const bytes = Buffer.concat([Buffer.alloc(depth, 0x91), Buffer.of(0xc0)]);
      return { bytes, dues: [story.due('depth', [story.null_id], refusal('GOX_TOO_DEEP'))] };
    }
    case 4:
      return { ...emptyBatch(story), bytes: Buffer.of(0x90) };
    default:
      return parsing(story, Buffer.from(random.pick(NO_PACK), 'hex'));
  }
}

/** Values that JSON has not: only plain ones pass. */
const EXTENSIONS = ['d6ff00000001', 'd40100', 'c7024207ff', 'd47301', 'c7084200ffffffffffffffff'];

function extension(story: Story, random: Random): Broken {
  const id = story.id();
  const members: Members = [
    ['jsonrpc', literal('2.0')],
    ['id', id],
    ['method', literal('echo')],
  ];
  const due = story.due(
    'an extension',
    [story.null_id, story.keyOf(id)],
    refusal('GOX_PARSE', 'GOX_INVALID_PARAMS', 'GOX_INVALID_REQUEST'),
  );
  const bytes = packedOf({ body: members, due }, random);
  bytes[0] = 0x84;
  const value = Buffer.from(random.pick(EXTENSIONS), 'hex');
  const params = Buffer.concat([Buffer.from('\xa6params\x91', 'latin1'), value]);
  return { bytes: Buffer.concat([bytes, params]), dues: [due] };
}

/** Part of a message, of at least one byte. */
export function half(story: Story, random: Random, encoding: 'json' | 'msgpack'): Buffer {
  const element = story.request('ping', literal({ a: [1, { b: 2 }] }), () => undefined);
  const whole =
    encoding === 'json'
      ? Buffer.from(jsonOf(element, random, 'compact'))
      : packedOf(element, random);
  return whole.subarray(0, 1 + random.below(whole.length - 1));
}
