/** Makes .gltf and .glb files for tests. */

export type Json = Record<string, unknown>;

/** Component types of accessors. */
export const BYTE = 5120;
export const UBYTE = 5121;
export const SHORT = 5122;
export const USHORT = 5123;
export const UINT = 5125;
export const FLOAT = 5126;

/** Numbers as the bytes of a component type. */
export function packed(type: number, values: readonly number[]): Uint8Array {
  if (type === BYTE) return new Uint8Array(Int8Array.from(values).buffer);
  if (type === UBYTE) return Uint8Array.from(values);
  if (type === SHORT) return new Uint8Array(Int16Array.from(values).buffer);
  if (type === USHORT) return new Uint8Array(Uint16Array.from(values).buffer);
  if (type === UINT) return new Uint8Array(Uint32Array.from(values).buffer);
  return new Uint8Array(Float32Array.from(values).buffer);
}

/** Puts together a file of accessors over one buffer; the rest of its JSON is set by the caller. */
export class GltfMaker {
  readonly json: Json & { accessors: Json[]; bufferViews: Json[] } = {
    asset: { version: '2.0' },
    nodes: [{ mesh: 0 }],
    accessors: [],
    bufferViews: [],
  };
  readonly #parts: Buffer[] = [];
  #length = 0;

  /** Adds bytes to the buffer; the number of their view. */
  view(bytes: Uint8Array, more: Json = {}): number {
    const padding = (4 - (bytes.length % 4)) % 4;
    this.#parts.push(Buffer.from(bytes), Buffer.alloc(padding));
    const { bufferViews } = this.json;
    bufferViews.push({ buffer: 0, byteOffset: this.#length, byteLength: bytes.length, ...more });
    this.#length += bytes.length + padding;
    return bufferViews.length - 1;
  }

  /** Adds items of `width` numbers; the number of their accessor. */
  accessor(type: number, width: number, values: readonly number[], more: Json = {}): number {
    const bufferView = this.view(packed(type, values));
    const name = width === 16 ? 'MAT4' : ['', 'SCALAR', 'VEC2', 'VEC3', 'VEC4'][width];
    const accessor = { bufferView, componentType: type, count: values.length / width, type: name };
    this.json.accessors.push({ ...accessor, ...more });
    return this.json.accessors.length - 1;
  }

  get bin(): Buffer {
    return Buffer.concat(this.#parts);
  }

  /** The JSON alone. */
  text(more: Json): Buffer {
    return Buffer.from(JSON.stringify({ ...this.json, ...more }));
  }

  /** The file with its buffer as a data: URI. */
  gltf(): Buffer {
    const uri = `data:application/octet-stream;base64,${this.bin.toString('base64')}`;
    return this.text({ buffers: [{ byteLength: this.#length, uri }] });
  }

  glb(): Buffer {
    const chunk = (type: string, bytes: Buffer) => {
      const header = Buffer.alloc(8);
      header.writeUInt32LE(bytes.length);
      header.write(type, 4, 'latin1');
      return Buffer.concat([header, bytes]);
    };
    const text = this.text({ buffers: [{ byteLength: this.#length }] }).toString();
    const json = Buffer.from(text.padEnd(Math.ceil(text.length / 4) * 4));
    const chunks = [chunk('JSON', json), chunk('BIN\0', this.bin)];
    const header = Buffer.from('glTF\x02\0\0\0\0\0\0\0', 'latin1');
    header.writeUInt32LE(12 + chunks[0]!.length + chunks[1]!.length, 8);
    return Buffer.concat([header, ...chunks]);
  }
}
