/** What methods that open or close a project say of the one whose place they take. */

import { Type } from '../../conf/type.ts';
import { Count } from './schemas.ts';

/** A project in short. */
export const Contents = Type.Object(
  { name: Type.String({ description: 'Its title.' }), voxel_count: Count, unsaved: Type.Boolean() },
  { description: 'What a project held: its title, its voxels, and whether they were not saved.' },
);

/** What opening a project answers beside its own. */
export const Opened = {
  project: Type.String({ description: 'The name that the project is found by.' }),
  replaced: Type.Optional(Contents),
};

/** Whether what a project holds may be lost. */
export const Overwrite = Type.Optional(
  Type.Boolean({
    default: true,
    description: 'false: refuse (GOX_UNSAVED) when voxels that were not saved would be replaced.',
  }),
);
