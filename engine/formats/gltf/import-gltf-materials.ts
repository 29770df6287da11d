/**
 * The base colours of glTF materials. Textures are sampled at the nearest pixel whatever the file
 * asks for: blended pixels have colours that the model does not have.
 */

import type { Material } from '../../document/scene.ts';
import { ImageLoader, type Texture, type Wrap } from '../../mesh-import/texture.ts';
import { shown } from '../shown.ts';
import type { GltfFile, Json } from './import-gltf-file.ts';
import { finishOf, materialOf, tinted } from './import-gltf-finish.ts';
import { LIT_PIXELS_MAX, lightOf, withLight } from './import-gltf-glow.ts';

export interface GltfMaterial {
  /** Linear red, green, blue, and alpha: multiplied with the vertices' colours. */
  readonly factor: readonly number[];
  /** `opaque`: none counts. `mask`: alpha below `cutoff` is none, else full. */
  readonly alpha: Texture['alpha'];
  /** Fraction of one. */
  readonly cutoff: number;
  readonly texture: Texture | undefined;
  /** Which TEXCOORD the texture is laid by. */
  readonly texCoord: number;
  /** Takes (u, v) to the texture: u' = a u + c v + e, v' = b u + d v + f. */
  readonly uvMatrix: readonly number[];
  /** Of the layer, where the material shines or is of glass. */
  readonly finish: Material | undefined;
}

const DEFAULT: GltfMaterial = {
  factor: [1, 1, 1, 1],
  alpha: 'opaque',
  cutoff: 0,
  texture: undefined,
  texCoord: 0,
  uvMatrix: [1, 0, 0, 1, 0, 0],
  finish: undefined,
};

const WRAPS: ReadonlyMap<unknown, Wrap> = new Map([
  [33071, 'clamp'],
  [33648, 'mirror'],
  [10497, 'repeat'],
]);
const REPEAT = 10497;
const CUTOFF = 0.5;
/** The name of a material that stands for none in files of ours. */
const NO_MATERIAL = 'No material';

/** Where a texture's picture is said to be, the best kind first. */
const SOURCES = ['EXT_texture_webp', undefined, 'EXT_texture_avif', 'KHR_texture_basisu'];

type Image = Texture['image'];

export class GltfMaterials {
  readonly #file: GltfFile;
  readonly #images: ImageLoader;
  readonly #known = new Map<string, GltfMaterial>();
  #lit_pixels_left = LIT_PIXELS_MAX;
  readonly #loaded = new Map<unknown, Image | undefined>();

  constructor(file: GltfFile) {
    this.#file = file;
    this.#images = new ImageLoader(file.source, file.report);
  }

  /**
   * A primitive's material; the default one when it names none, or one that is not there.
   *
   * @param painted whether the vertices have colours of their own
   */
  get(index: unknown, painted = false): GltfMaterial {
    if (index === undefined) return DEFAULT;
    const key = `${shown(index)} ${painted}`;
    let material = this.#known.get(key);
    if (material === undefined) {
      const read = () => {
        const json = this.#file.item('materials', index);
        return this.#read(json, `materials[${shown(index)}]`, painted);
      };
      material = this.#file.attempt('WARN_MATERIAL_MISSING', read) ?? DEFAULT;
      this.#known.set(key, material);
    }
    return material;
  }

