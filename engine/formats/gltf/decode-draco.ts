/**
 * Unpacks the meshes of KHR_draco_mesh_compression by Google's decoder.
 * https://github.com/KhronosGroup/glTF/tree/main/extensions/2.0/Khronos/KHR_draco_mesh_compression
 */

import type { DataType, Decoder, DecoderModule, Mesh } from 'draco3d';
import { DecoderRoom, decoderFile, instantiated } from './decoder-room.ts';

/** The file, as far as unpacking is concerned. */
interface Told {
  fail(what: string): never;
  spend(numbers: number): void;
}

/** What an attribute of a primitive is unpacked as. */
export interface PackedAttribute {
  /** Draco's number for it. */
  readonly id: number;
  /** As accessors have it. */
  readonly componentType: unknown;
}

export interface UnpackedMesh {
  /** In the order they were asked for: numbers as they are stored, and how many an item has. */
  readonly attributes: readonly { readonly width: number; readonly values: Float64Array }[];
  readonly points: number;
  readonly indices: Float64Array;
}

interface LinearMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

const PAGE_BYTES = 65536;
/** A damaged file may claim as many points as there are numbers. */
const MEMORY_BYTES_MAX = 768 * 1024 * 1024;
/** Memory never shrinks; an instance with more than this is not kept. */
const KEPT_BYTES_MAX = 64 * 1024 * 1024;

/** Its types leave out this one. */
interface Draco extends DecoderModule {
  getPointer(object: unknown): number;
}

interface Loaded {
  readonly room: DecoderRoom;
  readonly module: Draco;
  readonly memory: LinearMemory;
}
let loaded: Loaded | undefined;

function load(): Loaded {
  if (loaded !== undefined) return loaded;
  let memory: LinearMemory | undefined;
  const room = new DecoderRoom({});
  const factory = room.load('draco3d/draco_decoder_nodejs.js');
  const made = room.settle(factory, {
    instantiateWasm(imports: object, done: (instance: object) => void) {
      const bytes = () => decoderFile('draco3d/draco_decoder.wasm');
      const instance = instantiated('draco3d', bytes, imports);
      const found = Object.values(instance.exports).find(isMemory);
      if (found === undefined) throw new Error('the decoder exports no memory');
      memory = found;
      limit(memory);
      done(instance);
    },
  });
  loaded = { room, module: made as Draco, memory: memory! };
  return loaded;
}

function isMemory(value: unknown): value is LinearMemory {
  return typeof value === 'object' && value !== null && 'buffer' in value && 'grow' in value;
}

/** Emscripten's code grows the memory by this method, and takes an error for "there is no more". */
function limit(memory: LinearMemory): void {
  const grow = memory.grow.bind(memory);
  memory.grow = (pages) => {
    if (memory.buffer.byteLength + pages * PAGE_BYTES > MEMORY_BYTES_MAX) {
      throw new RangeError('too large');
    }
    return grow(pages);
  };
}

/** Throws as the file does for damage, and GOX_MEMORY_LIMIT for more numbers than are allowed. */
export function unpackMesh(
  file: Told,
  bytes: Uint8Array,
  attributes: readonly PackedAttribute[],
  where: string,
): UnpackedMesh {
  const { room, module, memory } = load();
  let problem: string | undefined;
  let kept = false;
  try {
    const unpacking = new Unpacking(file, module, memory);
    const result = room.run(() => unpacking.run(bytes, attributes));
    kept = memory.buffer.byteLength <= KEPT_BYTES_MAX;
    if (typeof result !== 'string') return result;
    problem = result;
  } catch (error) {
    // Ours pass, and what the decoder itself throws is damage.
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('GOX_')) {
      throw error;
    }
    problem = 'the decoder gave up';
  } finally {
    if (!kept) loaded = undefined;
  }
  return file.fail(`${where} cannot be unpacked by Draco: ${problem}`);
}

class Unpacking {
  readonly #file: Told;
  readonly #draco: Draco;
  readonly #memory: LinearMemory;

  constructor(file: Told, draco: Draco, memory: LinearMemory) {
    this.#file = file;
    this.#draco = draco;
    this.#memory = memory;
  }

  /** The mesh, or what is wrong with it. */
  run(bytes: Uint8Array, attributes: readonly PackedAttribute[]): UnpackedMesh | string {
    const draco = this.#draco;
    const decoder = new draco.Decoder();
    const buffer = new draco.DecoderBuffer();
    const mesh = new draco.Mesh();
    try {
      const array = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      buffer.Init(array, bytes.length);
      const status = decoder.DecodeBufferToMesh(buffer, mesh);
      if (!status.ok()) return status.error_msg() || 'it is damaged';
      const read = attributes.map((attribute) => this.#attribute(decoder, mesh, attribute));
      const missing = read.indexOf(undefined);
      if (missing >= 0) return `it has no attribute ${attributes[missing]!.id}`;
      return {
        attributes: read.filter((each) => each !== undefined),
        points: mesh.num_points(),
        indices: this.#indices(decoder, mesh),
      };
    } finally {
      for (const each of [mesh, buffer, decoder]) draco.destroy(each);
    }
  }

  #indices(decoder: Decoder, mesh: Mesh): Float64Array {
    const count = mesh.num_faces() * 3;
    this.#file.spend(count);
    return this.#copied(count, 4, (at) => {
      decoder.GetTrianglesUInt32Array(mesh, count * 4, at);
      return new Uint32Array(this.#memory.buffer, at, count);
    });
  }

  #attribute(decoder: Decoder, mesh: Mesh, { id, componentType }: PackedAttribute) {
    const draco = this.#draco;
    const attribute = decoder.GetAttributeByUniqueId(mesh, id);
    // An object stands for the null pointer, too.
    if (draco.getPointer(attribute) === 0) return undefined;
    const width = attribute.num_components();
    const count = mesh.num_points() * width;
    this.#file.spend(count);
    const { type, Kind } = this.#kindOf(componentType);
    const bytes = Kind.BYTES_PER_ELEMENT;
    const values = this.#copied(count, bytes, (at) => {
      decoder.GetAttributeDataArrayForAllPoints(mesh, attribute, type, count * bytes, at);
      return new Kind(this.#memory.buffer, at, count);
    });
    return { width, values };
  }

  #copied(count: number, bytes: number, read: (at: number) => ArrayLike<number>): Float64Array {
    const at = this.#draco._malloc(count * bytes);
    try {
      return Float64Array.from(read(at));
    } finally {
      this.#draco._free(at);
    }
  }

  #kindOf(componentType: unknown): {
    type: DataType;
    Kind: {
      new (buffer: ArrayBuffer, at: number, length: number): ArrayLike<number>;
      readonly BYTES_PER_ELEMENT: number;
    };
  } {
    const draco = this.#draco;
    if (componentType === 5120) return { type: draco.DT_INT8, Kind: Int8Array };
    if (componentType === 5121) return { type: draco.DT_UINT8, Kind: Uint8Array };
    if (componentType === 5122) return { type: draco.DT_INT16, Kind: Int16Array };
    if (componentType === 5123) return { type: draco.DT_UINT16, Kind: Uint16Array };
    if (componentType === 5125) return { type: draco.DT_UINT32, Kind: Uint32Array };
    return { type: draco.DT_FLOAT32, Kind: Float32Array };
  }
}
