/**
 * The schemas that several methods share: JSON Schema (draft 7) objects, from which the TypeScript
 * types, the checks and the published documents are all derived.
 */

import type { Static, TProperties, TSchema } from 'typebox';
import type { Keywords } from '../../conf/check.ts';
import { Type } from '../../conf/type.ts';
import { COLORS, COORDINATES } from './conventions.ts';

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
const NAME_LENGTH_MAX = 128;

/** Goxel's own fields hold 255 bytes; 63 characters are at most 252 of them. */
const LAYER_NAME_LENGTH_MAX = 63;

/** The kernel refuses longer ones (PATH_MAX). */
export const PATH_LENGTH_MAX = 4096;

/** No control characters. */
const PRINTABLE = '^[^\\u0000-\\u001f\\u007f]*$';

const NO_CONTROLS = 'none of them a control character';

export const PROJECT_NAME_RULE = `a string of 1 to ${NAME_LENGTH_MAX} characters, ${NO_CONTROLS}`;

/** The project of requests that name none, shared by all connections. */
export const CURRENT_PROJECT = 'default';

export const ProjectName = Type.String({
  minLength: 1,
  maxLength: NAME_LENGTH_MAX,
  pattern: PRINTABLE,
  'x-name': 'ProjectName',
  title: PROJECT_NAME_RULE,
  description:
    `The project to work on. Without it: the current project of the daemon, "${CURRENT_PROJECT}",` +
    ' which all clients share.',
});

const PRINTABLE_TEXT = new RegExp(PRINTABLE, 'u');

/** Whether a name may be that of a project; costs nothing for one that is too long. */
export function isProjectName(name: string): boolean {
  const { length } = name;
  return length > 0 && length <= NAME_LENGTH_MAX && PRINTABLE_TEXT.test(name);
}

/** A schema that methods share, with words for what it is of one of them. */
export function described<S extends TSchema>(schema: S, description: string): S {
  const { 'x-name': _, ...nameless } = schema as Keywords;
  return { ...nameless, description } as unknown as S;
}

/** The parameters of a method that works on a project: its own, and which project. */
export function projectParams<P extends TProperties>(properties: P) {
  return Type.Object({ ...properties, project: Type.Optional(ProjectName) });
}

/** As results give it. */
export const Coordinate = Type.Integer({ minimum: COORDINATE_MIN, maximum: COORDINATE_MAX });

/** As parameters name a voxel: between voxels too, see `COORDINATES`. */
const VoxelCoordinate = Type.Integer({
  minimum: COORDINATE_MIN,
  maximum: COORDINATE_MAX,
  'x-name': 'VoxelCoordinate',
  'x-floor': true,
  description: 'A fraction is taken for the voxel around it: -0.5 is voxel -1.',
});

/** [x, y, z], as results give it. */
export const Triple = Type.Tuple([Coordinate, Coordinate, Coordinate]);

const VoxelTriple = Type.Tuple([VoxelCoordinate, VoxelCoordinate, VoxelCoordinate]);

export const Position = Type.Union(
  [VoxelTriple, Type.Object({ x: VoxelCoordinate, y: VoxelCoordinate, z: VoxelCoordinate })],
  {
    'x-name': 'Position',
    title: 'a position ([x, y, z] or {x, y, z})',
    description: `A voxel. ${COORDINATES}`,
  },
);
export type Position = Static<typeof Position>;

export const Channel = Type.Number({
  minimum: 0,
  maximum: 255,
  'x-name': 'Channel',
  description: 'From 0 to 255, or a part of 1 where a channel has a fraction; as in a Color.',
});

/** sRGB bytes, as results give them: red, green, blue, alpha. */
const Byte = Type.Integer({ minimum: 0, maximum: 255 });
export const Rgba = Type.Tuple([Byte, Byte, Byte, Byte], { 'x-name': 'Rgba' });
export type Rgba = Static<typeof Rgba>;

/** Names are of the CSS specification and short; what a text means is found out with its use. */
const COLOR_TEXT_LENGTH_MAX = 64;

export const ColorText = Type.String({ minLength: 1, maxLength: COLOR_TEXT_LENGTH_MAX });

