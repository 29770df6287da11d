/** Models of other formats, by files or in requests and results. */

import { GoxError, overLimit } from '../../conf/errors.ts';
import type { exportModel, importFile } from '../catalogue/exchange.ts';
import { invalidParam } from '../catalogue/params.ts';
import { addLayersOf } from '../document/arrange.ts';
import type { Document } from '../document/document.ts';
import { snapshotOf, takenOver } from '../document/snapshot.ts';
import { WithBytes } from '../encode.ts';
import { type ExportOptions, formatFor } from '../formats/index.ts';
import {
  type ExportInput,
  gathered,
  type LoadAsked,
  type Loaded,
  type LoadInput,
} from '../jobs/documents.ts';
import { Job } from '../jobs/job.ts';
import { FILE_KEY, type Files } from '../project/files.ts';
import type { Project } from '../project/project.ts';
import { DATA, type Reading, readDocument, readerOf } from '../project/reading.ts';
import { bytesOf, isBase64 } from './bytes-param.ts';
import { attempt, isSmall } from './direct.ts';
import type { AnyHandler, Finisher, Handler } from './handler.ts';
import { requireLayerRoom, requireParts } from './layer-choice.ts';
import { exportPicture } from './render.ts';

/** To read a file of this size takes less than to hand it to a job thread and back. */
const DIRECT_FILE_BYTES_MAX = 64 * 1024;

/** The document of a file, or the job that reads it. Throws what would keep it from being read. */
export function documentAt(
  project: Project,
  asked: Reading & LoadAsked,
  path: string,
  bytes_max: number,
): Job | Document {
  return documentOf(project, { ...asked, path }, asked, bytes_max);
}

function documentOf(
  { files, memory }: Project,
  reading: Reading,
  asked: LoadAsked,
  bytes_max: number,
): Job | Document {
  readerOf(reading);
  const { path, data } = reading;
  // A small file may still be much work (packed voxels, a mesh of a large size), so that is tried.
  if ((data?.length ?? files.sizeOf(path)) <= DIRECT_FILE_BYTES_MAX) {
    const document = attempt(() => readDocument(files, reading, bytes_max));
    if (document !== undefined) return document;
  }
  const input: LoadInput = { reading, asked, bytes_max, ceiling: memory.ceiling };
  return new Job('load', `read ${path}`, input);
}

const importOne: Handler<typeof importFile> = (project, params) => {
  const { path: asked, data, ...about } = params;
  const { files, memory } = project;
  if ((asked === undefined) === (data === undefined)) {
    const what = asked === undefined ? 'a path, or `data`' : 'no path beside `data`';
    throw invalidParam('.path', what, asked);
  }
  const reading =
    asked === undefined ? readingOf(about, data, files) : { ...about, path: files.absolute(asked) };
  const read = documentOf(project, reading, about, memory.ceiling.bytes_free);
  return read instanceof Job ? read : addLayers(project, read, reading.path);
};

/** Of bytes in a request; without a format they are text of an obj file. */
function readingOf(
  about: Omit<Reading, 'path' | 'data'>,
  given: unknown,
  { bytes_max }: Pick<Files, 'bytes_max'>,
): Reading {
  const text = typeof given === 'string' && !isBase64(given) ? given : undefined;
  if (about.format === undefined && text === undefined) {
    throw invalidParam('.format', 'the name of the format of `data`', undefined);
  }
  const bytes = text === undefined ? bytesOf(given, '.data') : Buffer.from(text);
  if (bytes.length > bytes_max) {
    const message = `\`data\` has ${bytes.length} bytes; ${FILE_KEY} allows ${bytes_max}.`;
    throw overLimit('GOX_FILE', message, { key: FILE_KEY, bytes: bytes.length, bytes_max });
  }
  // Another thread may read it.
  const data = new Uint8Array(new SharedArrayBuffer(bytes.length));
  data.set(bytes);
  return { ...about, format: about.format ?? 'obj', path: DATA, data };
}

function addLayers(project: Project, from: Document, path: string) {
  const { document } = project;
  requireLayerRoom(document, from.layers.length);
  return project.transact(() => {
    const layers = addLayersOf(document, from);
    requireParts('materials', document.materials.length);
    return {
      success: true,
      ...(path === DATA ? {} : { path }),
      layer_ids: layers.map(({ id }) => id),
      voxel_count: layers.reduce((sum, { volume }) => sum + volume.count(), 0),
    };
  });
}

const exportFile: Handler<typeof exportModel> = (project, params) => {
  const { format, y_up, mesh, vertex_colors, exact_colors, voxlap_header } = params;
  if (params.path === undefined && format === undefined) {
    throw invalidParam('.format', 'the name of a format, or a path', undefined);
  }
  const path = params.path === undefined ? undefined : project.files.absolute(params.path);
  const { name } = formatFor(path ?? DATA, format);
  const result = { success: true, ...(path === undefined ? {} : { path }), format: name };
  // Formats that are read as pictures are written as pictures.
  if (name === 'png' || name === 'jpeg') return exportPicture(project, path, name, result);
  const write = writable(path ?? DATA, format);
  const options: ExportOptions = {
    ...(y_up === undefined ? {} : { yUp: y_up }),
    ...(mesh === undefined ? {} : { mesh }),
    ...(vertex_colors === undefined ? {} : { vertexColors: vertex_colors }),
    ...(exact_colors === undefined ? {} : { exactColors: exact_colors }),
    ...(voxlap_header === undefined ? {} : { header: voxlap_header }),
  };
  const { document, limits } = project;
  document.refresh();
  if (path === undefined && isSmall(document.shownVolumes())) {
    const data = attempt(() => gathered(write(document, options), limits));
    if (data !== undefined) return new WithBytes({ ...result, data, bytes: data.length });
  }
  const { result_bytes_max } = limits;
  const input: ExportInput = {
    ...{ document: snapshotOf(document), path, format, options, result, result_bytes_max },
  };
  return new Job('export', `export to ${path ?? `a result, as ${name}`}`, input);
};

/** What writes that format. Throws GOX_FORMAT_UNKNOWN. */
export function writable(path: string, formatName: string | undefined) {
  const format = formatFor(path, formatName);
  if (format.write !== undefined) return format.write;
  const message = `The format "${format.name}" cannot be written.`;
  throw new GoxError('GOX_FORMAT_UNKNOWN', message, { path, format: format.name });
}

export const exchangeHandlers = {
  'goxel.import_file': importOne,
  'goxel.export_model': exportFile,
} satisfies Record<string, AnyHandler>;

export const exchangeFinishers = {
  'goxel.import_file': (project: Project, { document, path }: Loaded) =>
    addLayers(project, takenOver(document), path),
} satisfies Record<string, Finisher>;
