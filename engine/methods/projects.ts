/** Making, describing and ending projects; loading, saving and exporting them. */

import { GoxError } from '../../conf/errors.ts';
import type { listFormats } from '../catalogue/formats.ts';
import { invalidParam } from '../catalogue/params.ts';
import type {
  closeProject,
  createProject,
  exportModel,
  getProjectInfo,
  getStatus,
  importFile,
  loadProject,
  saveProject,
} from '../catalogue/projects.ts';
import { VERSION } from '../catalogue/version.ts';
import { addLayersOf } from '../document/arrange.ts';
import { Document } from '../document/document.ts';
import { snapshotOf, takenOver } from '../document/snapshot.ts';
import { type ExportOptions, FORMATS, formatFor } from '../formats/index.ts';
import type {
  ExportInput,
  LoadAsked,
  Loaded,
  LoadInput,
  Saved,
  SaveInput,
  Written,
} from '../jobs/documents.ts';
import { Job } from '../jobs/job.ts';
import { DEFAULT_SIDE, type Project } from '../project/project.ts';
import { type Reading, readDocument, readerOf } from '../project/reading.ts';
import { boxCorners, isNullBox } from '../volume/matrix.ts';
import { boundsOfAll } from './bounds.ts';
import { attempt, isSmall } from './direct.ts';
import type { AnyHandler, Finisher, Handler } from './handler.ts';
import { requireLayerRoom, requireParts } from './layer-choice.ts';
import { contentsOf, nameOf, openingOf } from './opening.ts';
import { exportPicture } from './render.ts';

/** To read a file of this size takes less than to hand it to a job thread and back. */
const DIRECT_FILE_BYTES_MAX = 64 * 1024;

const create: Handler<typeof createProject> = (project, params) => {
  const { name = 'New Project' } = params;
  const path = params.path === undefined ? undefined : project.files.absolute(params.path);
  const [width, height, depth] = sides(params);
  const opening = openingOf(project, params);
  project.replace(Document.empty(width, height, depth));
  project.name = name;
  project.title = name;
  project.keptAt(project.revision, path, undefined);
  const size = { width, height, depth };
  return { success: true, name, ...size, ...opening, ...(path === undefined ? {} : { path }) };
};

function sides(params: Parameters<typeof create>[1]): [number, number, number] {
  const { width, height, depth } = params.dimensions ?? params;
  const asked = params.size ?? [width ?? 0, height ?? 0, depth ?? 0];
  const [w, h, d] = asked.map((side) => (side > 0 ? side : DEFAULT_SIDE));
  return [w!, h!, d!];
}

/** The document of a file, or the job that reads it. Throws what would keep it from being read. */
export function documentAt(
  project: Project,
  asked: Reading & LoadAsked,
  path: string,
  bytes_max: number,
): Job | Document {
  const { files, memory } = project;
  const reading: Reading = { ...asked, path };
  readerOf(reading);
  // A small file may still be much work (packed voxels, a mesh of a large size), so that is tried.
  if (files.sizeOf(path) <= DIRECT_FILE_BYTES_MAX) {
    const document = attempt(() => readDocument(files, reading, bytes_max));
    if (document !== undefined) return document;
  }
  const input: LoadInput = { reading, asked, bytes_max, ceiling: memory.ceiling };
  return new Job('load', `read ${path}`, input);
}

const load: Handler<typeof loadProject> = (project, params) => {
  const opened = openingOf(project, params);
  const path = project.files.absolute(params.path);
  const read = documentAt(project, params, path, project.memory.bytesAllowed);
  return read instanceof Job ? read : install(project, read, path, params, opened);
};

/** Throws GOX_MEMORY_LIMIT, and GOX_UNSAVED for edits that were made meanwhile. */
function install(
  project: Project,
  document: Document,
  path: string,
  asked: LoadAsked,
  opened = openingOf(project, asked),
) {
  project.replace(document);
  project.name = asked.path;
  project.title = path;
  project.keptAt(project.revision, path, asked.format);
  const layer_count = project.document.layers.length;
  const { voxel_count } = contentsOf(project);
  return { success: true, path, ...opened, layer_count, voxel_count };
}

const importOne: Handler<typeof importFile> = (project, params) => {
  const path = project.files.absolute(params.path);
  const read = documentAt(project, params, path, project.memory.ceiling.bytes_free);
  return read instanceof Job ? read : addLayers(project, read, path);
};

function addLayers(project: Project, from: Document, path: string) {
  const { document } = project;
  requireLayerRoom(document, from.layers.length);
  return project.transact(() => {
    const layers = addLayersOf(document, from);
    requireParts('materials', document.materials.length);
    return {
      success: true,
      path,
      layer_ids: layers.map(({ id }) => id),
      voxel_count: layers.reduce((sum, { volume }) => sum + volume.count(), 0),
    };
  });
}

