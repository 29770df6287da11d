/** The materials of COLLADA: what their effects (profile_COMMON) say of colour. */

import { type Material, newMaterial } from '../../document/scene.ts';
import { unitByte } from '../../mesh-import/srgb.ts';
import { ImageLoader, type Texture } from '../../mesh-import/texture.ts';
import { pack } from '../../volume/color.ts';
import type { ImportOptions } from '../format.ts';
import type { Report } from '../report.ts';
import { shown } from '../shown.ts';
import { childOf, childrenOf, type DaeTree, type Element, numbersOf } from './dae-tree.ts';

export interface DaeMaterial {
  /** Packed, and white beside a texture. */
  readonly color: number;
  readonly texture: Texture | undefined;
  /** What the texture's coordinates are called where the material is bound. */
  readonly coordinates: string | undefined;
  /** Of the layer, where the material shines or lets light through. */
  readonly finish: Material | undefined;
}

const SHADERS = ['phong', 'lambert', 'blinn', 'constant'];
/** Clearer glass would not be seen. */
const OPACITY_MIN = 0.2;
const LUMINANCE = [0.212_671, 0.715_16, 0.072_169];

type Image = Texture['image'];

export class DaeMaterials {
  readonly #tree: DaeTree;
  readonly #resolve: ImportOptions['resolve'];
  readonly #report: Report;
  readonly #loader: ImageLoader;
  readonly #known = new Map<Element, DaeMaterial | undefined>();
  readonly #images = new Map<string, Image | undefined>();

  constructor(tree: DaeTree, resolve: ImportOptions['resolve'], report: Report) {
    this.#tree = tree;
    this.#resolve = resolve;
    this.#report = report;
    this.#loader = new ImageLoader(tree.source, report);
  }

  /** The material at a URL; undefined, and a warning, when there is none. */
  get(url: string | undefined): DaeMaterial | undefined {
    const material = this.#tree.find(url);
    const effect = this.#tree.find(childOf(material, 'instance_effect')?.attributes.get('url'));
    if (effect === undefined) {
      const message = `The material ${shown(url)} is not there.`;
      this.#report.warn('WARN_MATERIAL_MISSING', message);
      return undefined;
    }
    if (!this.#known.has(effect)) this.#known.set(effect, this.#read(effect));
    return this.#known.get(effect);
  }

  #read(effect: Element): DaeMaterial | undefined {
    const profile = childOf(effect, 'profile_COMMON');
    const technique = childOf(profile, 'technique');
    const shader = technique?.children.find(({ name }) => SHADERS.includes(name));
    if (profile === undefined || shader === undefined) return undefined;
    const name = shown(effect.attributes.get('id'));
    const opacity = this.#opacity(shader, name);
    const params = paramsOf(profile, technique);
    const diffuse = childOf(shader, 'diffuse') ?? childOf(shader, 'emission');
    const map = childOf(diffuse, 'texture');
    const texture = map && this.#texture(params, map, name);
    const own = colorOf(diffuse, params);
    const known = texture === undefined && own.length >= 3 && own.every(Number.isFinite);
    const light = colorOf(childOf(shader, 'emission'), params).slice(0, 3);
    const isLamp = light.length === 3 && light.every(Number.isFinite) && light.some((v) => v > 0);
    // Lamps need no other colour than their light.
    const black = known && own.slice(0, 3).every((value) => value <= 0);
    const [red, green, blue] = black && isLamp ? light : known ? own : [1, 1, 1];
    if (diffuse?.name === 'diffuse' && childOf(shader, 'emission', 'texture') !== undefined) {
      const message = 'Light that a picture says where it comes from was left out.';
      this.#report.warn('WARN_MATERIALS_LOST', message, { object: name });
    }
    const finish = {
      ...newMaterial(name),
      color: Float32Array.of(1, 1, 1, Math.max(opacity, OPACITY_MIN)),
      ...(isLamp ? { emission: Float32Array.from(light) } : {}),
    };
    return {
      finish: isLamp || opacity < 1 ? finish : undefined,
      // Voxels are opaque: most formats hold no others.
      color: pack(unitByte(red!), unitByte(green!), unitByte(blue!), 255),
      texture,
      coordinates: map?.attributes.get('texcoord'),
    };
  }