  #read(json: Json, where: string, painted: boolean): GltfMaterial {
    const file = this.#file;
    const gloss = file.extension(json, 'KHR_materials_pbrSpecularGlossiness');
    const pbr = gloss ?? file.object(json.pbrMetallicRoughness ?? {}, where);
    const factorName = gloss === undefined ? 'baseColorFactor' : 'diffuseFactor';
    const textureName = gloss === undefined ? 'baseColorTexture' : 'diffuseTexture';
    const given = file.numbers(pbr[factorName], 4, `${where}.${factorName}`) ?? DEFAULT.factor;
    const mode = json.alphaMode ?? 'OPAQUE';
    const alpha = mode === 'MASK' ? 'mask' : mode === 'BLEND' ? 'keep' : 'opaque';
    const [cutoff] = file.numbers([json.alphaCutoff ?? CUTOFF], 1, `${where}.alphaCutoff`)!;
    const seen = this.#seen(given, alpha, cutoff!, where);
    // Voxels are opaque, since most formats hold no others; the layer's material is of glass.
    const opacity = alpha !== 'keep' || file.isGoxels || file.likeGoxel ? 1 : Math.min(seen[3]!, 1);
    const factor = opacity < 1 ? [...seen.slice(0, 3), 1] : seen;
    const plain: GltfMaterial = { ...DEFAULT, factor, alpha, cutoff: cutoff! };
    const laid = this.#laid(pbr[textureName], plain, `${where}.${textureName}`);
    const light = this.#light(json, `${where}.emissiveFactor`);
    const glow = light && this.#glow(json, laid, factor, light, where);
    const emission = glow === undefined ? light : glow.emission;
    // What Goxel and we write has the voxels' colours in vertices or a picture, and a material.
    if (file.isGoxels && !file.likeGoxel && (painted || laid.texture !== undefined)) {
      const { name } = json;
      if (name === NO_MATERIAL) return { ...laid, factor: DEFAULT.factor, alpha: 'keep' };
      const own = materialOf(file, json, emission ?? [0, 0, 0], pbr, where);
      const finish = { ...own, color: Float32Array.from(factor) };
      return { ...laid, factor: DEFAULT.factor, finish };
    }
    const black = laid.texture === undefined && factor.slice(0, 3).every((value) => value <= 0);
    const finish = finishOf(file, json, emission ?? [0, 0, 0], pbr, where, opacity);
    // Lamps need no other colour than their light.
    const shining = black && emission !== undefined ? [...emission, factor[3]!] : factor;
    if (glow?.laid !== undefined) return { ...glow.laid, finish };
    return { ...laid, factor: tinted(file, json, shining), finish };
  }

  /** A colour that would not be seen at all is opaque; nobody makes a thing to be unseen. */
  #seen(
    factor: readonly number[],
    alpha: Texture['alpha'],
    cutoff: number,
    where: string,
  ): readonly number[] {
    const file = this.#file;
    const opacity = factor[3]!;
    const isSeen = alpha === 'mask' ? opacity >= cutoff : opacity > 0;
    if (isSeen || alpha === 'opaque' || file.likeGoxel) return factor;
    const message = 'A material would not be seen at all, and was taken for opaque.';
    file.report.warn('WARN_OPACITY', message, { object: where });
    return [...factor.slice(0, 3), 1];
  }

  /** The light of a material, linear, which a picture may multiply; undefined for none. */
  #light(json: Json, where: string): number[] | undefined {
    const file = this.#file;
    const factor = file.numbers(json.emissiveFactor, 3, where) ?? [0, 0, 0];
    if (!factor.some((value) => value > 0)) return undefined;
    const strong = file.extension(json, 'KHR_materials_emissive_strength');
    const [strength] = file.numbers([strong?.emissiveStrength ?? 1], 1, where)!;
    return factor.map((value) => value * strength!);
  }

  /**
   * What a picture of light makes of a material: its colours with the light on top, and light of
   * its own where it shines all over. Undefined without such a picture.
   */
  #glow(
    json: Json,
    base: GltfMaterial,
    factor: readonly number[],
    light: readonly number[],
    where: string,
  ): { laid?: GltfMaterial; emission?: number[] } | undefined {
    const file = this.#file;
    if (json.emissiveTexture === undefined) return undefined;
    const plain = { ...DEFAULT, alpha: base.alpha, cutoff: base.cutoff };
    const glow = file.likeGoxel
      ? plain
      : this.#laid(json.emissiveTexture, plain, `${where}.emissiveTexture`);
    const [own, image] = [base.texture?.image, glow.texture?.image];
    const emission = image && lightOf(image, light);
    if (emission === undefined) {
      const message = 'Light that a picture says where it comes from is kept as colour only.';
      file.report.warn('WARN_MATERIALS_LOST', message, { object: where });
    }
    const found = emission === undefined ? {} : { emission };
    if (image === undefined || glow.texture === undefined) return found;
    const isLaidAlike =
      base.texture === undefined ||
      (base.texCoord === glow.texCoord && base.uvMatrix.every((v, i) => v === glow.uvMatrix[i]));
    const pixels = own === undefined ? image.width * image.height : own.width * own.height;
    if (!isLaidAlike || pixels > this.#lit_pixels_left) return found;
    this.#lit_pixels_left -= pixels;
    const texture = {
      ...(base.texture ?? glow.texture),
      image: withLight(own, factor, image, light),
    };
    const laid = { ...(base.texture === undefined ? glow : base), texture };
    return { ...found, laid: { ...laid, factor: [1, 1, 1, factor[3]!] } };
  }

  #laid(value: unknown, plain: GltfMaterial, where: string): GltfMaterial {
    if (value === undefined) return plain;
    const file = this.#file;
    const laid = file.attempt('WARN_DETAIL_SKIPPED', () => {
      const info = file.object(value, where);
      // The factor's alpha is not 0 where it matters: such a material is cut off wholly.
      const byteCutoff = (255 * plain.cutoff) / Math.max(plain.factor[3]!, Number.MIN_VALUE);
      const texture = this.#texture(file.item('textures', info.index), plain.alpha, byteCutoff);
      const moved = file.extension(info, 'KHR_texture_transform') ?? {};
      const texCoord = file.whole(moved.texCoord ?? info.texCoord, 0, `${where}.texCoord`);
      return { texture, texCoord, uvMatrix: this.#uvMatrix(moved, where) };
    });
    return { ...plain, ...laid };
  }

  /** Undefined when no picture is to be had: the material is its factor then. */
  #texture(json: Json, alpha: Texture['alpha'], cutoff: number): Texture | undefined {
    const file = this.#file;
    const image = this.#imageOf(json);
    if (image === undefined) return undefined;
    const sampler = json.sampler === undefined ? {} : file.item('samplers', json.sampler);
    const wrap = (value: unknown = REPEAT) =>
      WRAPS.get(value) ?? file.fail(`a sampler has the wrap mode ${shown(value)}`);
    return { image, wrapU: wrap(sampler.wrapS), wrapV: wrap(sampler.wrapT), alpha, cutoff };
  }

  /** The first picture that can be read, of those that are given for a texture. */
  #imageOf(json: Json): Image | undefined {
    for (const extension of SOURCES) {
      const from = extension === undefined ? json : this.#file.extension(json, extension);
      if (from?.source === undefined) continue;
      const image = this.#image(from.source);
      if (image !== undefined) return image;
    }
    return undefined;
  }

  #image(index: unknown): Image | undefined {
    if (this.#loaded.has(index)) return this.#loaded.get(index);
    const file = this.#file;
    const name = `images[${shown(index)}]`;
    const image = file.attempt('WARN_TEXTURE_UNREADABLE', () => {
      const json = file.item('images', index);
      const own = json.bufferView !== undefined;
      const bytes = own ? file.view(json.bufferView).bytes : this.#beside(json.uri, `${name}.uri`);
      return bytes && this.#images.load(bytes, own ? name : (nameOf(json.uri) ?? name));
    });
    this.#loaded.set(index, image);
    return image;
  }

  /** A picture of another file, or one that lies in the text. */
  #beside(uri: unknown, where: string): Uint8Array | undefined {
    const bytes = this.#file.uri(uri, where);
    if (bytes !== undefined) return bytes;
    const message = `The picture ${JSON.stringify(shown(uri))} is not there.`;
    this.#file.report.warn('WARN_TEXTURE_MISSING', message, { object: where });
    return undefined;
  }

  /** KHR_texture_transform: scale, then rotation, then offset. */
  #uvMatrix(moved: Json, where: string): number[] {
    const file = this.#file;
    const [e, f] = file.numbers(moved.offset, 2, `${where} offset`) ?? [0, 0];
    const [sx, sy] = file.numbers(moved.scale, 2, `${where} scale`) ?? [1, 1];
    const [angle] = file.numbers([moved.rotation ?? 0], 1, `${where} rotation`)!;
    const [cos, sin] = [Math.cos(angle!), Math.sin(angle!)];
    return [cos * sx!, -sin * sx!, sin * sy!, cos * sy!, e!, f!];
  }
}

/** A picture's own name, unless it lies in the text. */
function nameOf(uri: unknown): string | undefined {
  return typeof uri === 'string' && !/^data:/i.test(uri) ? uri : undefined;
}