export const Color = Type.Union(
  [
    ColorText,
    Type.Array(Channel, { minItems: 3, maxItems: 4 }),
    Type.Object({ r: Channel, g: Channel, b: Channel, a: Type.Optional(Channel) }),
  ],
  {
    'x-name': 'Color',
    title: 'a colour ("#RRGGBB", "red", [r, g, b, a] or {r, g, b, a})',
    description: COLORS,
  },
);
export type Color = Static<typeof Color>;

/** Other names of the colour, as the MCP tools of the v14 daemon and the British write it. */
export const COLOR_SPELLINGS = { rgba: 'color', colour: 'color' };

/** A colour by four flat parameters; what is left out is 0, and alpha full. See `COLORS`. */
export const FlatColor = {
  r: Type.Optional(Channel),
  g: Type.Optional(Channel),
  b: Type.Optional(Channel),
  a: Type.Optional(Channel),
};

/** Where one voxel is: `x`, `y` and `z`, or `position`. */
export const Where = {
  x: Type.Optional(VoxelCoordinate),
  y: Type.Optional(VoxelCoordinate),
  z: Type.Optional(VoxelCoordinate),
  position: Type.Optional(Position),
};

/** Which colour one voxel has: `color`, or `r`, `g`, `b` and `a`; white without any. */
export const Tint = { color: Type.Optional(Color), ...FlatColor };

/** One voxel in a list: where it is and which colour it has. */
export const Voxel = Type.Object(
  { ...Where, ...Tint },
  {
    'x-name': 'Voxel',
    'x-spellings': COLOR_SPELLINGS,
    title: 'a voxel ({position or x, y, z, and color})',
  },
);

/** One position in a list. */
export const Spot = Type.Union([VoxelTriple, Type.Object(Where)], {
  'x-name': 'Spot',
  title: 'a position ([x, y, z] or {x, y, z})',
  description: `A voxel. ${COORDINATES}`,
});

/** The layer that is edited. */
export const LayerId = Type.Integer({
  minimum: -1,
  maximum: COORDINATE_MAX,
  default: 0,
  'x-name': 'LayerId',
  description: 'The id of a layer; 0 and -1 are the active layer.',
});

/** The layer that is read. */
export const LayerView = Type.Integer({
  minimum: -2,
  maximum: COORDINATE_MAX,
  default: -1,
  'x-name': 'LayerView',
  description: 'The id of a layer; 0 and -1 are the active layer, -2 is all visible layers merged.',
});

export const LayerName = Type.String({
  minLength: 1,
  maxLength: LAYER_NAME_LENGTH_MAX,
  pattern: PRINTABLE,
  'x-name': 'LayerName',
  title: `a string of 1 to ${LAYER_NAME_LENGTH_MAX} characters, ${NO_CONTROLS}`,
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
  files: Type.Optional(
    Type.Array(Type.Object({ path: Type.String(), bytes: Bytes }), {
      description: 'What was written beside it, such as its materials and textures.',
    }),
  ),
};

export const FormatName = Type.String({
  minLength: 1,
  maxLength: 64,
  description:
    'The name of a file format, in any case; without it the content decides, and the extension.',
});

export const Success = Type.Boolean({ description: 'true; a failure is an error, not a result.' });

/** A count of anything. */
export const Count = Type.Integer({ minimum: 0 });

/** A voxel as results give it. */
export const FoundVoxel = Type.Object(
  { x: Coordinate, y: Coordinate, z: Coordinate, color: Rgba },
  { 'x-name': 'FoundVoxel' },
);
export type FoundVoxel = Static<typeof FoundVoxel>;

/** A position and what is there; `color` is [0, 0, 0, 0] where nothing is. */
export const ProbedVoxel = Type.Object(
  { x: Coordinate, y: Coordinate, z: Coordinate, exists: Type.Boolean(), color: Rgba },
  { 'x-name': 'ProbedVoxel' },
);

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
export const Bounds = Type.Object(
  {
    empty: Type.Boolean(),
    min: Type.Tuple([Type.Integer(), Type.Integer(), Type.Integer()]),
    max: Type.Tuple([Type.Integer(), Type.Integer(), Type.Integer()], {
      description: 'Where the box ends: it belongs to it no more.',
    }),
    dimensions: Type.Tuple([Count, Count, Count]),
    last: Type.Optional(Last),
  },
  { 'x-name': 'Bounds' },
);
export type Bounds = Static<typeof Bounds>;
