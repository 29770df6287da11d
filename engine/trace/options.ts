/** What a caller asks of the path tracer: plain values, which can cross to another thread. */

import { GoxError } from '../../conf/errors.ts';
import { checkOptions, invalid, type RenderOptions } from '../render/options.ts';

/** Views, light and form of the pictures are those of the rasteriser. */
type Shared = 'views' | 'background' | 'light' | 'format' | 'quality' | 'materials';

export interface TraceOptions extends Pick<RenderOptions, Shared> {
  /** Paths a pixel, 1…10000; 64 by default. */
  readonly samples?: number;
  /**
   * Milliseconds that tracing may take. It ends with the samples it has by then, of which every
   * pixel has one at least.
   */
  readonly time_ms?: number;
  /**
   * How many surfaces may pass light on between its source and the first surface that is seen,
   * 0…64; 0 is the direct light of sun, sky and emitters. 4 by default.
   */
  readonly bounces?: number;
  /** Brightness of the sky, times the ambience of the light; 1 by default. */
  readonly sky?: number;
  /** How wide the sun is, in degrees, which softens its shadows; 0…90, 2 by default. */
  readonly sun_degrees?: number;
  /**
   * An endless plane under the content, of Goxel's greenish grey, that is seen from above only.
   * False by default.
   */
  readonly floor?: boolean;
  /**
   * Index of refraction of all that lets light through, 1…3: 1.5, that of glass, by default; 1.33
   * is that of water, and with 1 it is a veil, through which light goes straight and untinted.
   */
  readonly refraction?: number;
  /** Smooths noise along surfaces, keeping edges and voxels' colours; false by default. */
  readonly denoise?: boolean;
  /** Another seed gives other noise; 0 by default. */
  readonly seed?: number;
  /** How many threads will share the work; changes no picture. 1 by default. */
  readonly threads?: number;
}

/** What a part tells whoever runs it, and asks them. */
export interface TraceControl {
  /** Throws when the work is no longer wanted. */
  check(): void;
  /** Whether to give the thread back now; the rest of the part is done by another call. */
  takeYield?(): boolean;
  /** The share that is done, 0…1; of tracing, that of all parts. */
  progress: number;
  /** Milliseconds of any clock that goes forward. */
  now_ms(): number;
}

/** Bytes that the sums of all pixels of a call may take. */
const SUMS_BYTES_MAX = 2 ** 29;
const SAMPLES_MAX = 10_000;
const BOUNCES_MAX = 64;
const SKY_MAX = 1000;
const REFRACTION_MAX = 3;
const THREADS_MAX = 256;

export type Settings = Required<
  Pick<
    TraceOptions,
    | 'samples'
    | 'bounces'
    | 'sky'
    | 'sun_degrees'
    | 'floor'
    | 'refraction'
    | 'denoise'
    | 'seed'
    | 'threads'
  >
> & { readonly time_ms: number };

/**
 * The options with defaults. Throws GOX_INVALID_PARAMS for numbers out of their ranges and
 * GOX_MEMORY_LIMIT when pictures of `pixel_bytes` a pixel take more than is allowed.
 */
export function settingsOf(options: TraceOptions, pixel_bytes: number): Settings {
  const { samples = 64, bounces = 4, sky = 1, sun_degrees = 2, seed = 0, threads = 1 } = options;
  const { floor = false, refraction = 1.5, denoise = false, time_ms = Infinity } = options;
  whole('samples', samples, 1, SAMPLES_MAX);
  whole('bounces', bounces, 0, BOUNCES_MAX);
  whole('seed', seed, -(2 ** 31), 2 ** 32 - 1);
  whole('threads', threads, 1, THREADS_MAX);
  range('sky', sky, 0, SKY_MAX);
  range('sun_degrees', sun_degrees, 0, 90);
  range('refraction', refraction, 1, REFRACTION_MAX);
  range('time_ms', time_ms, 0, Infinity);
  checkOptions({ views: options.views, samples: 1 });
  const pixels = options.views.reduce((sum, { width, height }) => sum + width * height, 0);
  const bytes = pixels * pixel_bytes;
  if (bytes > SUMS_BYTES_MAX) {
    const message = `The pictures would take ${bytes} bytes, more than ${SUMS_BYTES_MAX}.`;
    throw new GoxError('GOX_MEMORY_LIMIT', message, { picture_bytes_max: SUMS_BYTES_MAX });
  }
  const chosen = { samples, bounces, sky, sun_degrees, floor, refraction, denoise };
  return { ...chosen, seed, threads, time_ms };
}

function whole(name: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value)) invalid(`${name} must be an integer, not ${value}.`);
  range(name, value, min, max);
}

function range(name: string, value: number, min: number, max: number): void {
  if (!(value >= min && value <= max)) invalid(`${name} must be ${min} to ${max}, not ${value}.`);
}
