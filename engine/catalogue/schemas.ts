/**
 * The schemas that several methods share: JSON Schema (draft 7) objects, from which the TypeScript
 * types, the checks and the published documents are all derived.
 */

import { type Static, type TProperties, Type } from 'typebox';

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

/** Goxel's own fields hold 255 bytes; 63 characters are at most 252 of them. */
const LAYER_NAME_LENGTH_MAX = 63;

/** The kernel refuses longer ones (PATH_MAX). */
const PATH_LENGTH_MAX = 4096;

/** No control characters. */
const PRINTABLE = '^[^\\u0000-\\u001f\\u007f]*$';

export const PROJECT_NAME_RULE =
  `a string of 1 to ${PROJECT_NAME_LENGTH_MAX} characters, none of them a control character`;

/** The project of requests that name none, shared by all connections. */
export const CURRENT_PROJECT = 'default';

const ProjectName = Type.String({
  minLength: 1,
  maxLength: PROJECT_NAME_LENGTH_MAX,
  pattern: PRINTABLE,
  title: PROJECT_NAME_RULE,
  description:
    `The project to work on. Without it: the current project of the daemon, "${CURRENT_PROJECT}",` +
    ' which all clients share.',
});

const PRINTABLE_TEXT = new RegExp(PRINTABLE, 'u');

/** Whether a name may be that of a project; costs nothing for one that is too long. */
export function isProjectName(name: string): boolean {
  const { length } = name;
  return length > 0 && length <= PROJECT_NAME_LENGTH_MAX && PRINTABLE_TEXT.test(name);
}

/** The parameters of a method that works on a project: its own, and which project. */
export function projectParams<P extends TProperties>(properties: P) {
  return Type.Object({ ...properties, project: Type.Optional(ProjectName) });
}

export const Coordinate = Type.Integer({ minimum: COORDINATE_MIN, maximum: COORDINATE_MAX });

/** [x, y, z], as results give it. */
export const Triple = Type.Tuple([Coordinate, Coordinate, Coordinate]);

export const Position = Type.Union(
  [Triple, Type.Object({ x: Coordinate, y: Coordinate, z: Coordinate })],
  { title: 'a position ([x, y, z] or {x, y, z})' },
);
export type Position = Static<typeof Position>;

export const Channel = Type.Number({ minimum: 0, maximum: 255 });

/** sRGB bytes, as results give them: red, green, blue, alpha. */
const Byte = Type.Integer({ minimum: 0, maximum: 255 });
export const Rgba = Type.Tuple([Byte, Byte, Byte, Byte]);
export type Rgba = Static<typeof Rgba>;

export const Color = Type.Union(
  [
    Type.String({ pattern: '^#([0-9a-fA-F]{6}|[0-9a-fA-F]{8})$' }),
    Type.Array(Channel, { minItems: 3, maxItems: 4 }),
    Type.Object({ r: Channel, g: Channel, b: Channel, a: Type.Optional(Channel) }),
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
  r: Type.Optional(Channel),
  g: Type.Optional(Channel),
  b: Type.Optional(Channel),
  a: Type.Optional(Channel),
};

/** Where one voxel is: `x`, `y` and `z`, or `position`. */
export const Where = {
  x: Type.Optional(Coordinate),
  y: Type.Optional(Coordinate),
  z: Type.Optional(Coordinate),
  position: Type.Optional(Position),
};

/** Which colour one voxel has: `color`, or `r`, `g`, `b` and `a`; white without any. */
export const Tint = { color: Type.Optional(Color), ...FlatColor };

/** One voxel in a list: where it is and which colour it has. */
export const Voxel = Type.Object({ ...Where, ...Tint });

/** One position in a list. */
export const Spot = Type.Union([Triple, Type.Object(Where)], {
  title: 'a position ([x, y, z] or {x, y, z})',
});

/** The layer that is edited. */
export const LayerId = Type.Integer({
  minimum: -1,
  maximum: COORDINATE_MAX,
  default: 0,
  description: 'The id of a layer; 0 and -1 are the active layer.',
});

/** The layer that is read. */
export const LayerView = Type.Integer({
  minimum: -2,
  maximum: COORDINATE_MAX,
  default: -1,
  description: 'The id of a layer; 0 and -1 are the active layer, -2 is all visible layers merged.',
});

export const LayerName = Type.String({
  minLength: 1,
  maxLength: LAYER_NAME_LENGTH_MAX,
  pattern: PRINTABLE,
  title: `a string of 1 to ${LAYER_NAME_LENGTH_MAX} characters, none of them a control character`,
});

export const Path = Type.String({
  minLength: 1,
  maxLength: PATH_LENGTH_MAX,
  description: 'A file below one of the roots of the configuration (files.roots).',
});

/** A file as results name it, whatever the request called it. */
export const RealPath = Type.String({ description: 'The absolute path of the file.' });

/** Of a file that was written. */
const Bytes = Type.Integer({ minimum: 0, description: 'How many bytes the file has.' });

/** What a file that was written is. */
export const Written = {
  path: RealPath,
  bytes: Bytes,
  format: Type.String({ description: 'The name of its format.' }),
};

export const FormatName = Type.String({
  minLength: 1,
  maxLength: 64,
  description: 'The name of a file format, in any case; without it the extension decides.',
});

export const Success = Type.Boolean({ description: 'true; a failure is an error, not a result.' });

/** A count of anything. */
export const Count = Type.Integer({ minimum: 0 });

/** A voxel as results give it. */
export const FoundVoxel = Type.Object({
  x: Coordinate,
  y: Coordinate,
  z: Coordinate,
  color: Rgba,
});
export type FoundVoxel = Static<typeof FoundVoxel>;

/** A position and what is there; `color` is [0, 0, 0, 0] where nothing is. */
export const ProbedVoxel = Type.Object({
  x: Coordinate,
  y: Coordinate,
  z: Coordinate,
  exists: Type.Boolean(),
  color: Rgba,
});

/** The last voxel inside a box that ends before `max`. */
export const Last = Type.Tuple([Type.Integer(), Type.Integer(), Type.Integer()], {
  description: 'The last voxel inside, for the max of a region; left out when there is none.',
});

/** Of every edit: whatever else it tells of its work. */
export const Edited = {
  changed: Type.Integer({
    minimum: 0,
    description: 'At how many positions this request has changed what is there.',
  }),
  layer_id: Type.Integer({ minimum: 1, description: 'The layer that was edited.' }),
};

/** A bounding box: `max` is exclusive, and `dimensions` is max - min. All 0 when `empty`. */
export const Bounds = Type.Object({
  empty: Type.Boolean(),
  min: Type.Tuple([Type.Integer(), Type.Integer(), Type.Integer()]),
  max: Type.Tuple([Type.Integer(), Type.Integer(), Type.Integer()], {
    description: 'Where the box ends: it belongs to it no more.',
  }),
  dimensions: Type.Tuple([Count, Count, Count]),
  last: Type.Optional(Last),
});
export type Bounds = Static<typeof Bounds>;
