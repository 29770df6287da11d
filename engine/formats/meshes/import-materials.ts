/** The materials of an .obj file: which files they are in, and what colours a surface by them. */

import { posix } from 'node:path';
import type { Material } from '../../document/scene.ts';
import { unitByte } from '../../mesh-import/srgb.ts';
import { ImageLoader, type Texture } from '../../mesh-import/texture.ts';
import { pack } from '../../volume/color.ts';
import type { ImportOptions } from '../format.ts';
import type { Place, Report } from '../report.ts';
import { shown } from '../shown.ts';
import { finishOf, type MtlMaterial, opacityOf, type PictureMap, readMtl } from './import-mtl.ts';
import { withOpacity } from './import-opacity.ts';

export interface ObjMaterial {
  /** Packed diffuse colour (white beside a texture); a texture is multiplied by it. */
  readonly color: number;
  readonly texture: Texture | undefined;
  /** How the texture lies: of u and v. */
  readonly scale: readonly [number, number];
  readonly offset: readonly [number, number];
  /** Of the layer, for a surface that shines or lets light through. */
  readonly finish: Material | undefined;
}

const WHITE = [1, 1, 1];
const PLAIN = { texture: undefined, scale: [1, 1], offset: [0, 0], finish: undefined } as const;

type Image = Texture['image'];

export class ObjMaterials {
  readonly #source: string;
  readonly #resolve: ImportOptions['resolve'];
  readonly #report: Report;
  readonly #loader: ImageLoader;
  readonly #known = new Map<string, MtlMaterial>();
  readonly #made = new Map<string, ObjMaterial | undefined>();
  readonly #images = new Map<string, Image | undefined>();
  readonly #libraries = new Set<string>();
  #missing = false;

  constructor(source: string, resolve: ImportOptions['resolve'], report: Report) {
    this.#source = source;
    this.#resolve = resolve;
    this.#report = report;
    this.#loader = new ImageLoader(source, report);
  }

  /** Reads the files of a `mtllib` statement: one name with blanks, or several. */
  addLibraries(statement: string, where: Place): void {
    if (this.#addLibrary(statement.replace(/^"([^"]*)"$/, '$1'))) return;
    const names = [...statement.matchAll(/"([^"]+)"|(\S+)/g)].map(([, quoted, plain]) => {
      return quoted ?? plain!;
    });
    for (const name of names.slice(0, LIBRARIES_MAX)) {
      if (this.#addLibrary(name)) continue;
      this.#missing = true;
      const file = names.length > 1 && !statement.includes('"') ? [statement, name] : [name];
      const message = `The file of materials ${shown(file.join(' or '))} is not there.`;
      this.#report.warn('WARN_MATERIAL_MISSING', message, where);
    }
  }

  /** The material of a `usemtl` statement; undefined, with a warning, where none is defined. */
  get(name: string, where: Place): ObjMaterial | undefined {
    if (this.#made.has(name)) return this.#made.get(name);
    // Where the file of materials was renamed or moved with the model.
    if (!this.#known.has(name) && (this.#missing || this.#libraries.size === 0)) this.#addOwn();
    const found = this.#find(name);
    const made = found && this.#make(found);
    if (made === undefined && !this.#missing) {
      const message = `The material ${shown(name)} is in no file of materials.`;
      this.#report.warn('WARN_MATERIAL_MISSING', message, where);
    }
    this.#made.set(name, made);
    return made;
  }

  /** A material by its name, or one that is named but for a comment, or upper and lower case. */
  #find(name: string): MtlMaterial | undefined {
    const found = this.#known.get(name) ?? this.#known.get(withoutComment(name));
    if (found !== undefined || name === '') return found;
    const lower = name.toLowerCase();
    return [...this.#known.values()].find((material) => material.name.toLowerCase() === lower);
  }

  /** Reads the file that has the model's name. */
  #addOwn(): void {
    const base = this.#source.replace(/^.*[\\/]/, '');
    const found = [base.replace(/\.[^.]*$/, '.mtl'), `${base}.mtl`].some((name) => {
      return this.#libraries.has(name) || this.#addLibrary(name);
    });
    if (!found) this.#missing ||= this.#libraries.size === 0 && this.#warnNone();
  }

  #warnNone(): boolean {
    const message = 'Materials are used, and no file of materials is there.';
    this.#report.warn('WARN_MATERIAL_MISSING', message);
    return true;
  }

