/** The pieces that MagicaVoxel files are written of. */

/** Four characters, int32 bytes of the content, int32 bytes of the chunks inside. */
export function header(type: string, content: number, children: number): Buffer {
  return Buffer.concat([Buffer.from(type, 'latin1'), int32(content, children)]);
}

/** A chunk without others inside. */
export function chunk(type: string, ...content: Uint8Array[]): Buffer {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([header(type, length, 0), ...content]);
}

/** int32 number of entries, then for each its key and value: int32 length, text in UTF-8. */
export function dict(entries: Readonly<Record<string, string>>): Buffer {
  const texts = Object.entries(entries).flat();
  const parts = texts.flatMap((text) => {
    const bytes = Buffer.from(text);
    return [int32(bytes.length), bytes];
  });
  return Buffer.concat([int32(texts.length / 2), ...parts]);
}

export function int32(...values: readonly number[]): Buffer {
  return Buffer.from(Int32Array.from(values).buffer);
}
