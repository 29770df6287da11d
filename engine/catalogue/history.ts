/** Methods that take back, do again, and tell what was done. */

import { Type } from '../../conf/type.ts';
import { Preset, Side } from './render.ts';
import { Bounds, Count, described, ProjectName, projectParams, Success } from './schemas.ts';
import { method } from './spec.ts';

const ONE_VOXEL = { method: 'goxel.add_voxel', params: [4, 5, 6, '#3366CC'] };
const TAKEN = 'it is itself about the edits that a script is one of';

const VoxelChanges = {
  changed: Type.Integer({ minimum: 0, description: 'The sum of the three that follow.' }),
  created: Count,
  removed: Count,
  recolored: Count,
  bounding_box: Type.Union([Bounds, Type.Null()], {
    description: 'Around all of these voxels; null without any.',
  }),
};

const LayerChanges = Type.Object(
  { layer_id: Type.Integer({ minimum: 1 }), ...VoxelChanges },
  { 'x-name': 'LayerChanges' },
);

const Step = Type.Object(
  {
    step: Type.Integer({
      minimum: 1,
      description: 'Its number, in the order in which steps were made.',
    }),
    method: Type.String({ description: 'What the request asked for.' }),
    client: Type.Integer({
      minimum: 0,
      description:
        'Who asked: connections count from 1, in the order in which clients made them since the' +
        ' daemon started.',
    }),
    at: Type.String({ description: 'When, as ISO 8601 in UTC.' }),
    ...VoxelChanges,
    layers: Type.Array(LayerChanges, { description: 'Those whose voxels have changed.' }),
    parts: Type.Array(Type.String(), {
      description:
        'What else has changed: layers, layer properties, materials, cameras, light, palette,' +
        ' image box, selection.',
    }),
  },
  { 'x-name': 'Step' },
);

const Steps = Type.Optional(
  Type.Integer({ minimum: 1, maximum: 1_000_000, default: 1, description: 'How many.' }),
);

const Possible = {
  can_undo: Type.Integer({ minimum: 0, description: 'How many steps can be undone now.' }),
  can_redo: Type.Integer({ minimum: 0, description: 'How many steps can be done again now.' }),
};

export const undo = method({
  name: 'goxel.undo',
  aliases: ['undo', 'project.undo', 'history.undo', 'goxel.undo_last'],
  scope: 'project',
  level: 'standard',
  edits: true,
  replay: 'request',
  unscripted: TAKEN,
  brief: 'Undoes steps.',
  summary: 'Takes back the last step of the project, or several.',
  description:
    'Every request that changes something is one step, whoever sent it: a goxel.batch_operations,' +
    ' a script or an import too.' +
    ' Steps are about voxels, layers, the scene, the palette and the selection. An edit after an' +
    ' undo ends what could be done again. Where there are fewer steps than asked for, all of them' +
    ' are taken back. Steps together hold history.bytes_max at most; the oldest go first, and' +
    ' what was undone where it is more by itself.',
  params: projectParams({ steps: Steps }),
  positional: ['steps'],
  spellings: { count: 'steps' },
  result: Type.Object({
    success: Success,
    count: Type.Integer({ minimum: 1, description: 'How many steps were undone.' }),
    undone: Type.Array(Step, { description: 'The newest first, 50 at most.' }),
    ...Possible,
  }),
  errors: ['GOX_NOTHING_TO_UNDO', 'GOX_MEMORY_LIMIT'],
  examples: [{ name: 'of one voxel', given: [ONE_VOXEL], params: {} }],
});

export const redo = method({
  name: 'goxel.redo',
  aliases: ['redo', 'project.redo', 'history.redo'],
  scope: 'project',
  level: 'standard',
  edits: true,
  replay: 'request',
  unscripted: TAKEN,
  brief: 'Redoes steps.',
  summary: 'Does again the step that was undone last, or several.',
  params: projectParams({ steps: Steps }),
  positional: ['steps'],
  spellings: { count: 'steps' },
  result: Type.Object({
    success: Success,
    count: Type.Integer({ minimum: 1, description: 'How many steps were done again.' }),
    redone: Type.Array(Step, { description: 'In their order, 50 at most.' }),
    ...Possible,
  }),
  errors: ['GOX_NOTHING_TO_REDO', 'GOX_MEMORY_LIMIT'],
  examples: [{ name: 'of one voxel', given: [ONE_VOXEL, { method: 'goxel.undo' }], params: {} }],
});

