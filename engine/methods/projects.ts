/** Making, describing and ending projects; loading, saving and exporting them. */

import type { listFormats } from '../catalogue/formats.ts';
import { withReadingOptions, withSavingOptions } from '../catalogue/options.ts';
import { invalidParam } from '../catalogue/params.ts';
import type {
  closeProject,
  createProject,
  getProjectInfo,
  getStatus,
  loadProject,
  saveProject,
} from '../catalogue/projects.ts';
import { READING_FORMATS } from '../catalogue/reading.ts';
import { VERSION } from '../catalogue/version.ts';
import { SHAPING_OPTIONS, WRITING_FORMATS } from '../catalogue/writing.ts';
import { Document } from '../document/document.ts';
import { snapshotOf, takenOver } from '../document/snapshot.ts';
import { FORMATS, formatFor } from '../formats/index.ts';
import { keepsOf } from '../formats/keeps.ts';
import type { Loaded, Saved, SaveInput, Written } from '../jobs/documents.ts';
import { Job } from '../jobs/job.ts';
import { DEFAULT_SIDE, type Project } from '../project/project.ts';
import { type Read, toldOf } from '../project/reading.ts';
import { writeDocument, writerOf } from '../project/writing.ts';
import { boxCorners, isNullBox } from '../volume/matrix.ts';
import { boundsOfAll } from './bounds.ts';
import { attempt, isSmall } from './direct.ts';
import { documentAt, exchangeFinishers, exchangeHandlers } from './exchange.ts';
import type { AnyHandler, Finisher, Handler } from './handler.ts';
import { contentsOf, nameOf, openingOf } from './opening.ts';

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

const load: Handler<typeof loadProject> = (project, given) => {
  const params = withReadingOptions(given);
  const opened = openingOf(project, params);
  const path = project.files.absolute(params.path);
  const read = documentAt(project, params, path, project.memory.bytesAllowed);
  return read instanceof Job ? read : install(project, { ...read, path, asked: params }, opened);
};

/** Throws GOX_MEMORY_LIMIT, and GOX_UNSAVED for edits that were made meanwhile. */
function install(
  project: Project,
  { document, path, asked, ...told }: Omit<Loaded, 'document'> & Omit<Read, 'format'>,
  opened = openingOf(project, asked),
) {
  project.replace(document);
  project.name = asked.path ?? path;
  project.title = path;
  project.keptAt(project.revision, path, asked.format);
  const layer_count = project.document.layers.length;
  const { voxel_count } = contentsOf(project);
  return { success: true, path, ...opened, layer_count, voxel_count, ...toldOf(told) };
}

const save: Handler<typeof saveProject> = (project, given) => {
  const params = withSavingOptions(given);
  const asked = params.path ?? project.path;
  if (asked === undefined) {
    throw invalidParam('.path', 'a path, since the project has no file yet', undefined);
  }
  const path = project.files.absolute(asked);
  const format = params.path === undefined ? project.format : params.format;
  const { name } = writerOf(path, format);
  const { document, files, revision, documentNumber } = project;
  const { like, strict } = params;
  const hidden = params.hidden ?? keepsOf(name, like).visibility;
  const options = { hidden, ...(like && { like }), ...(strict && { strict }) };
  const saved: Saved = { path, format, options, revision, documentNumber };
  document.refresh();
  if (isSmall(document.layers.map(({ volume }) => volume))) {
    const written = attempt(() => writeDocument(files, document, saved));
    if (written !== undefined) return keep(project, { ...saved, written });
  }
  files.requirePlace(path);
  const input: SaveInput = { document: snapshotOf(document), saved };
  return new Job('save', `save to ${path}`, input);
};

/** Remembers a save, unless another document has come in its place meanwhile. */
function keep(project: Project, { path, format, revision, documentNumber, written }: Written) {
  if (project.documentNumber === documentNumber) project.keptAt(revision, path, format);
  return { success: true, path, format: formatFor(path, format).name, ...written };
}

const listAll: Handler<typeof listFormats> = () => {
  const formats = FORMATS.map(({ name, extensions, read, write }) => {
    const writes = write !== undefined || name === 'png' || name === 'jpeg';
    return {
      ...{ name, extensions: [...extensions], reads: read !== undefined, writes },
      ...(write === undefined ? {} : kept(name)),
      reading: read === undefined ? [] : optionsOf(READING_FORMATS, name),
      writing: write === undefined ? [] : optionsOf(WRITING_FORMATS, name),
    };
  });
  return { count: formats.length, formats, options: [...SHAPING_OPTIONS] };
};

/** What a format holds, by the names of the table. */
function kept(format: string): { keeps: string[]; colors_max?: number } {
  const { colors, ...others } = keepsOf(format);
  const keeps = Object.entries(others).flatMap(([what, is]) => (is ? [what] : []));
  if (colors !== false) keeps.push(colors === 'nearest' ? 'nearest colors' : 'colors');
  return { keeps, ...(typeof colors === 'number' ? { colors_max: colors } : {}) };
}

function optionsOf(all: Readonly<Record<string, readonly string[]>>, format: string): string[] {
  return Object.keys(all).filter((option) => all[option]!.includes(format));
}

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
  ...exchangeHandlers,
  'goxel.create_project': create,
  'goxel.load_project': load,
  'goxel.save_project': save,
  'goxel.list_formats': listAll,
  'goxel.close_project': close,
  'goxel.get_status': status,
  'goxel.get_project_info': info,
} satisfies Record<string, AnyHandler>;

export const projectFinishers = {
  ...exchangeFinishers,
  'goxel.load_project': (project: Project, loaded: Loaded) =>
    install(project, { ...loaded, document: takenOver(loaded.document) }),
  'goxel.save_project': keep,
} satisfies Record<string, Finisher>;
