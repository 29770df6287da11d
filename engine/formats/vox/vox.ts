/** MagicaVoxel's format, and the older one of the same extension that only reading knows. */

import type { Format } from '../format.ts';
import { readVox } from './vox-read.ts';
import { writeVox } from './vox-write.ts';

export const vox: Format = { name: 'vox', extensions: ['vox'], read: readVox, write: writeVox };
