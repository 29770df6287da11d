/**
 * Zipped COLLADA (.zae: "Archive COLLADA", https://www.khronos.org/collada/wiki/Zae): a ZIP archive
 * whose manifest.xml names the scene in it, and with the scene its pictures.
 */

import { posix } from 'node:path';
import { GoxError } from '../../../conf/errors.ts';
import type { ImportOptions } from '../format.ts';
import { Zip } from '../threemf/zip.ts';
import { XmlReader } from '../xml/xml-reader.ts';

interface Unpacked {
  readonly bytes: Uint8Array;
  readonly resolve: ImportOptions['resolve'];
}

/** The scene, and what gives the files that it names; as they came when it is no archive. */
export function unpacked(
  bytes: Uint8Array,
  source: string,
  resolve: ImportOptions['resolve'],
): Unpacked {
  if (!(bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3)) return { bytes, resolve };
  const zip = new Zip(bytes, source);
  const named = rootOf(zip, source);
  const name = [named, zip.names.find((each) => /\.dae$/i.test(each))].find(
    (each) => each !== undefined && zip.names.includes(each),
  );
  const scene = name === undefined ? undefined : zip.part(name);
  if (name === undefined || scene === undefined) {
    const message = `${source} is damaged: it holds no COLLADA scene.`;
    throw new GoxError('GOX_FORMAT_BROKEN', message, { file: source });
  }
  const directory = posix.dirname(name);
  const inside = (path: string) => {
    const local = path.replaceAll('\\', '/');
    const places = [posix.join(directory, local), local, posix.basename(local)];
    const found = places.map(posix.normalize).find((place) => zip.names.includes(place));
    return found === undefined ? undefined : zip.part(found);
  };
  return { bytes: scene, resolve: inside };
}

/** What the manifest names. */
function rootOf(zip: Zip, source: string): string | undefined {
  const manifest = zip.part('manifest.xml');
  if (manifest === undefined) return undefined;
  const xml = new XmlReader(manifest, `manifest.xml of ${source}`);
  for (let kind = xml.next(); kind !== undefined; kind = xml.next()) {
    if (kind === 'close' && xml.name === 'dae_root') {
      return posix.normalize(xml.text.trim().replace(/#.*$/, ''));
    }
  }
  return undefined;
}