const save: Handler<typeof saveProject> = (project, params) => {
  const asked = params.path ?? project.path;
  if (asked === undefined) {
    throw invalidParam('.path', 'a path, since the project has no file yet', undefined);
  }
  const path = project.files.absolute(asked);
  const format = params.path === undefined ? project.format : params.format;
  const write = writable(path, format);
  const { document, files, revision, documentNumber } = project;
  const saved: Saved = { path, format, revision, documentNumber };
  document.refresh();
  if (isSmall(document.layers.map(({ volume }) => volume))) {
    const bytes = attempt(() => files.write(path, write(document)));
    if (bytes !== undefined) return keep(project, { ...saved, bytes });
  }
  files.requirePlace(path);
  const input: SaveInput = { document: snapshotOf(document), saved };
  return new Job('save', `save to ${path}`, input);
};

/** Remembers a save, unless another document has come in its place meanwhile. */
function keep(project: Project, { path, format, revision, documentNumber, bytes }: Written) {
  if (project.documentNumber === documentNumber) project.keptAt(revision, path, format);
  return { success: true, path, bytes, format: formatFor(path, format).name };
}

const exportFile: Handler<typeof exportModel> = (project, params) => {
  const { format, y_up, mesh, vertex_colors, exact_colors, voxlap_header } = params;
  const path = project.files.absolute(params.path);
  const { name } = formatFor(path, format);
  const result = { success: true, path, format: name };
  // Formats that are read as pictures are written as pictures.
  if (name === 'png' || name === 'jpeg') return exportPicture(project, path, name, result);
  writable(path, format);
  const document = snapshotOf(project.document);
  const options: ExportOptions = {
    ...(y_up === undefined ? {} : { yUp: y_up }),
    ...(mesh === undefined ? {} : { mesh }),
    ...(vertex_colors === undefined ? {} : { vertexColors: vertex_colors }),
    ...(exact_colors === undefined ? {} : { exactColors: exact_colors }),
    ...(voxlap_header === undefined ? {} : { header: voxlap_header }),
  };
  const input: ExportInput = { document, path, format, options, result };
  return new Job('export', `export to ${path}`, input);
};

function writable(path: string, formatName: string | undefined) {
  const format = formatFor(path, formatName);
  if (format.write !== undefined) return format.write;
  const message = `The format "${format.name}" cannot be written.`;
  throw new GoxError('GOX_FORMAT_UNKNOWN', message, { path, format: format.name });
}

const listAll: Handler<typeof listFormats> = () => {
  const formats = FORMATS.map(({ name, extensions, read, write }) => ({
    name,
    extensions: [...extensions],
    reads: read !== undefined,
    writes: write !== undefined || name === 'png' || name === 'jpeg',
  }));
  return { count: formats.length, formats };
};

/** The engine forgets the project once this has answered. */
const close: Handler<typeof closeProject> = (project, params) => ({
  success: true,
  project: nameOf(params.project),
  closed: contentsOf(project),
});

/** The sides of the image box, in voxels; 0 when it has none. */
function sizeOf({ box }: Document): [width: number, height: number, depth: number] {
  if (isNullBox(box)) return [0, 0, 0];
  const { min, max } = boxCorners(box);
  return [Math.round(max[0] - min[0]), Math.round(max[1] - min[1]), Math.round(max[2] - min[2])];
}

const status: Handler<typeof getStatus> = (project) => {
  const [width, height, depth] = sizeOf(project.document);
  const layer_count = project.document.layers.length;
  return { version: VERSION, layer_count, read_only: false, width, height, depth };
};

const info: Handler<typeof getProjectInfo> = (project) => {
  const { document } = project;
  document.refresh();
  const [width, height, depth] = sizeOf(project.document);
  return {
    name: project.name,
    path: project.path ?? null,
    width,
    height,
    depth,
    layer_count: document.layers.length,
    active_layer_id: document.activeLayer.id,
    voxel_count: contentsOf(project).voxel_count,
    voxel_bytes: document.voxelBytes(),
    unsaved: project.unsaved,
    bounding_box: boundsOfAll(document.shownVolumes(), true),
  };
};

export const projectHandlers = {
  'goxel.create_project': create,
  'goxel.load_project': load,
  'goxel.import_file': importOne,
  'goxel.save_project': save,
  'goxel.export_model': exportFile,
  'goxel.list_formats': listAll,
  'goxel.close_project': close,
  'goxel.get_status': status,
  'goxel.get_project_info': info,
} satisfies Record<string, AnyHandler>;

export const projectFinishers = {
  'goxel.load_project': (project: Project, { document, path, asked }: Loaded) =>
    install(project, takenOver(document), path, asked),
  'goxel.import_file': (project: Project, { document, path }: Loaded) =>
    addLayers(project, takenOver(document), path),
  'goxel.save_project': keep,
} satisfies Record<string, Finisher>;
