/** Models of other formats, by files or in requests and results. */

import { overLimit } from '../../conf/errors.ts';
import type { exportModel, importFile } from '../catalogue/exchange.ts';
import { withReadingOptions, withWritingOptions } from '../catalogue/options.ts';
import { invalidParam } from '../catalogue/params.ts';
import { cutPath } from '../catalogue/sketch.ts';
import { WRITING_FORMATS } from '../catalogue/writing.ts';
import { addLayersOf } from '../document/arrange.ts';
import { snapshotOf, takenOver } from '../document/snapshot.ts';
import { WithBytes } from '../encode.ts';
import { formatFor } from '../formats/index.ts';
import type { ExportInput, LoadAsked, Loaded, LoadInput } from '../jobs/documents.ts';
import { Job } from '../jobs/job.ts';
import { FILE_KEY, type Files } from '../project/files.ts';
import { pictured } from '../project/pictured.ts';
import type { Project } from '../project/project.ts';
import { DATA, type Read, type Reading, readDocument, toldOf } from '../project/reading.ts';
import { readerOf } from '../project/recognised.ts';
import { gatherDocument, writerOf } from '../project/writing.ts';
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
): Job | Read {
  return documentOf(project, { ...asked, path }, asked, bytes_max);
}

function documentOf(
  { files, memory }: Project,
  reading: Reading,
  asked: LoadAsked,
  bytes_max: number,
): Job | Read {
  if (reading.format !== undefined) readerOf(reading);
  const { path, data } = reading;
  // A small file may still be much work (packed voxels, a mesh of a large size), so that is tried.
  if ((data?.length ?? files.sizeOf(path)) <= DIRECT_FILE_BYTES_MAX) {
    const read = attempt(() => readDocument(files, reading, bytes_max));
    if (read !== undefined) return read;
  }
  const input: LoadInput = { reading, asked, bytes_max, ceiling: memory.ceiling };
  return new Job('load', `read ${path}`, input);
}

const importOne: Handler<typeof importFile> = (project, params) => {
  const { path: asked, data, ...about } = withReadingOptions(params);
  const { files, memory } = project;
  if ((asked === undefined) === (data === undefined)) {
    const what = asked === undefined ? 'a path, or `data`' : 'no path beside `data`';
    throw invalidParam('.path', what, asked);
  }
  const reading =
    asked === undefined ? readingOf(about, data, files) : { ...about, path: files.absolute(asked) };
  const read = documentOf(project, reading, about, memory.ceiling.bytes_free);
  return read instanceof Job ? read : addLayers(project, { ...read, path: reading.path });
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

function addLayers(
  project: Project,
  { document: from, path, ...told }: Omit<Read, 'format'> & { path: string },
) {
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
      ...toldOf(told),
    };
  });
}

const exportFile: Handler<typeof exportModel> = (project, params) => {
  const { path: asked, format, project: _, ...about } = withWritingOptions(params);
  if (asked === undefined && format === undefined) {
    throw invalidParam('.format', 'the name of a format, or a path', undefined);
  }
  const path = asked === undefined ? undefined : project.files.absolute(asked);
  const { name } = formatFor(path ?? DATA, format);
  const result = { success: true, ...(path === undefined ? {} : { path }), format: name };
  const { options, unused } = asWritten(about, name);
  // Formats that are read as pictures are written as pictures.
  if (name === 'png' || name === 'jpeg') {
    const { files, job_threads, memory } = project;
    const writing = { options, ceiling: memory.ceiling };
    const file = cutPath(path ?? 'The result');
    const { document, told } = pictured(files, project.document, writing, name, file);
    return exportPicture({ document, files, job_threads }, path, name, { ...result, ...told });
  }
  writerOf(path ?? DATA, format);
  const { document, files, limits, memory } = project;
  const { ceiling } = memory;
  document.refresh();
  if (path === undefined && isSmall(document.shownVolumes())) {
    const made = attempt(() =>
      gatherDocument(files, document, { format, options, unused, ceiling }, limits),
    );
    if (made !== undefined) {
      const { data, ...told } = made;
      return new WithBytes({ ...result, data, bytes: data.length, ...told });
    }
  }
  const { result_bytes_max } = limits;
  const writing = { path, format, options, unused, ceiling };
  const input: ExportInput = { document: snapshotOf(document), writing, result, result_bytes_max };
  return new Job('export', `export to ${path ?? `a result, as ${name}`}`, input);
};

/**
 * What the v14 client calls textures is an option here; normals are written whatever it asks, which
 * is told.
 */
function asWritten<O extends V14Options>(about: O, format: string) {
  const { includeNormals: normals, includeTextures: textures, ...options } = about;
  const without = textures === false && WRITING_FORMATS.texture.includes(format);
  return {
    options: without ? ({ texture: 'none', ...options } as const) : options,
    unused: normals === false ? ['includeNormals'] : [],
  };
}

interface V14Options {
  readonly includeNormals?: boolean;
  readonly includeTextures?: boolean;
}

export const exchangeHandlers = {
  'goxel.import_file': importOne,
  'goxel.export_model': exportFile,
} satisfies Record<string, AnyHandler>;

export const exchangeFinishers = {
  'goxel.import_file': (project: Project, loaded: Loaded) =>
    addLayers(project, { ...loaded, document: takenOver(loaded.document) }),
} satisfies Record<string, Finisher>;
