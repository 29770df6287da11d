/**
 * What holds for every method, in the words that `rpc.discover` gives and that descriptions of
 * schemas repeat. Each convention is written here once.
 */

const AXES =
  'Z is up. The front looks along +Y and sees the -Y side, with +X on its right. A unit is a' +
  ' voxel: voxel (x, y, z) fills the cube from that point to one further on each axis.';

const BOXES =
  'Boxes {min, max} are half open: max is outside, and the box of one voxel has max = min + 1.' +
  ' Regions between two corners of voxels hold both corners; each method that takes one says so.';

export const COORDINATES =
  'Coordinates of voxels are integers from -2147483648 to 2147483647. A point with a fraction is' +
  ' taken for the voxel around it: -0.5 is voxel -1.';

export const COLORS =
  'A colour is a text ("#F00", "#FF0000", "#FF000080", "red", "rgb(255, 0, 0)",' +
  ' "hsl(0, 100%, 50%)"), or numbers: [r, g, b], [r, g, b, a] or {r, g, b, a}. Numbers are' +
  ' channels from 0 to 255; where one of them has a fraction, all are parts of 1. Numbers that' +
  ' are all 0 or 1 with a 1 among them could be either and are refused, and so are channels' +
  ' beside a fraction or beside an alpha of 1: text is always clear. Alpha is full when left' +
  ' out; alpha 0 is the empty voxel. Results give channels from 0 to 255.';

const ERRORS =
  'An unknown name of a parameter, also inside objects, or of a choice is an error that says' +
  ' which one may be meant. Every error has in data a stable code, whether a retry helps and' +
  ' what to do.';

const DISCOVERY =
  'rpc.discover lists the methods; rpc.discover {"method": "goxel.render_scene"} gives one with' +
  ' all its schemas, rpc.discover {"full": true} all of them.';

/** All of them, for those who meet the methods for the first time. */
export const CONVENTIONS = [AXES, BOXES, COORDINATES, COLORS, ERRORS, DISCOVERY].join('\n\n');
