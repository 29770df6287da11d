/**
 * Goxel's own format: `GOX `, int32 version, then chunks { 4 byte type, int32 length, data, int32
 * checksum that is always 0 and never looked at }. All numbers are little-endian. Block positions
 * are minimum corners since version 2, block middles in version 1.
 */

import type { Format } from '../format.ts';
import { readGox } from './gox-read.ts';
import { writeGox } from './gox-write.ts';

export const gox: Format = { name: 'gox', extensions: ['gox'], read: readGox, write: writeGox };
