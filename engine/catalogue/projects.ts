/** Methods that make, load, save, export, describe and end a project. */

import { Type } from '../../conf/type.ts';
import { exportModel, importFile } from './exchange.ts';
import { listFormats } from './formats.ts';
import { Contents, Opened, Overwrite } from './opening.ts';
import { Options } from './options.ts';
import {
  PATH_SPELLINGS,
  READING_ERRORS,
  READING_SPELLINGS,
  ReadingFields,
  Sizing,
} from './reading.ts';
import {
  Bounds,
  Coordinate,
  Count,
  FormatName,
  Path,
  projectParams,
  RealPath,
  Success,
  Triple,
  Written,
} from './schemas.ts';
import { method } from './spec.ts';
import { Warnings } from './warnings.ts';
import { SavingFields } from './writing.ts';

/** Goxel's own new image is 64 wide in the v14 daemon. */
const Side = Type.Optional(
  Type.Integer({
    minimum: -(2 ** 31),
    maximum: 2 ** 31 - 1,
    default: 64,
    description: 'In voxels; 0 or less means 64.',
  }),
);

const ONE_VOXEL = { method: 'goxel.add_voxel', params: [4, 5, 6, '#3366CC'] };

export const createProject = method({
  name: 'goxel.create_project',
  aliases: ['create_project', 'project.create'],
  scope: 'project',
  level: 'standard',
  project: 'opens',
  edits: true,
  replay: 'change',
  brief: 'Starts a project.',
  summary: 'Starts an empty project, in place of what the project holds.',
  description:
    '`name` is a title; which project it is says `project`, as in every request: without it the ' +
    'current one, "default", of all clients. What was in its place is told as `replaced`. ' +
    'The size is the box that formats with a fixed extent use; voxels may lie outside it. ' +
    '`size` as [w, h, d] and `dimensions` as {width, height, depth} are accepted in place of ' +
    'the three sides. `path` is where save_project without a path will write.',
  params: projectParams({
    name: Type.Optional(Type.String({ maxLength: 255, default: 'New Project' })),
    width: Side,
    height: Side,
    depth: Side,
    size: Type.Optional(Triple),
    dimensions: Type.Optional(Type.Object({ width: Side, height: Side, depth: Side })),
    path: Type.Optional(Path),
    overwrite: Overwrite,
  }),
  positional: ['name', 'width', 'height', 'depth'],
  spellings: PATH_SPELLINGS,
  result: Type.Object({
    success: Success,
    name: Type.String(),
    width: Coordinate,
    height: Coordinate,
    depth: Coordinate,
    ...Opened,
    path: Type.Optional(RealPath),
  }),
  errors: ['GOX_UNSAVED'],
  examples: [
    {
      name: 'by position',
      params: ['tower', 24, 24, 40],
      result: {
        ...{ success: true, name: 'tower', width: 24, height: 24, depth: 40 },
        project: 'default',
      },
    },
    {
      name: 'a project of its own, in place of what it held',
      given: [{ method: 'goxel.add_voxel', params: { x: 0, y: 0, z: 0, project: 'towers' } }],
      params: { name: 'tower', project: 'towers' },
      result: {
        ...{ success: true, name: 'tower', width: 64, height: 64, depth: 64 },
        project: 'towers',
        replaced: { name: 'New Project', voxel_count: 1, unsaved: true },
      },
    },
    {
      name: 'with nothing said',
      params: {},
      result: {
        ...{ success: true, name: 'New Project', width: 64, height: 64, depth: 64 },
        project: 'default',
      },
    },
  ],
});

export const loadProject = method({
  name: 'goxel.load_project',
  aliases: [
    'load_project',
    'goxel.open_file',
    'open_file',
    'goxel.open_project',
    'open_project',
    'project.open',
  ],
  scope: 'project',
  level: 'standard',
  project: 'opens',
  edits: true,
  replay: 'change',
  barrier: true,
  brief: 'Reads a project.',
  summary: 'Reads a file into the project, in place of what the project holds.',
  description:
    'When anything goes wrong, the project stays as it was. Materials, textures and buffers that' +
    ' a mesh file names are read too, when they are beside it or in a directory below.',
  params: projectParams({
    path: Path,
    options: Options,
    ...ReadingFields,
    overwrite: Overwrite,
  }),
  positional: ['path', 'format'],
  spellings: READING_SPELLINGS,
  result: Type.Object({
    success: Success,
    path: RealPath,
    ...Opened,
    layer_count: Count,
    voxel_count: Count,
    sizing: Sizing,
    warnings: Warnings,
  }),
  errors: [...READING_ERRORS, 'GOX_UNSAVED'],
  examples: [
    {
      name: 'what was saved before',
      given: [ONE_VOXEL, { method: 'goxel.save_project', params: ['tower.gox'] }],
      params: ['tower.gox'],
    },
  ],
});

