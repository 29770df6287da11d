/** Making pictures. */

import { extname } from 'node:path';
import { GoxError } from '../../conf/errors.ts';
import { pointOf } from '../catalogue/geometry.ts';
import { invalidParam } from '../catalogue/params.ts';
import type { renderScene } from '../catalogue/render.ts';
import type { Params } from '../catalogue/spec.ts';
import type { Job } from '../jobs/job.ts';
import { drawnPictures, type PicturesWork, picturesJob, type Sink } from '../jobs/pictures.ts';
import type { Project } from '../project/project.ts';
import { prepareRender } from '../render/direct.ts';
import type { CameraChoice, LightChoice, Outline, RenderOptions, View } from '../render/options.ts';
import { prepareTrace } from '../trace/job.ts';
import { inTurn } from '../turns.ts';
import { channels } from '../volume/color.ts';
import type { AnyHandler, Asking } from './handler.ts';
import { packedColor } from './voxel-params.ts';

type RenderParams = Params<typeof renderScene>;
type ViewParams = NonNullable<RenderParams['views']>[number];

const SIDE = 512;

/** The height of a turntable's camera. */
const TURNTABLE_PITCH_DEGREES = 30;

const render: Asking<typeof renderScene> = (project, params) => {
  const { options = {} } = params;
  const return_mode = params.return_mode ?? options.return_mode;
  const format = formatOf(params);
  const output_path =
    params.output_path === undefined ? undefined : project.files.absolute(params.output_path);
  if (return_mode === 'base64' && output_path !== undefined) {
    const at = params.return_mode === undefined ? '.options.return_mode' : '.return_mode';
    throw invalidParam(at, '"file_path", for an output_path', return_mode);
  }
  if (output_path !== undefined) project.files.requirePlace(output_path);
  const views = viewsOf(params);
  const many = params.views !== undefined || params.turntable !== undefined;
  const sinks = views.map(
    ({ width, height }, i): Sink => ({ width, height, path: pathOf(output_path, i, many) }),
  );
  const [{ width, height }] = views as [View];
  const what = many ? `${views.length} pictures` : 'a picture';
  const title = `render ${what} of ${width} x ${height}`;
  const shared = { ...renderOptions(params, project), views, format };
  const work = workOf(project, params, shared);
  const described = return_mode === 'file_path';
  const input = { work, format, sinks, many, described } as const;
  return drawnPictures(input, project.files) ?? picturesJob(title, input);
};

function workOf(project: Project, params: RenderParams, shared: RenderOptions): PicturesWork {
  const { surface = 'blocks', trace = false } = params;
  if (trace === false) {
    const bytes_max = project.limits.job_bytes_max;
    const meshing = surface === 'blocks' ? undefined : { kind: surface, bytes_max };
    const { document, pictures, memory } = project;
    try {
      const prepare = () => prepareRender(document, shared, meshing, pictures);
      return { renderer: 'raster', job: inTurn(prepare) };
    } finally {
      memory.accountPictures(pictures);
    }
  }
  if (surface !== 'blocks') {
    throw invalidParam('.surface', '"blocks", which is all that is traced', surface);
  }
  const settings = trace === true ? {} : given(trace);
  return { renderer: 'tracer', job: prepareTrace(project.document, { ...shared, ...settings }) };
}

/** Sides of the picture that Goxel exports. */
const EXPORT_SIDE = 1024;

/** The picture that Goxel exports: by the active camera, all layers merged. */
export function exportPicture(
  project: Pick<Project, 'files' | 'document' | 'job_threads'>,
  path: string | undefined,
  format: string,
  result: object,
): Job {
  if (path !== undefined) project.files.requirePlace(path);
  const [width, height] = [EXPORT_SIDE, EXPORT_SIDE];
  const kind = format === 'png' ? 'png' : 'jpeg';
  const { cameras } = project.document;
  const camera = cameras.some(({ active }) => active) ? { camera: { active: true } as const } : {};
  const job = prepareRender(project.document, {
    ...{ views: [{ width, height, ...camera }], format: kind, materials: false },
    threads: project.job_threads,
  });
  const sinks = [{ width, height, path }];
  const work = { renderer: 'raster', job } as const;
  const title = `export to ${path ?? `a result, as ${kind}`}`;
  return picturesJob(title, { work, format: kind, sinks, many: false, result, exported: true });
}

export const renderHandlers = {
  'goxel.render_scene': render,
} satisfies Record<string, AnyHandler>;

