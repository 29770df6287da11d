/**
 * What holds for every method, in the words that `rpc.discover` gives and that descriptions of
 * schemas repeat. Each convention is written here once.
 */

const AXES =
  'Axes: Z is up. Seen from the front, x goes to the right and y away from the viewer. So the' +
  ' front of a model is its side at -y, the back at +y, the left at -x, the right at +x, the' +
  ' top at +z and the bottom at -z; "left" and "right" are those of somebody who looks at the' +
  ' front. A camera named for a side shows that side; "isometric" and "perspective" look down' +
  ' at the corner between front and right. Top has +y up in the picture, bottom -y. A yaw of 0' +
  ' looks from the front, 90 from the right, 180 from the back; a pitch of 90 from the top.' +
  ' Text made with axis "y" is read from the front, "x" from the right, "z" from the top.' +
  ' Voxel (x, y, z) is the cube from that point to (x + 1, y + 1, z + 1).';

const BOXES =
  'Boxes: a `box` is half open: max is where it ends, so {min: [0, 0, 0], max: [4, 4, 4]} has' +
  ' 64 voxels. A `region`, and the min and max of fill_region, get_voxels_region and' +
  ' get_packed_region, name two voxels that both belong to it, as in the v14 daemon: the same' +
  ' 64 are {min: [0, 0, 0], max: [3, 3, 3]}. Any two opposite corners will do, in either' +
  ' order. Every box in a result has max where it ends and, beside it, `last`: the last voxel' +
  ' inside. Give min and max to a `box`, min and last to a `region`. Only `bbox` of a page of' +
  ' voxels has a max that belongs to it, as in the v14 daemon.';

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

const META =
  'Every method takes `_meta` beside its parameters: {"_meta": {"timeout_ms": 5000}} gives the' +
  ' request a time of its own, and `traceparent` the trace that it belongs to.';

const AGAIN =
  'A reply with a result to an edit means that the edit is kept. An edit whose reply did not come' +
  ' can be sent again when it had an `op_id`, a text that no other edit of the project has:' +
  ' {"_meta": {"op_id": "0193-7f"}}. It is done once and gets its first result each time, over' +
  ' crashes and restarts too, as long as it is among the last journal.op_ids_max of its project.' +
  ' An edit that failed was not done, and is tried again. The id with another method or other' +
  ' parameters is refused with GOX_OP_MISMATCH. Which client it was makes no difference, so ids' +
  ' are best made at random. The reply has `_meta` beside its result: {sequence, epoch}, and' +
  ' `repeated` when nothing was done; {"_meta": {"durability": true}} asks any request for these.' +
  ' goxel.close_project and reads remember no op_id. goxel.get_durability tells of both.';

const DISCOVERY =
  'rpc.discover lists the methods; rpc.discover {"method": "goxel.render_scene"} gives one with' +
  ' all its schemas, rpc.discover {"full": true} all of them.';

/** All of them, for those who meet the methods for the first time. */
export const CONVENTIONS = [AXES, BOXES, COORDINATES, COLORS, ERRORS, META, AGAIN, DISCOVERY].join(
  '\n\n',
);