export const saveProject = method({
  name: 'goxel.save_project',
  aliases: [
    'save_project',
    'goxel.save_file',
    'save_file',
    'goxel.save_as',
    'save_as',
    'project.save',
  ],
  scope: 'project',
  level: 'standard',
  edits: false,
  barrier: true,
  brief: 'Writes the project.',
  summary: 'Writes the project to a file.',
  description:
    'The file is complete or the old one is still there: it is written aside, synced and ' +
    'renamed. Without a path: to the file that the project was loaded from, saved to or created' +
    ' with. Hidden layers are saved where the format knows them for such; others leave them out,' +
    ' unless `hidden` asks for them.',
  params: projectParams({
    path: Type.Optional(Path),
    format: Type.Optional(FormatName),
    options: Options,
    ...SavingFields,
  }),
  positional: ['path', 'format'],
  spellings: PATH_SPELLINGS,
  result: Type.Object({ success: Success, ...Written, warnings: Warnings }),
  errors: ['GOX_PATH_REFUSED', 'GOX_FILE', 'GOX_FORMAT_UNKNOWN', 'GOX_FORMAT_LIMIT', 'GOX_STRICT'],
  examples: [{ name: 'as a Goxel file', given: [ONE_VOXEL], params: { path: 'tower.gox' } }],
});

export const closeProject = method({
  name: 'goxel.close_project',
  aliases: ['close_project', 'project.close'],
  scope: 'project',
  level: 'standard',
  project: 'closes',
  edits: true,
  brief: 'Ends the project.',
  summary: 'Ends the project and frees its memory; what was not saved is gone.',
  params: projectParams({}),
  positional: [],
  result: Type.Object({ success: Success, project: Type.String(), closed: Contents }),
  errors: [],
  examples: [
    {
      name: 'the current project',
      given: [ONE_VOXEL],
      params: {},
      result: {
        ...{ success: true, project: 'default' },
        closed: { name: 'New Project', voxel_count: 1, unsaved: true },
      },
    },
  ],
});

export const getStatus = method({
  name: 'goxel.get_status',
  aliases: ['get_status'],
  scope: 'project',
  level: 'read',
  edits: false,
  brief: "Tells the project's size.",
  summary: 'Tells the version, the size of the project and how many layers it has.',
  params: projectParams({}),
  positional: [],
  result: Type.Object({
    version: Type.String(),
    layer_count: Count,
    read_only: Type.Boolean(),
    width: Count,
    height: Count,
    depth: Count,
  }),
  errors: [],
  examples: [{ name: 'of a fresh daemon', params: {} }],
});

export const getProjectInfo = method({
  name: 'goxel.get_project_info',
  aliases: ['get_project_info', 'project.get_info', 'goxel.get_info', 'get_info'],
  scope: 'project',
  level: 'read',
  edits: false,
  brief: 'Describes the project.',
  summary: 'Describes the project: name, size, file, layers, voxels, bounding box, memory.',
  params: projectParams({}),
  positional: [],
  result: Type.Object({
    name: Type.String(),
    path: Type.Union([Type.String(), Type.Null()]),
    width: Count,
    height: Count,
    depth: Count,
    layer_count: Count,
    active_layer_id: Type.Integer(),
    voxel_count: Count,
    voxel_bytes: Count,
    unsaved: Type.Boolean({ description: 'Whether it was edited since it was saved or loaded.' }),
    bounding_box: Bounds,
  }),
  errors: [],
  examples: [{ name: 'of one voxel', given: [ONE_VOXEL], params: {} }],
});

export const PROJECT_METHODS = [
  createProject,
  loadProject,
  importFile,
  saveProject,
  exportModel,
  listFormats,
  closeProject,
  getStatus,
  getProjectInfo,
] as const;
