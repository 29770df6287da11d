/**
 * Where we are expected to differ from Goxel, and why: for each format and each comparison, what is
 * not the same, the models or files, and the reason. The only such list: tests hold that just these
 * differ, in just this, and the list in engine/README.md is made of it.
 */

/**
 * What is compared: our file with that of Goxel's window; the voxels of our file, read back, with
 * the model's; those of Goxel's file; of our file read by Debian's Goxel with our reading of it; of
 * a file written by Debian's Goxel with the model's; a file by others with Goxel's reading of it;
 * such a document with itself after a save as .gox; and with what Debian's Goxel reads in that.
 */
export type Check =
  | 'save'
  | 'read back'
  | "read Goxel's"
  | 'Goxel reads'
  | 'Goxel writes'
  | 'load'
  | 'resave'
  | 'Goxel reopens';

/** What differs, names with spaces between them, the reason. */
type Entry = readonly [verdict: string, names: string, reason: string];

const CLONE =
  'Goxel 0.11 wrote it on the command line, where a clone of layer 2 finds an empty base.';

export const EXPECTED: Readonly<Record<string, Partial<Record<Check, readonly Entry[]>>>> = {
  gox: {
    load: [
      [
        'layers',
        'vengi_chr_knight.gox',
        'Its first layer has the id 0, which Goxel changes to 1, the id of the second; ids ' +
          'are unique here, so it gets the first that is free.',
      ],
    ],
  },
  vox: {
    save: [
      [
        'other',
        'spread300.vox',
        'Goxel writes coordinates modulo 256, and a wider model wraps around; ours is ' +
          'several models in their places.',
      ],
    ],
    'read back': [
      [
        'colours',
        'big_terrain boundary_box colors255 colors300 filters',
        'There are more colours than the 254 of a palette: 255 to 4096.',
      ],
    ],
    "read Goxel's": [
      [
        'colours',
        'boundary_box.vox colors255.vox colors300.vox filters.vox shell_box.vox',
        "Goxel's palette is a median cut, which mixes colours even of models with fewer than " +
          'it has entries; the file holds no others.',
      ],
      ['voxels', 'spread300.vox', 'Goxel wrapped the voxels around when it wrote the file.'],
      ['voxels', 'multi.0.11.vox', CLONE],
    ],
    'Goxel writes': [
      [
        'colours',
        'boundary_box colors255 colors300 filters shell_box',
        "Goxel's palette is a median cut, as above.",
      ],
      ['voxels', 'spread300', 'Goxel wrapped the voxels around, as above.'],
    ],
    load: [
      [
        '10818 voxels, Goxel none',
        'vengi_teardown.vox',
        'Goxel never ends; here its eight models are read.',
      ],
    ],
  },
  qb: {
    save: [
      [
        'other',
        'empty.qb names.qb',
        'Goxel counts layers without voxels and does not write them, so that it misreads its ' +
          'own file; ours counts those that are there.',
      ],
    ],
    "read Goxel's": [['voxels', 'multi.0.11.qb', CLONE]],
    load: [
      [
        'box',
        'qb_ori0_comp0.qb qb_ori0_comp1.qb qb_ori1_comp0.qb qb_ori1_comp1.qb vengi_robo.qb',
        'Goxel imports into a new image, whose empty layer draws the image box to the ' +
          "origin; ours is around the file's own boxes.",
      ],
      [
        '2 voxels, Goxel none',
        'rt_names.qb',
        "Goxel's own file, which counts layers that are not there: Goxel makes nothing " +
          'of it; here the two that are there are read.',
      ],
    ],
  },
  qbcl: {
    load: [
      [
        '5055 voxels, Goxel none',
        'vengi_chr_knight.qbcl vengi_qubicle.qbcl',
        'Goxel says "Invalid magic" to every .qbcl; they are read here.',
      ],
      ['100 voxels, Goxel none', 'vengi_crabby.qbcl', 'As above.'],
      ['99 voxels, Goxel none', 'vengi_rgb.qbcl', 'As above.'],
      ['3 voxels, Goxel none', 'vengi_rgb_small.qbcl', 'As above.'],
    ],
  },
  kvx: {
    save: [
      [
        'other',
        'alpha.kvx colors255.kvx colors300.kvx names.kvx single.kvx spread300.kvx two.kvx ' +
          'vox_default_palette.kvx',
        'Goxel leaves out entries 0 and 255 of the palette, and takes the next best for the ' +
          'colours that are there.',
      ],
      [
        'other',
        'ellipsoid.kvx shell_box.kvx',
        "Goxel counts the pivot's z from the wrong end; it is the same only for a model that " +
          'stands on z 0.',
      ],
      [
        'other',
        'boundary_box.kvx filters.kvx single_neg.kvx',
        "Both: the pivot's z, and the palette's entries 0 and 255.",
      ],
      ['other', 'empty.kvx', 'Goxel writes a slab that belongs to no column.'],
      ['other', 'multi.kvx', 'Goxel drops the voxels outside the image box; ours extends the box.'],
    ],
    'read back': [
      [
        'colours',
        'big_terrain boundary_box colors300 filters',
        'There are more than the 256 colours of a palette.',
      ],
    ],
    "read Goxel's": [
      [
        'colours',
        'alpha.kvx colors255.kvx colors300.kvx single.kvx spread300.kvx two.kvx ' +
          'vox_default_palette.kvx',
        'Goxel leaves out entries 0 and 255 of the palette, and the colours in them get lost.',
      ],
      [
        'voxels',
        'boundary_box.kvx ellipsoid.kvx filters.kvx shell_box.kvx single_neg.kvx',
        "Goxel counts the pivot's z from the wrong end, so that a model not standing on z 0 " +
          'is read elsewhere, by Goxel too.',
      ],
      ['voxels', 'multi.kvx', 'Goxel dropped the voxels outside the image box.'],
      ['voxels', 'multi.0.11.kvx', CLONE],
    ],
    'Goxel writes': [
      [
        'voxels',
        'alpha boundary_box colors300 ellipsoid filters multi shell_box single_neg spread300',
        'On the command line the image box is that of a new image, and Goxel drops what lies ' +
          'outside.',
      ],
      [
        'colours',
        'colors255 single two vox_default_palette',
        'Goxel leaves out entries 0 and 255 of the palette, as above.',
      ],
    ],
  },
  kv6: {
    load: [
      [
        'voxels',
        'vengi_voxlap5.kv6',
        'Voxlap leaves the fourth byte 0, which Goxel takes for alpha, so that its surface ' +
          'vanishes; here 0 is opaque.',
      ],
    ],
  },
  vxl: {
    save: [
      [
        'other',
        'axes.vxl boundary_box.vxl csg.vxl single.vxl sphere10.vxl two.vxl',
        'Goxel writes x as 256 - x and reads it as 255 - x; ours is 255 - x both ways, ' +
          "Goxel's file of the model moved by -1.",
      ],
    ],
    'read back': [
      [
        'GOX_FORMAT_LIMIT',
        'big_terrain spread300',
        'A map has 512 x 512 x 64 voxels, z from -32 to 31; what does not fit is refused.',
      ],
    ],
    "read Goxel's": [
      [
        'voxels',
        'axes.vxl boundary_box.vxl csg.vxl single.vxl sphere10.vxl two.vxl',
        'Goxel moves its own models by -1 in x, as above.',
      ],
    ],
    'Goxel writes': [
      [
        'voxels',
        'alpha axes boundary_box camera_perspective colors255 colors300 csg ellipsoid ' +
          'extruded filters layer_modes multi names shell_box single single_neg sphere10 ' +
          'spread300 symmetry two vox_default_palette',
        'Goxel moves its own models by -1 in x, as above.',
      ],
    ],
  },
  mts: {
    load: [
      [
        'layers',
        'mts_small.mts',
        `Goxel's image has an empty "Layer.1" below, so that the new one is "Layer.2"; here ` +
          'it is the first.',
      ],
    ],
  },
  txt: {
    "read Goxel's": [['voxels', 'multi.0.11.txt', CLONE]],
  },
  'png slices': {
    save: [
      [
        'other',
        'empty.slices.png',
        'Goxel writes an empty file; ours has the slices of a new image.',
      ],
      [
        'other',
        'multi.slices.png',
        'Goxel drops the voxels outside the image box; ours extends the box.',
      ],
    ],
    "read Goxel's": [
      ['GOX_FORMAT_BROKEN', 'empty.slices.png', 'The file is empty.'],
      ['voxels', 'multi.slices.png', 'Goxel dropped the voxels outside the image box.'],
    ],
  },
  obj: {
    save: [
      [
        'other',
        'axes.mc.obj colors255.mc.obj csg.mc.obj extruded.mc.obj filters.mc.obj ' +
          'layer_modes.mc.obj multi.mc.obj',
        'Where colours meet in a triangle of marching cubes, Goxel cuts it at other points; ' +
          'here half way between its corners.',
      ],
    ],
    "read Goxel's": [['voxels', 'multi.0.11.obj', CLONE]],
    load: [
      [
        'layers',
        'obj_cube.obj vengi_cube.obj',
        `Goxel's image has an empty "Layer.1" below, as above.`,
      ],
      ['box, layers', 'obj_tri.obj', 'As above, and that layer draws the image box to the origin.'],
    ],
  },
  ply: {
    "read Goxel's": [['voxels', 'multi.0.11.ply', CLONE]],
  },
  gltf: {
    save: [
      [
        'other',
        'alpha.gltf',
        'Goxel finds no colour of alpha 127 to 254 in its texture, and sets coordinates ' +
          'outside it.',
      ],
      [
        'other',
        'boundary_box.gltf colors300.gltf filters.gltf',
        "With more than 256 colours Goxel's texture coordinates are wrong; ours point at " +
          "each one's colour.",
      ],
      [
        'other',
        'empty.gltf empty.vcolor.gltf',
        'An empty list of children is no glTF; ours has none.',
      ],
    ],
    'read back': [
      [
        'colours',
        'multi',
        'Two of its layers overlap, each with a closed mesh of its own; where they do, a ' +
          'voxel gets the colour of the nearest face.',
      ],
    ],
    "read Goxel's": [
      [
        'colours',
        'alpha.gltf alpha.0.11.gltf boundary_box.gltf boundary_box.0.11.gltf colors300.gltf ' +
          'colors300.0.11.gltf filters.gltf filters.0.11.gltf',
        "Goxel's texture coordinates are wrong, as above.",
      ],
      ['colours', 'multi.gltf multi.vcolor.gltf', 'Layers overlap, as above.'],
      ['voxels', 'multi.0.11.gltf', CLONE],
    ],
    'Goxel writes': [
      [
        'colours',
        'boundary_box colors300 filters',
        "Goxel's texture coordinates are wrong, as above.",
      ],
    ],
  },
  glb: {
    'read back': [['colours', 'multi', 'Layers overlap, as in .gltf.']],
  },
  povray: {
    save: [
      [
        'other',
        'multi.povray',
        "Its light is fixed to the camera: ours turns with it, Goxel's loses its yaw.",
      ],
    ],
  },
};