const CheckpointName = Type.String({
  minLength: 1,
  maxLength: 128,
  'x-name': 'CheckpointName',
  title: 'the name of a checkpoint',
});

const CheckpointInfo = Type.Object({
  checkpoint: CheckpointName,
  at: Type.String({ description: 'When it was made, as ISO 8601 in UTC.' }),
  step: Type.Integer({ minimum: 0, description: 'The last step that it holds.' }),
});

export const getHistory = method({
  name: 'goxel.get_history',
  aliases: ['history', 'get_history', 'goxel.history', 'project.get_history', 'project.history'],
  scope: 'project',
  level: 'read',
  edits: false,
  unscripted: TAKEN,
  brief: 'Lists the steps.',
  summary: 'Lists the steps that can be undone and done again, and the checkpoints.',
  params: projectParams({
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1000,
        default: 50,
        description: 'So many steps of each kind at most, those next to now.',
      }),
    ),
  }),
  positional: ['limit'],
  result: Type.Object({
    step: Type.Integer({
      minimum: 0,
      description: 'The number of the step done last: the point that is now.',
    }),
    done: Type.Array(Step, { description: 'What undo takes back, the newest first.' }),
    undone: Type.Array(Step, { description: 'What redo does again, the next first.' }),
    ...Possible,
    checkpoints: Type.Array(CheckpointInfo, { description: 'The oldest first.' }),
    forgotten: Type.Integer({
      minimum: 0,
      description: 'Steps that can be undone no more, for the sake of history.bytes_max.',
    }),
    bytes: Type.Integer({ minimum: 0, description: 'Held for steps and checkpoints.' }),
    bytes_max: Type.Integer({
      minimum: 0,
      description: 'What steps may hold now, and checkpoints the same again.',
    }),
  }),
  errors: [],
  examples: [{ name: 'of one voxel', given: [ONE_VOXEL], params: {} }],
});

export const createCheckpoint = method({
  name: 'goxel.create_checkpoint',
  aliases: ['create_checkpoint', 'goxel.checkpoint', 'checkpoint', 'project.checkpoint'],
  scope: 'project',
  level: 'standard',
  edits: true,
  replay: 'request',
  unscripted: TAKEN,
  brief: 'Makes a checkpoint.',
  summary: 'Gives the project as it is now a name to come back to.',
  description:
    'It lasts when steps are undone or forgotten, until another document takes the place of this' +
    ' one. A checkpoint of the same name goes. It holds no voxel twice.',
  params: projectParams({ checkpoint: CheckpointName }),
  positional: ['checkpoint'],
  spellings: { name: 'checkpoint' },
  result: Type.Object({ success: Success, ...CheckpointInfo.properties }),
  errors: ['GOX_CHECKPOINT_LIMIT'],
  examples: [
    {
      name: 'before an experiment',
      given: [ONE_VOXEL],
      params: { checkpoint: 'before the roof' },
    },
  ],
});

const BEFORE_ROOF = {
  method: 'goxel.create_checkpoint',
  params: { checkpoint: 'before the roof' },
};

export const deleteCheckpoint = method({
  name: 'goxel.delete_checkpoint',
  aliases: ['delete_checkpoint', 'project.delete_checkpoint'],
  scope: 'project',
  level: 'standard',
  edits: true,
  replay: 'request',
  unscripted: TAKEN,
  brief: 'Deletes a checkpoint.',
  summary: 'Forgets a checkpoint.',
  params: projectParams({ checkpoint: CheckpointName }),
  positional: ['checkpoint'],
  spellings: { name: 'checkpoint' },
  result: Type.Object({ success: Success, checkpoint: CheckpointName }),
  errors: ['GOX_CHECKPOINT_NOT_FOUND'],
  examples: [
    {
      name: 'one that is there',
      given: [BEFORE_ROOF],
      params: { checkpoint: 'before the roof' },
      result: { success: true, checkpoint: 'before the roof' },
    },
  ],
});

const StepNumber = Type.Integer({
  minimum: 0,
  description: 'The point after the step of this number (goxel.get_history); 0 is before all.',
});