  #addLibrary(name: string): boolean {
    if (this.#libraries.has(name)) return true;
    if (name === '' || this.#libraries.size === LIBRARIES_MAX) return false;
    const bytes = this.#resolve?.(name);
    if (bytes === undefined) return false;
    this.#libraries.add(name);
    readMtl(bytes, name, this.#known);
    return true;
  }

  #make(material: MtlMaterial): ObjMaterial {
    const { maps, name, emission, ambient = WHITE, diffuse = ambient } = material;
    const opacity = opacityOf(material);
    if (opacity === undefined) {
      const message = `The material ${shown(name)} would not be seen, and was taken for opaque.`;
      this.#report.warn('WARN_OPACITY', message, {
        file: shown(material.file),
        object: shown(name),
      });
    }
    const black = diffuse.every((value) => value <= 0);
    const finish = finishOf(material, opacity ?? 1);
    // A few programs have the picture there only.
    const map = maps.get('map_kd') ?? maps.get('map_ka') ?? maps.get('map_ke');
    const texture = this.#texture(map, maps.get('map_d'), material);
    let color = diffuse;
    // The format multiplies both; but grey or black is what many write beside a picture, and
    // modellers show the picture as it is. Lamps need no other colour than their light.
    if (texture !== undefined && map !== undefined) color = WHITE;
    else if (black && emission.some((value) => value > 0)) {
      const brightest = Math.max(1, ...emission);
      color = emission.map((value) => value / brightest);
    }
    const [red, green, blue] = color.map(unitByte) as [number, number, number];
    return {
      ...PLAIN,
      color: pack(red, green, blue, 255),
      texture,
      ...(texture !== undefined && map ? { scale: map.scale, offset: map.offset } : {}),
      finish,
    };
  }

  #texture(
    map: PictureMap | undefined,
    opacity: PictureMap | undefined,
    material: MtlMaterial,
  ): Texture | undefined {
    let image = map && this.#image(map.name, material);
    if (opacity !== undefined) {
      const mask = this.#image(opacity.name, material);
      if (mask !== undefined) image = withOpacity(image, mask);
    }
    if (image === undefined) return undefined;
    const wrap = (map ?? opacity!).clamp ? 'clamp' : 'repeat';
    return { image, wrapU: wrap, wrapV: wrap, alpha: 'keep', cutoff: 0 };
  }

  /**
   * A picture, or where it is not there or cannot be read, one of its name and of another kind,
   * which people save beside those of their tools.
   */
  #image(name: string, { file, name: object }: MtlMaterial): Image | undefined {
    const key = `${posix.dirname(file)}\n${name}`;
    if (this.#images.has(key)) return this.#images.get(key);
    const names = [...new Set([name, withoutComment(name), name.replace(/^.*\s/, '')])];
    const bytes = this.#firstOf(names, file);
    let image = bytes && this.#loader.load(bytes, name);
    if (image === undefined) {
      const message = `The picture ${shown(name)} is not there`;
      const where = { file: shown(file), object: shown(object) };
      const stem = /^(.*)\.\w+$/.exec(names.at(-1)!)?.[1];
      const others = stem === undefined ? [] : KINDS.map((kind) => stem + kind);
      const other = this.#firstOf(others, file);
      if (other !== undefined) {
        image = this.#loader.load(other, name);
        const instead = `${message}, or not readable; one of another kind was taken.`;
        this.#report.warn('WARN_TEXTURE_MISSING', instead, where);
      } else if (bytes === undefined)
        this.#report.warn('WARN_TEXTURE_MISSING', `${message}.`, where);
    }
    this.#images.set(key, image);
    return image;
  }

  /** The first of some files that is there, beside the file of materials or beside the model. */
  #firstOf(names: readonly string[], file: string): Uint8Array | undefined {
    const folder = posix.dirname(file.replaceAll('\\', '/'));
    for (const name of names) {
      const bare = name.replace(/^.*[\\/]/, '');
      const places =
        folder === '.' ? [name] : [posix.join(folder, name), name, posix.join(folder, bare)];
      for (const place of places) {
        const bytes = this.#resolve?.(place);
        if (bytes !== undefined) return bytes;
      }
    }
    return undefined;
  }
}

/** A name without what looks like a comment behind it. */
function withoutComment(name: string): string {
  return name.replace(/\s+#.*$/, '');
}

/** Of pictures that are read, the most usual first. */
const KINDS = ['.png', '.jpg', '.jpeg', '.tga', '.bmp', '.webp'];

/** Of files of materials. */
const LIBRARIES_MAX = 256;
