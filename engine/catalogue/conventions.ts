/** What holds for every method alike, told once: `rpc.discover` gives it as `info.description`. */

export const CONVENTIONS = {
  axes:
    'Axes: x goes to the right, y away from the viewer and z up, as seen from the front. So the' +
    ' front of a model is its side at -y, the back at +y, the left at -x, the right at +x, the' +
    ' top at +z and the bottom at -z; "left" and "right" are those of somebody who looks at the' +
    ' front. A camera named for a side shows that side; "isometric" and "perspective" look down' +
    ' at the corner between front and right. Top has +y up in the picture, bottom -y. A yaw of 0' +
    ' looks from the front, 90 from the right, 180 from the back; a pitch of 90 from the top.' +
    ' Text made with axis "y" is read from the front, "x" from the right, "z" from the top.' +
    ' Voxel (x, y, z) is the cube from that point to (x + 1, y + 1, z + 1).',
  boxes:
    'Boxes: a `box` is half open: max is where it ends, so {min: [0, 0, 0], max: [4, 4, 4]} has' +
    ' 64 voxels. A `region`, and the min and max of fill_region, get_voxels_region and' +
    ' get_packed_region, name two voxels that both belong to it, as in the v14 daemon: the same' +
    ' 64 are {min: [0, 0, 0], max: [3, 3, 3]}. Any two opposite corners will do, in either' +
    ' order. Every box in a result has max where it ends and, beside it, `last`: the last voxel' +
    ' inside. Give min and max to a `box`, min and last to a `region`. Only `bbox` of a page of' +
    ' voxels has a max that belongs to it, as in the v14 daemon.',
} as const;