  /** 0…1. What would not be seen at all is opaque: programs differ about which end is which. */
  #opacity(shader: Element, object: string): number {
    const transparent = childOf(shader, 'transparent');
    const amount = Number(childOf(shader, 'transparency', 'float')?.text ?? 1);
    const mode = transparent?.attributes.get('opaque') ?? 'A_ONE';
    const color = numbersOf(childOf(transparent, 'color')?.text ?? '1 1 1 1');
    const light = LUMINANCE.reduce((sum, part, i) => sum + part * (color[i] ?? 1), 0);
    const part = mode.startsWith('RGB') ? light : (color[3] ?? 1);
    const opacity = mode.endsWith('ZERO') ? 1 - part * amount : part * amount;
    if (opacity > 0) return Math.min(opacity, 1);
    const message = `The material ${object} would not be seen, and was taken for opaque.`;
    this.#report.warn('WARN_OPACITY', message, { object });
    return 1;
  }

  #texture(params: Params, map: Element, object: string): Texture | undefined {
    const name = map.attributes.get('texture') ?? '';
    const sampler = childOf(params.get(name), 'sampler2D');
    const surface = childOf(params.get(childOf(sampler, 'source')?.text.trim()), 'surface');
    // 1.5 names the picture in the sampler; some files do without either, and name the picture.
    const instance = childOf(sampler, 'instance_image')?.attributes.get('url')?.slice(1);
    const id = instance ?? childOf(surface, 'init_from')?.text.trim() ?? name;
    const image = this.#image(id, object);
    if (image === undefined) return undefined;
    const wrap = (which: string) => {
      const mode = childOf(sampler, which)?.text.trim();
      return mode === 'MIRROR' ? 'mirror' : mode === 'CLAMP' ? 'clamp' : 'repeat';
    };
    return { image, wrapU: wrap('wrap_s'), wrapV: wrap('wrap_t'), alpha: 'keep', cutoff: 0 };
  }

  #image(id: string, object: string): Image | undefined {
    if (this.#images.has(id)) return this.#images.get(id);
    const image = this.#tree.byId(id);
    const from = childOf(image, 'init_from');
    // Pictures may lie in the file, as hexadecimal digits.
    const digits = childOf(image, 'data')?.text ?? childOf(from, 'hex')?.text;
    const path = (childOf(from, 'ref')?.text ?? from?.text ?? '').trim();
    const name = path === '' ? id : nameOf(path);
    const bytes =
      digits === undefined
        ? [name, /^file:/i.test(path) ? '' : path]
            .map((each) => (each ? this.#resolve?.(each) : undefined))
            .find(Boolean)
        : Buffer.from(digits.replace(/\s+/g, ''), 'hex');
    if (bytes === undefined) {
      const message = `The picture ${shown(path || id)} is not there.`;
      this.#report.warn('WARN_TEXTURE_MISSING', message, { object });
    }
    const loaded = bytes && this.#loader.load(bytes, name);
    this.#images.set(id, loaded);
    return loaded;
  }
}

type Params = ReadonlyMap<string | undefined, Element>;

/** What a profile and its technique declare, by their names. */
function paramsOf(...places: readonly (Element | undefined)[]): Params {
  const all = places.flatMap((place) => childrenOf(place, 'newparam'));
  return new Map(all.map((param) => [param.attributes.get('sid'), param]));
}

/** The numbers of a colour, which may be a parameter. */
function colorOf(element: Element | undefined, params: Params): number[] {
  const named = params.get(childOf(element, 'param')?.attributes.get('ref'));
  const value = named?.children.find(({ name }) => /^float[34]$/.test(name));
  return numbersOf((childOf(element, 'color') ?? value)?.text ?? '');
}

/** Of a URI: without its scheme, and with its characters as they are. */
function nameOf(path: string): string {
  const bare = path.replace(/^file:\/*(?=[a-z]:)/i, '').replace(/^file:\/\//i, '');
  try {
    return decodeURIComponent(bare);
  } catch {
    return bare;
  }
}
