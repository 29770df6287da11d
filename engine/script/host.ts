/**
 * What a script can ask of this program: the one table of functions that cross out of the sandbox.
 * Only numbers and strings cross, and each function checks what it gets; voxels cross in `words`,
 * 64 KiB of the sandbox's memory.
 *
 * To add one (`paint: (id, …) => …`), write it here with `integer` and `text` around its arguments,
 * and give scripts a method for it in the prelude: `host.paint(this.#id, …)`. Changes go through
 * `volumes.edit`, which keeps the blocks within their limit. A `Refusal` is an error that a script
 * may catch; a GoxError ends the run. Whole methods of the catalogue need nothing here: `call` has
 * them all.
 */

import { GoxError } from '../../conf/errors.ts';
import type { Document } from '../document/document.ts';
import type { Layer } from '../document/layer.ts';
import { checkInterrupt } from '../interrupt.ts';
import type { Vec3 } from '../volume/box.ts';
import type { Matrix } from '../volume/matrix.ts';
import { requireBlocks } from '../volume/reach.ts';
import { Volume } from '../volume/volume.ts';
import { parsedParams, requireStack } from './call.ts';
import { HostFile } from './host-file.ts';
import { HostVolumes } from './host-volumes.ts';
import { Refusal } from './refusal.ts';
import { type Region, readRegion, requireRegion, writeRegion } from './region.ts';

export type HostValue = number | string;
export type HostFunction = (...values: HostValue[]) => HostValue;

/** Files that scripts may write; without a function they may not. Both may throw GoxError. */
export interface ScriptFiles {
  /** A file that a script wrote as text. */
  write?(path: string, bytes: Uint8Array): void;
  /** A volume to be written as a file; format is empty when the script named none. */
  save?(path: string, volume: Volume, format: string): void;
}

/** The project that the document is of, as far as scripts can ask it for something. */
export interface ScriptProject {
  /** What is selected as a box, if anything is. */
  readonly selectionBox: Matrix | undefined;
  /**
   * Does what a request of a method would do, and gives its result as JSON. When it throws it has
   * changed nothing. Throws GoxError.
   *
   * @param held_bytes of voxels that the script holds beside the document
   */
  call(method: string, params: unknown, held_bytes: number): string;
}

/** Of an image; the same as for the methods that make layers. */
const LAYERS_MAX = 1024;
const NAME_LENGTH_MAX = 255;
const REGISTERED_MAX = 1000;

export interface HostOptions {
  readonly document: Document;
  readonly blocks_max: number;
  readonly output_bytes_max: number;
  readonly files: ScriptFiles;
  readonly project: ScriptProject | undefined;
  /** The file that the script is to import. */
  readonly input: { readonly path: string; readonly bytes: Uint8Array } | undefined;
  /** The words that script and host share, as they are at this moment. */
  readonly words: () => Int32Array;
}

export class Host {
  readonly output: string[] = [];
  readonly scripts: string[] = [];
  readonly formats: string[] = [];
  /** What the script ended itself with; undefined while it has not. */
  exitStatus: number | undefined;
  readonly functions: Readonly<Record<string, HostFunction>>;
  readonly #options: HostOptions;
  readonly #volumes: HostVolumes;
  #output_bytes = 0;

  constructor(options: HostOptions) {
    this.#options = options;
    this.#volumes = new HostVolumes(options.document, options.blocks_max);
    this.functions = {
      ...this.#runFunctions(),
      ...this.#projectFunctions(),
      ...this.#fileFunctions(),
      ...this.#layerFunctions(),
      ...this.#volumeFunctions(),
      ...this.#voxelFunctions(),
    };
  }