function formatOf({ format, output_path }: RenderParams): 'png' | 'jpeg' {
  const extension = output_path === undefined ? '' : extname(output_path).slice(1).toLowerCase();
  const wanted = format ?? (extension === '' ? 'png' : extension);
  if (wanted === 'png') return 'png';
  if (wanted === 'jpg' || wanted === 'jpeg') return 'jpeg';
  const message = `Pictures are png or jpeg, not "${wanted}".`;
  throw new GoxError('GOX_FORMAT_UNKNOWN', message, { format: wanted, supported: ['png', 'jpeg'] });
}

/** `tower.png`, or for several pictures `tower-000.png`. */
function pathOf(path: string | undefined, place: number, many: boolean): string | undefined {
  if (path === undefined || !many) return path;
  const extension = extname(path);
  const number = String(place).padStart(3, '0');
  return `${path.slice(0, path.length - extension.length)}-${number}${extension}`;
}

function viewsOf(params: RenderParams): View[] {
  const { views, turntable } = params;
  if (turntable !== undefined) {
    const { count, pitch = TURNTABLE_PITCH_DEGREES } = turntable;
    return Array.from({ length: count }, (_, i) => {
      const camera = { yaw_degrees: (360 * i) / count, pitch_degrees: pitch };
      return { ...viewOf(params, {}), camera, fit: 'turntable' };
    });
  }
  return (views ?? [{}]).map((view) => viewOf(params, view));
}

/** One view; what it leaves out is as for the whole request. */
function viewOf(params: RenderParams, view: ViewParams): View {
  const { fov, ...rest } = {
    fov: view.field_of_view ?? params.field_of_view,
    camera: cameraOf(params, view),
    orthographic: view.orthographic ?? params.orthographic,
    pixels_per_voxel: view.pixels_per_voxel ?? params.pixels_per_voxel,
    fit: view.fit ?? params.fit,
    margin: view.margin ?? params.margin,
  };
  return {
    width: sideOf(view.width ?? params.width),
    height: sideOf(view.height ?? params.height),
    ...given({ ...rest, fov_degrees: fov }),
  };
}

function sideOf(side = SIDE): number {
  return side > 0 ? side : SIDE;
}

/** Without what is undefined. */
function given<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> };
}

function cameraOf(params: RenderParams, view: ViewParams): CameraChoice | undefined {
  const camera = view.camera ?? params.camera;
  if (camera === undefined) return oldCamera(params);
  if (typeof camera === 'string') return camera;
  if ('eye' in camera) {
    const { eye, target, up } = camera;
    const upward = up === undefined ? {} : { up: pointOf(up) };
    return { eye: pointOf(eye), target: pointOf(target), ...upward };
  }
  if ('yaw' in camera) {
    const { yaw, pitch, distance, target } = camera;
    return {
      yaw_degrees: yaw,
      pitch_degrees: pitch,
      ...given({ distance, target: target === undefined ? undefined : pointOf(target) }),
    };
  }
  if (!('active' in camera)) return camera;
  if (camera.active) return { active: true };
  throw invalidParam('.camera.active', 'true, or another way to say which camera', false);
}

/** As clients of the v14 daemon say it. */
function oldCamera(params: RenderParams): CameraChoice | undefined {
  const { camera_preset, camera_position, camera_target } = params;
  if (camera_position !== undefined) {
    const [ex, ey, ez] = camera_position;
    const [tx = 0, ty = 0, tz = 0] = camera_target ?? [];
    return { eye: [ex!, ey!, ez!], target: [tx, ty, tz] };
  }
  if (camera_target === undefined) return camera_preset;
  throw invalidParam('.camera_position', 'a position, for a camera_target', undefined);
}

type Shared = Omit<RenderOptions, 'views' | 'format'>;

function renderOptions(params: RenderParams, project: Project): Shared {
  const { light, occlusion, outline, materials, samples, quality } = params;
  return {
    threads: project.job_threads,
    ...given({
      background: backgroundOf(params),
      light: light === undefined ? undefined : lightOf(light),
      outline: outline === undefined ? undefined : (given(outline) as Outline),
      samples: samples as 1 | 2 | undefined,
      ...{ occlusion, materials, quality },
    }),
  };
}

function lightOf(light: NonNullable<RenderParams['light']>): LightChoice {
  const { pitch, yaw, ...rest } = light;
  return given({ pitch_degrees: pitch, yaw_degrees: yaw, ...rest }) as LightChoice;
}

function backgroundOf({ background, options }: RenderParams): RenderOptions['background'] {
  if (background === 'gradient' || background === 'transparent') return background;
  if (background !== undefined) {
    return channels(packedColor(background, () => '.background', ['gradient', 'transparent']));
  }
  const color = options?.background_color;
  if (color === undefined) return undefined;
  return channels(packedColor(color, () => '.options.background_color'));
}
