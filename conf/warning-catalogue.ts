/**
 * The one catalogue of warnings about files: what a reader passed over or guessed, and what a
 * writer could not keep. They travel in results, and end nothing unless `strict` is asked for.
 */

export interface WarningEntry {
  /** What it means and when it comes; for the reference page. */
  readonly meaning: string;
  /** One sentence for the user: what to do. */
  readonly advice: string;
}

export const WARNINGS = {
  WARN_EMPTY: {
    meaning: 'The file holds something, and no voxel came of it; or nothing is left to be written.',
    advice: 'Look at the other warnings; for a mesh, try a larger size; for layers, `hidden`.',
  },
  WARN_MATERIAL_MISSING: {
    meaning: 'A material, or a file of materials, is named and is not there.',
    advice: 'Put the file beside the model; without it surfaces are white.',
  },
  WARN_TEXTURE_MISSING: {
    meaning: 'A picture of a material is named and is not there, or must not be read.',
    advice: 'Put the picture beside the model; without it the colour of the material is used.',
  },
  WARN_TEXTURE_UNREADABLE: {
    meaning: 'A picture of a material is damaged, or of a kind that is not read.',
    advice: 'Save it as PNG; without it the colour of the material is used.',
  },
  WARN_FACES_SKIPPED: {
    meaning:
      'Faces, lines or points cannot be made voxels of: corners that are not there, numbers that' +
      ' are none.',
    advice: 'Open the model in a mesh editor and let it clean the mesh.',
  },
  WARN_DETAIL_SKIPPED: {
    meaning:
      'What completes a face or a voxel could not be used, such as texture coordinates or a' +
      ' colour.',
    advice: 'Nothing, when the colours are as they should be.',
  },
  WARN_UNKNOWN_PART: {
    meaning:
      'A chunk, node, statement or extension of the file is not known here, and was passed over.',
    advice: 'Nothing, when all is there that should be.',
  },
  WARN_BROKEN_PART: {
    meaning:
      'A detail of the file is wrong, such as a reference to what is not there, and was passed' +
      ' over.',
    advice: 'Nothing, when all is there that should be.',
  },
  WARN_CUT_SHORT: {
    meaning: 'The file ends before all is there that it says it holds; what is there was read.',
    advice: 'Get the file once more: a download or a copy was not finished.',
  },
  WARN_TRAILING_BYTES: {
    meaning: 'There are bytes behind the end of what the file says it holds.',
    advice: 'Nothing, when all is there that should be.',
  },
  WARN_FRAMES_LEFT_OUT: {
    meaning: 'Of an animation one frame was read or written, and others were not.',
    advice: 'Name another one by `frame`, or read them all with `frame: "all"`.',
  },
  WARN_INSTANCES_LEFT_OUT: {
    meaning: 'Of an object that stands in a scene several times one was read.',
    advice: 'Read the file with `instances: true`, and not `like: "goxel"`.',
  },
  WARN_SCENES_LEFT_OUT: {
    meaning: 'Of several scenes in the file one was read.',
    advice: 'Save the other one as a file of its own.',
  },
  WARN_FRAME_MISSING: {
    meaning: 'A frame was asked for that the file does not have; its last one was read.',
    advice: 'Name another one by `frame`; the first is 0.',
  },
  WARN_UNPLACED: {
    meaning: 'Models stand nowhere in the scene of the file, and became hidden layers.',
    advice: 'Nothing, when all is there that should be.',
  },
  WARN_HIDDEN_LEFT_OUT: {
    meaning: 'Layers that are not visible were not written.',
    advice: 'Ask for them by `hidden`.',
  },
  WARN_OPACITY: {
    meaning: 'Something that would not be seen at all was taken for opaque, or alpha was not kept.',
    advice: 'Nothing, when it is seen as it should be.',
  },
  WARN_COLORS_MERGED: {
    meaning: 'There are colours that the file, or the palette asked for, has no room for.',
    advice: 'Write a format without a palette, or reduce the colours yourself before.',
  },
  WARN_COLORS_ROUNDED: {
    meaning: 'The file holds fewer bits of a colour, and each became the nearest that it can hold.',
    advice: 'Write a format with colours of 8 bits a channel.',
  },
  WARN_COLORS_LOST: {
    meaning: 'The file holds no colours, or not those of all voxels.',
    advice: 'Write a format with colours.',
  },
  WARN_LAYERS_MERGED: {
    meaning: 'The file cannot hold layers, or not their blend modes, and several became one.',
    advice: 'Write gox, vox, qb, qbt or gltf, which keep them.',
  },
  WARN_NAMES_LOST: {
    meaning: 'Names were cut, changed or left out.',
    advice: 'Choose shorter names of plain letters, or another format.',
  },
  WARN_MATERIALS_LOST: {
    meaning: 'Materials, or parts of them, were left out.',
    advice: 'Write gox, vox or gltf, which keep them.',
  },
  WARN_CAMERAS_LOST: {
    meaning: 'The file cannot hold the cameras.',
    advice: 'Write gox, which keeps them.',
  },
  WARN_PICTURES_LOST: {
    meaning: 'Layers that show a picture have no voxels, and were left out.',
    advice: 'Make voxels of the picture first, by `import_file` with it.',
  },
  WARN_CLONES_LOST: {
    meaning: 'Layers that are clones of others, or shapes, were written as the voxels they show.',
    advice: 'Write gox, which keeps them as what they are.',
  },
  WARN_PLACE_LOST: {
    meaning: 'The file cannot say where the model stands, which will be elsewhere when it is read.',
    advice: 'Write gox, vox, qb or txt, which keep places.',
  },
  WARN_CLIPPED: {
    meaning: 'Voxels lie outside of what the file can hold, and were left out or moved.',
    advice: 'Move or scale the model, or write another format.',
  },
  WARN_BLOCKS_UNKNOWN: {
    meaning: 'Blocks of a game whose colours are not known got colours made of their names.',
    advice: 'Give their colours in a file, by `blocks`.',
  },
  WARN_FORMAT_BY_CONTENT: {
    meaning: 'The file is of another format than its name says, and was read as what it is.',
    advice: 'Rename the file, or name the format.',
  },
  WARN_OPTION_UNUSED: {
    meaning: 'An option means nothing to this format.',
    advice: 'Leave it out.',
  },
} as const satisfies Record<string, WarningEntry>;

export type WarningCode = keyof typeof WARNINGS;