  #runFunctions(): Record<string, HostFunction> {
    return {
      log: (line) => this.#log(text(line)),
      exit: (status) => {
        this.exitStatus = integer(status);
        throw new Refusal('Error', 'the script has ended itself');
      },
      register: (kind, name) => {
        const names = kind === 'script' ? this.scripts : this.formats;
        if (names.length >= REGISTERED_MAX) {
          throw new Refusal('RangeError', `a script may register ${REGISTERED_MAX} of a kind`);
        }
        const short = text(name).slice(0, NAME_LENGTH_MAX);
        if (!names.includes(short)) names.push(short);
        return 0;
      },
    };
  }

  #projectFunctions(): Record<string, HostFunction> {
    const { document, project } = this.#options;
    return {
      call: (method, params) => this.#call(text(method), text(params)),
      /** What calls may have changed, but for the layers. */
      state: () =>
        JSON.stringify({
          activeLayer: document.activeLayer.id,
          box: [...document.box],
          selection: [...(project?.selectionBox ?? document.box)],
          palette: [...document.palette.colors],
        }),
    };
  }

  #fileFunctions(): Record<string, HostFunction> {
    const { files, input, words } = this.#options;
    const file = new HostFile(input);
    /** Of the file that is being closed. */
    const parts: Buffer[] = [];
    return {
      inputSize: (path) => file.size(text(path)),
      readInput: (start) => file.read(integer(start), words()),
      /** As JSON, since no text that crosses can hold a NUL. */
      inputText: (start, end) => JSON.stringify(file.text(integer(start), integer(end))),
      requireFiles: (path) => {
        if (files.write === undefined) throw cannotWrite(text(path));
        return 0;
      },
      beginFile: () => {
        parts.length = 0;
        return 0;
      },
      addText: (content) => parts.push(Buffer.from(text(content))),
      addBytes: (count) => {
        const { buffer, byteOffset, byteLength } = words();
        const length = Math.min(Math.max(integer(count), 0), byteLength);
        return parts.push(Buffer.from(new Uint8Array(buffer, byteOffset, length)));
      },
      writeFile: (path) => {
        if (files.write === undefined) throw cannotWrite(text(path));
        files.write(text(path), Buffer.concat(parts.splice(0)));
        return 0;
      },
    };
  }

  #layerFunctions(): Record<string, HostFunction> {
    const { document } = this.#options;
    return {
      layers: () => JSON.stringify(document.layers.map(({ id }) => id)),
      addLayer: (name) => {
        if (document.layers.length >= LAYERS_MAX) {
          const message = `The project has ${LAYERS_MAX} layers, which is the most.`;
          throw new GoxError('GOX_LAYER_LIMIT', message, { layers_max: LAYERS_MAX });
        }
        const given = text(name).slice(0, NAME_LENGTH_MAX);
        return document.addLayer(given || `Layer.${document.layers.length + 1}`).id;
      },
      setActiveLayer: (id) => {
        document.activeLayer = this.#layer(id);
        return 0;
      },
      layerName: (id) => this.#layer(id).name,
      setLayerName: (id, name) => {
        this.#layer(id).set({ name: text(name).slice(0, NAME_LENGTH_MAX) });
        return 0;
      },
      layerVisible: (id) => Number(this.#layer(id).visible),
      setLayerVisible: (id, visible) => {
        this.#layer(id).set({ visible: integer(visible) !== 0 });
        return 0;
      },
      layerVolume: (id) => this.#volumes.ofLayer(this.#layer(id)),
    };
  }

  #volumeFunctions(): Record<string, HostFunction> {
    const { document, files } = this.#options;
    const volumes = this.#volumes;
    return {
      newVolume: () => volumes.add(new Volume()),
      copyVolume: (id) => volumes.add(volumes.get(integer(id)).clone()),
      mergedVolume: () => volumes.add(document.merged().clone()),
      freeVolume: (id) => {
        volumes.free(integer(id));
        return 0;
      },
      clearVolume: (id) => {
        volumes.edit(integer(id), (volume) => volume.clear());
        return 0;
      },
      countVoxels: (id) => volumes.get(integer(id)).count(),
      volumeBox: (id) => {
        const box = volumes.get(integer(id)).box();
        if (box === undefined) return 0;
        this.#options.words().set([...box.min, ...box.max]);
        return 1;
      },
      saveVolume: (id, path, format) => {
        if (files.save === undefined) throw cannotWrite(text(path));
        files.save(text(path), volumes.get(integer(id)).clone(), text(format));
        return 0;
      },
    };
  }

  #voxelFunctions(): Record<string, HostFunction> {
    const { words } = this.#options;
    const volumes = this.#volumes;
    return {
      getVoxel: (id, x, y, z) => volumes.get(integer(id)).get(integer(x), integer(y), integer(z)),
      setVoxels: (id, count) => {
        const all = words();
        const end = Math.min(integer(count) * 4, all.length);
        volumes.edit(integer(id), (volume) => {
          for (let i = 0; i < end; i += 4) {
            volume.set(all[i]!, all[i + 1]!, all[i + 2]!, all[i + 3]!);
          }
        });
        return 0;
      },
      fillBox: (id, x0, y0, z0, x1, y1, z1, rgba) => {
        const min: Vec3 = [integer(x0), integer(y0), integer(z0)];
        const max: Vec3 = [integer(x1), integer(y1), integer(z1)];
        volumes.edit(integer(id), (volume, blocks_max) => {
          if (integer(rgba) >>> 24 !== 0) requireBlocks(min, max, blocks_max);
          volume.fillBox(min, max, integer(rgba));
        });
        return 0;
      },
      beginIteration: (id) => volumes.begin(integer(id)),
      nextVoxels: (iteration) => volumes.next(integer(iteration), words()),
      endIteration: (iteration) => {
        volumes.end(integer(iteration));
        return 0;
      },
      readRegion: (id, ...numbers) => {
        const [region, start = 0] = regionOf(numbers);
        const { buffer, byteOffset, length } = words();
        const colors = new Uint32Array(buffer, byteOffset, length);
        return readRegion(volumes.get(integer(id)), region, start, colors);
      },
      writeRegion: (id, ...numbers) => {
        const [region, start = 0, count = 0] = regionOf(numbers);
        const { buffer, byteOffset, length } = words();
        const colors = new Uint32Array(buffer, byteOffset, Math.min(count, length));
        volumes.edit(integer(id), (volume) => writeRegion(volume, region, start, colors));
        return 0;
      },
    };
  }

  /** `[0, result]`, or `[1, code, message, details]`, which a script may catch. */
  #call(method: string, json: string): string {
    const { project } = this.#options;
    if (project === undefined) throw new Refusal('Error', 'there is no project to call here');
    requireStack();
    const params = parsedParams(json);
    try {
      return `[0,${project.call(method, params, this.#volumes.heldBytes)}]`;
    } catch (error) {
      if (!(error instanceof GoxError)) throw error;
      // What ends the run is not the script's to catch.
      checkInterrupt();
      return JSON.stringify([1, error.code, error.message, error.details ?? null]);
    } finally {
      this.#volumes.follow();
    }
  }

  #layer(id: HostValue | undefined): Layer {
    const layer = this.#options.document.layerById(integer(id));
    if (layer === undefined) throw new Refusal('Error', `there is no layer ${id}`);
    return layer;
  }

  #log(line: string): number {
    const { output_bytes_max } = this.#options;
    this.#output_bytes += Buffer.byteLength(line) + 1;
    if (this.#output_bytes > output_bytes_max) {
      const message = `The script printed more than ${output_bytes_max} bytes.`;
      throw new GoxError('GOX_SCRIPT_FAILED', message, { output_bytes_max });
    }
    this.output.push(line);
    return 0;
  }
}

/** A region and the integers after it. */
function regionOf(numbers: readonly HostValue[]): [Region, ...number[]] {
  const [x = 0, y = 0, z = 0, width = 0, height = 0, depth = 0, ...rest] = numbers.map(integer);
  const region = { x, y, z, width, height, depth };
  requireRegion(region);
  return [region, ...rest];
}

function integer(value: HostValue | undefined): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw new Refusal('TypeError', `an integer is needed, not ${value}`);
  }
  return value;
}

function text(value: HostValue | undefined): string {
  if (typeof value !== 'string') throw new Refusal('TypeError', `a text is needed, not ${value}`);
  return value;
}

function cannotWrite(path: string): Refusal {
  return new Refusal('Error', `scripts cannot write files here: ${path.slice(0, NAME_LENGTH_MAX)}`);
}
