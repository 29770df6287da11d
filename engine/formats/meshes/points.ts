/** Clouds of points as text: .xyz, .pts, .asc and .csv. */

import type { Format } from '../format.ts';
import { readPoints } from './import-points.ts';

export const points: Format = {
  name: 'points',
  extensions: ['xyz', 'pts', 'asc', 'csv'],
  read: readPoints,
};
