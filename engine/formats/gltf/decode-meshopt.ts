/**
 * Unpacks buffer views of EXT_meshopt_compression and KHR_meshopt_compression by the decoder of
 * meshoptimizer. https://github.com/KhronosGroup/glTF/tree/main/extensions/2.0/Vendor/EXT_meshopt_compression
 */

import { shown } from '../shown.ts';
import { DecoderRoom, instantiated } from './decoder-room.ts';

type Json = Readonly<Record<string, unknown>>;

/** The file, as far as unpacking is concerned. */
interface Told {
  fail(what: string): never;
  whole(value: unknown, missing: number | undefined, where: string): number;
  spend(numbers: number): void;
}

interface Decoder {
  decodeGltfBuffer(
    target: Uint8Array,
    count: number,
    stride_bytes: number,
    source: Uint8Array,
    mode: string,
    filter: string,
  ): void;
}

const MODES: readonly unknown[] = ['ATTRIBUTES', 'TRIANGLES', 'INDICES'];
const FILTERS: readonly unknown[] = ['NONE', 'OCTAHEDRAL', 'QUATERNION', 'EXPONENTIAL', 'COLOR'];
const STRIDE_BYTES_MAX = 256;

let loaded: { readonly room: DecoderRoom; readonly decoder: Decoder } | undefined;

function decoder(): NonNullable<typeof loaded> {
  if (loaded !== undefined) return loaded;
  const room = new DecoderRoom({
    // As WebAssembly's, but at once; the decoder asks for nothing else.
    WebAssembly: {
      validate: () => true,
      instantiate: (bytes: Uint8Array, imports: object) => ({
        // biome-ignore lint/suspicious/noThenProperty: it stands for a promise
        then(use: (result: object) => void) {
          const copy = () => new Uint8Array(bytes);
          use({ instance: instantiated('meshoptimizer', copy, imports) });
        },
      }),
    },
  });
  const found = room.load('meshoptimizer/decoder.cjs') as Decoder;
  loaded = { room, decoder: found };
  return loaded;
}

/** The bytes that `packed`, an object of the extension, says are in `bytes`. */
export function unpackedView(file: Told, packed: Json, bytes: Uint8Array, where: string) {
  const count = file.whole(packed.count, undefined, `${where}.count`);
  const stride = file.whole(packed.byteStride, undefined, `${where}.byteStride`);
  const { mode, filter = 'NONE' } = packed;
  if (!MODES.includes(mode)) file.fail(`${where} is packed by the mode ${shown(mode)}`);
  if (!FILTERS.includes(filter)) file.fail(`${where} has the filter ${shown(filter)}`);
  const isStride =
    mode === 'ATTRIBUTES' ? stride % 4 === 0 && stride > 0 : stride === 2 || stride === 4;
  if (!isStride || stride > STRIDE_BYTES_MAX) file.fail(`${where} has a stride of ${stride} bytes`);
  if (mode === 'TRIANGLES' && count % 3 !== 0) file.fail(`${where} has ${count} corners`);
  file.spend(Math.ceil((count * stride) / 4));
  const target = new Uint8Array(count * stride);
  const { room, decoder: official } = decoder();
  try {
    room.run(() =>
      official.decodeGltfBuffer(target, count, stride, bytes, String(mode), String(filter)),
    );
  } catch (error) {
    // It is an error of another context. One that it tells itself leaves it as it was.
    const { message } = error as { message?: unknown };
    if (!String(message).startsWith('Malformed')) loaded = undefined;
    file.fail(`${where} cannot be unpacked: ${shown(message)}`);
  }
  return target;
}
