/**
 * The schemas that several methods share: JSON Schema (draft 7) objects, from which the TypeScript
 * types, the checks and the published documents are all derived.
 */

import type { Members, Static } from './json-schema.ts';
import * as s from './json-schema.ts';

/**
 * The most voxels (or positions, or operations) in one request, and in one page of a result. A
 * million take 1.5 s and 250 MB while they are parsed (measured), and other projects of the engine
 * wait for them; a larger edit is better sent in parts.
 */
export const VOXELS_PER_CALL_MAX = 1_000_000;

/** Voxel coordinates are 32-bit integers, as in Goxel's files. */
export const COORDINATE_MIN = -(2 ** 31);
export const COORDINATE_MAX = 2 ** 31 - 1;

/** Names are held by every entry of a log line and of the tree, so they are kept short. */
const PROJECT_NAME_LENGTH_MAX = 128;

/** Goxel's own fields hold 255 bytes; 64 characters are at most 192 of them. */
const LAYER_NAME_LENGTH_MAX = 64;

/** The kernel refuses longer ones (PATH_MAX). */
const PATH_LENGTH_MAX = 4096;

/** No control characters. */
const PRINTABLE = '^[^\\u0000-\\u001f\\u007f]*$';

const ProjectName = s.string({
  minLength: 1,
  maxLength: PROJECT_NAME_LENGTH_MAX,
  pattern: PRINTABLE,
  title: `a string of 1 to ${PROJECT_NAME_LENGTH_MAX} characters, none of them a control character`,
  description:
    'The project to work on. Without it: the current project of the daemon, "default", which ' +
    'all clients share.',
});

/** The parameters of a method that works on a project: its own, and which project. */
export function projectParams<P extends Members>(properties: P) {
  return s.object({ ...properties, project: s.optional(ProjectName) });
}

export const Coordinate = s.integer({ minimum: COORDINATE_MIN, maximum: COORDINATE_MAX });

/** [x, y, z], as results give it. */
export const Triple = s.tuple([Coordinate, Coordinate, Coordinate]);

export const Position = s.union(
  [Triple, s.object({ x: Coordinate, y: Coordinate, z: Coordinate })],
  { title: 'a position ([x, y, z] or {x, y, z})' },
);
export type Position = Static<typeof Position>;

export const Channel = s.number({ minimum: 0, maximum: 255 });

/** sRGB bytes, as results give them: red, green, blue, alpha. */
const Byte = s.integer({ minimum: 0, maximum: 255 });
export const Rgba = s.tuple([Byte, Byte, Byte, Byte]);
export type Rgba = Static<typeof Rgba>;

export const Color = s.union(
  [
    s.string({ pattern: '^#([0-9a-fA-F]{6}|[0-9a-fA-F]{8})$' }),
    s.array(Channel, { minItems: 3, maxItems: 4 }),
    s.object({ r: Channel, g: Channel, b: Channel, a: s.optional(Channel) }),
  ],
  {
    title: 'a colour ("#RRGGBB", "#RRGGBBAA", [r, g, b, a] or {r, g, b, a})',
    description:
      '"#RRGGBB" or "#RRGGBBAA"; or [r, g, b] or [r, g, b, a]; or {r, g, b, a}. Channels are ' +
      'integers from 0 to 255 or, when any of them has a fraction, parts of 1. Alpha is 255 ' +
      'when left out; alpha 0 is the empty voxel.',
  },
);
export type Color = Static<typeof Color>;

/** A colour by four flat parameters; what is left out is 0, and alpha 255. */
export const FlatColor = {
  r: s.optional(Channel),
  g: s.optional(Channel),
  b: s.optional(Channel),
  a: s.optional(Channel),
};

/** Where one voxel is: `x`, `y` and `z`, or `position`. */
export const Where = {
  x: s.optional(Coordinate),
  y: s.optional(Coordinate),
  z: s.optional(Coordinate),
  position: s.optional(Position),
};

/** Which colour one voxel has: `color`, or `r`, `g`, `b` and `a`; white without any. */
export const Tint = { color: s.optional(Color), ...FlatColor };

/** One voxel in a list: where it is and which colour it has. */
export const Voxel = s.object({ ...Where, ...Tint });

/** One position in a list. */
export const Spot = s.union([Triple, s.object(Where)], {
  title: 'a position ([x, y, z] or {x, y, z})',
});

/** The layer that is edited. */
export const LayerId = s.integer({
  minimum: -1,
  maximum: COORDINATE_MAX,
  default: 0,
  description: 'The id of a layer; 0 and -1 are the active layer.',
});

/** The layer that is read. */
export const LayerView = s.integer({
  minimum: -2,
  maximum: COORDINATE_MAX,
  default: -1,
  description: 'The id of a layer; 0 and -1 are the active layer, -2 is all visible layers merged.',
});

export const LayerName = s.string({
  minLength: 1,
  maxLength: LAYER_NAME_LENGTH_MAX,
  pattern: PRINTABLE,
  title: `a string of 1 to ${LAYER_NAME_LENGTH_MAX} characters, none of them a control character`,
});

export const Path = s.string({
  minLength: 1,
  maxLength: PATH_LENGTH_MAX,
  description: 'A file below one of the roots of the configuration (files.roots).',
});

export const FormatName = s.string({
  minLength: 1,
  maxLength: 64,
  description: 'The name of a file format, in any case; without it the extension decides.',
});

export const Success = s.boolean({ description: 'true; a failure is an error, not a result.' });

/** A count of anything. */
export const Count = s.integer({ minimum: 0 });

/** A voxel as results give it. */
export const FoundVoxel = s.object({
  x: Coordinate,
  y: Coordinate,
  z: Coordinate,
  color: Rgba,
});
export type FoundVoxel = Static<typeof FoundVoxel>;

/** A position and what is there; `color` is [0, 0, 0, 0] where nothing is. */
export const ProbedVoxel = s.object({
  x: Coordinate,
  y: Coordinate,
  z: Coordinate,
  exists: s.boolean(),
  color: Rgba,
});

/** A bounding box: `max` is exclusive, and `dimensions` is max - min. All 0 when `empty`. */
export const Bounds = s.object({
  empty: s.boolean(),
  min: s.tuple([s.integer(), s.integer(), s.integer()]),
  max: s.tuple([s.integer(), s.integer(), s.integer()]),
  dimensions: s.tuple([Count, Count, Count]),
});
export type Bounds = Static<typeof Bounds>;