export const restore = method({
  name: 'goxel.restore',
  aliases: ['restore', 'project.restore', 'goxel.restore_checkpoint', 'restore_checkpoint'],
  scope: 'project',
  level: 'standard',
  edits: true,
  replay: 'request',
  unscripted: TAKEN,
  brief: 'Restores a checkpoint.',
  summary: 'Comes back to a checkpoint, or goes to a step of the history.',
  description:
    'To come back to a checkpoint is a step like others, which can be undone, unless all is as it' +
    ' was then. To go to a step undoes what came after it, or does again what leads to it.',
  params: projectParams({
    checkpoint: Type.Optional(CheckpointName),
    step: Type.Optional(StepNumber),
  }),
  positional: ['checkpoint'],
  spellings: { name: 'checkpoint' },
  result: Type.Object({
    success: Success,
    step: Type.Integer({ minimum: 0, description: 'The number of the step done last.' }),
    ...VoxelChanges,
    layers: Type.Array(LayerChanges),
    ...Possible,
  }),
  errors: ['GOX_CHECKPOINT_NOT_FOUND', 'GOX_STEP_NOT_FOUND', 'GOX_MEMORY_LIMIT'],
  examples: [
    {
      name: 'to a checkpoint',
      given: [BEFORE_ROOF, ONE_VOXEL],
      params: { checkpoint: 'before the roof' },
    },
  ],
});

const HistoryPoint = Type.Object(
  {
    checkpoint: Type.Optional(CheckpointName),
    step: Type.Optional(StepNumber),
    clipboard: Type.Optional(
      Type.Boolean({ description: 'What goxel.copy took last, from whatever project.' }),
    ),
    project: Type.Optional(
      described(ProjectName, "Whose checkpoint, step or present this is, if not this project's."),
    ),
  },
  {
    'x-name': 'HistoryPoint',
    title:
      'a point ({"checkpoint": name}, {"step": number}, {"clipboard": true}, or {} for now; the' +
      ' first two and {} also with a "project")',
  },
);

const ComparedLayer = Type.Object({
  layer_id: Type.Integer({
    minimum: 1,
    description: 'In the project of `to`, or of `from` for a layer that only that has.',
  }),
  ...VoxelChanges,
  name: Type.Optional(Type.String({ description: 'Only between two projects.' })),
  only_in: Type.Optional(
    Type.Enum(['from', 'to'], { description: 'Which of two projects has it, if not both.' }),
  ),
});

export const diff = method({
  name: 'goxel.diff',
  aliases: ['diff', 'project.diff', 'goxel.compare'],
  scope: 'project',
  level: 'standard',
  edits: false,
  unscripted: TAKEN,
  brief: 'Tells what differs.',
  summary: 'Tells which voxels differ between two points of the history, or two projects.',
  description:
    'Without `to` it is this project now. Layers of one project are compared by their ids, and' +
    ' the numbers are their sums. Of two projects, and with the clipboard, which is one for all' +
    ' of them, the numbers are of what all visible layers show together; `layers` has those of' +
    ' two projects beside it, in pairs of the same name or, of those left over, the same id.' +
    ' Another project is read when its turn comes, after what this client has asked of it' +
    ' before, and goes on meanwhile. The picture shows what was created in green, what was' +
    ' removed in red and what has another colour in yellow, with the rest like glass.',
  params: projectParams({
    from: HistoryPoint,
    to: Type.Optional(HistoryPoint),
    picture: Type.Optional(
      Type.Object({
        width: Type.Optional(Side),
        height: Type.Optional(Side),
        camera: Type.Optional(Preset),
      }),
    ),
  }),
  positional: ['from', 'to'],
  result: Type.Object({
    ...VoxelChanges,
    layers: Type.Array(ComparedLayer),
    picture: Type.Optional(
      Type.Object({
        ...{ width: Count, height: Count, format: Type.String(), bytes: Count },
        image: Type.Unknown({ description: 'Base64 in JSON, binary in MessagePack.' }),
      }),
    ),
  }),
  errors: ['GOX_CHECKPOINT_NOT_FOUND', 'GOX_STEP_NOT_FOUND', 'GOX_MEMORY_LIMIT'],
  examples: [
    { name: 'of one voxel', given: [ONE_VOXEL], params: { from: { step: 0 } } },
    {
      name: 'since a checkpoint',
      given: [BEFORE_ROOF, ONE_VOXEL],
      params: { from: { checkpoint: 'before the roof' } },
    },
  ],
});

export const HISTORY_METHODS = [
  undo,
  redo,
  getHistory,
  createCheckpoint,
  deleteCheckpoint,
  restore,
  diff,
];
