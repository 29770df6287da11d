/** Image layers, and voxels made of their pictures. */

import { GoxError } from '../../conf/errors.ts';
import { pointOf } from '../catalogue/geometry.ts';
import type { createImageLayer, imageLayerToVolume } from '../catalogue/image-layers.ts';
import { invalidParam, paramProblem } from '../catalogue/params.ts';
import { cutPath } from '../catalogue/sketch.ts';
import type { Document } from '../document/document.ts';
import type { Layer } from '../document/layer.ts';
import { takenOver } from '../document/snapshot.ts';
import { formatFor } from '../formats/index.ts';
import { pictureSize } from '../formats/pictures/png-file.ts';
import { pixelQuad, quadAround } from '../formats/pictures/quad.ts';
import type { Loaded } from '../jobs/documents.ts';
import { Job } from '../jobs/job.ts';
import { merge } from '../ops/combine.ts';
import type { Project } from '../project/project.ts';
import { inverse } from '../volume/matrix.ts';
import { documentAt } from './exchange.ts';
import type { AnyHandler, Finisher, Handler } from './handler.ts';
import { requireLayerRoom } from './layer-choice.ts';
import { change, choose, kindOf } from './layer-edits.ts';

/** The field of a .gox file. */
const IMAGE_PATH_BYTES_MAX = 255;

const create: Handler<typeof createImageLayer> = (project, params) => {
  const { name = 'Image', plane = 'lying', center } = params;
  const { document, files } = project;
  requireLayerRoom(document);
  const path = files.absolute(params.path);
  if (Buffer.byteLength(path) > IMAGE_PATH_BYTES_MAX) {
    const problem = `a layer holds a path of ${IMAGE_PATH_BYTES_MAX} bytes at most`;
    throw paramProblem('.path', `${problem}, and ${cutPath(path)} has more`);
  }
  requirePicture(path);
  const pixels = pictureSize(files.read(path), cutPath(path));
  const { width = wider(params.height, pixels.width / pixels.height, pixels.width) } = params;
  const { height = wider(params.width, pixels.height / pixels.width, pixels.height) } = params;
  const quad =
    center === undefined
      ? pixelQuad({ width, height }, plane)
      : quadAround(pointOf(center), width, height, plane);
  if (inverse(quad)?.every(Number.isFinite) !== true) {
    throw paramProblem('.width', `a picture of ${width} x ${height} voxels cannot be placed`);
  }
  return change(project, () => {
    const layer = document.addLayer(name);
    layer.set({ imagePath: path, mat: quad });
    return layer;
  });
};

/** What one side is: by the other one, or as many voxels as there are pixels. */
function wider(other: number | undefined, proportion: number, pixels: number): number {
  return other === undefined ? pixels : other * proportion;
}

const toVolume: Handler<typeof imageLayerToVolume> = (project, params) => {
  const layer = choose(project, params);
  const path = pictureOf(project, layer);
  const { id: layer_id, mat: quad } = layer;
  if (inverse(quad)?.every(Number.isFinite) !== true) {
    throw paramProblem('.layer_id', 'the matrix of the layer is flat, so its picture lies nowhere');
  }
  const asked = { path, quad, layer_id };
  const read = documentAt(project, asked, path, project.memory.ceiling.bytes_free);
  return read instanceof Job ? read : draw(project, layer, read.document);
};

/** The absolute path of the picture of an image layer, which may be read or not. */
function pictureOf(project: Project, layer: Layer): string {
  if (kindOf(layer) !== 'image') {
    throw invalidParam('.layer_id', 'an image layer (goxel.create_image_layer)', layer.id);
  }
  const path = project.files.absolute(layer.imagePath);
  requirePicture(path);
  return path;
}

/** Goxel takes others too. */
function requirePicture(path: string): void {
  const { name } = formatFor(path);
  if (name === 'png' || name === 'jpeg') return;
  const message = `The picture of an image layer is a .png or .jpg file, not ${cutPath(path)}.`;
  throw new GoxError('GOX_FORMAT_UNKNOWN', message, { path, supported: ['png', 'jpg', 'jpeg'] });
}

/** Lays the voxels of a picture over those that the layer has. */
function draw(project: Project, layer: Layer, { activeLayer }: Document) {
  return change(project, () => {
    layer.makePlain();
    layer.set({ imagePath: '' });
    merge(layer.volume, activeLayer.volume, 'over');
    return layer;
  });
}

/** The layer may have become another one while its picture was read. */
function finish(project: Project, { document, path, asked }: Loaded) {
  const layer = choose(project, { layer_id: asked.layer_id! });
  if (pictureOf(project, layer) !== path) {
    throw paramProblem('.layer_id', 'the layer got another picture while this one was read');
  }
  return draw(project, layer, takenOver(document));
}

export const imageLayerHandlers = {
  'goxel.create_image_layer': create,
  'goxel.image_layer_to_volume': toVolume,
} satisfies Record<string, AnyHandler>;

export const imageLayerFinishers = {
  'goxel.image_layer_to_volume': finish,
} satisfies Record<string, Finisher>;
