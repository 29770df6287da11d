/**
 * Reads .3mf files (3MF Core Specification 1.3, https://3mf.io/spec/): the objects that are built,
 * placed by their transforms, with the colours and pictures of the Materials and Properties
 * Extension. Z is up; a unit is what the file calls its unit, mostly a millimetre.
 */

import { GoxError } from '../../../conf/errors.ts';
import type { Document } from '../../document/document.ts';
import { checkInterrupt } from '../../interrupt.ts';
import { type Part, TriangleSoup } from '../../mesh-import/soup.ts';
import { ImageLoader } from '../../mesh-import/texture.ts';
import { voxelize } from '../../mesh-import/voxelize.ts';
import type { ImportOptions } from '../format.ts';
import { voxelLengthIn } from '../meshes/voxel-mark.ts';
import { Report } from '../report.ts';
import { shown } from '../shown.ts';
import { XmlReader } from '../xml/xml-reader.ts';
import { drawObject } from './draw.ts';
import type { Component, Matrix, Model, ObjectOf3mf } from './model.ts';
import { type Around, ModelReader } from './model-reader.ts';
import { Slicer } from './slicer.ts';
import { Zip } from './zip.ts';

const MODEL_TYPE = /\/3dmodel$/;
const IDENTITY: Matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0];

/** Components within one another. */
const DEPTH_MAX = 64;
/** Objects that are placed, each time: components of components can double at each level. */
const PLACED_MAX = 2 ** 18;
/** Of the objects, each time that they are placed. */
const NUMBERS_MAX = 2 ** 26;
/** Model parts and pictures of one file. */
const PARTS_MAX = 1024;

export function read3mf(bytes: Uint8Array, source: string, options: ImportOptions = {}): Document {
  return voxelize(new Reader(bytes, source, options).read(), false, options);
}

class Reader implements Around {
  readonly source: string;
  readonly report: Report;
  readonly #zip: Zip;
  readonly #soup: TriangleSoup;
  readonly #loader: ImageLoader;
  readonly #models = new Map<string, Model | undefined>();
  readonly #images = new Map<string, ReturnType<ImageLoader['load']>>();
  readonly #slicer: Slicer;
  #refusal: GoxError | undefined;
  readonly #parts = new Map<string, Part>();
  #left = NUMBERS_MAX;

  constructor(bytes: Uint8Array, source: string, { report = new Report() }: ImportOptions) {
    this.source = source;
    this.report = report;
    this.#zip = new Zip(bytes, source);
    this.#soup = new TriangleSoup(source);
    this.#loader = new ImageLoader(source, report);
    this.#slicer = this.#sliced();
  }

  read(): TriangleSoup {
    const path = this.#start();
    const model = this.#model(path);
    if (model === undefined) throw this.#refusal ?? this.#missing(path);
    const items = model.items.length > 0 ? model.items : everything(model);
    this.#place(model, items);
    this.#soup.voxel_length = voxelLengthIn(model.application);
    if (this.#soup.empty && this.#refusal !== undefined) throw this.#refusal;
    return this.#soup;
  }

  /** Without what a slicer says, where that is damaged. */
  #sliced(): Slicer {
    try {
      return new Slicer(this.#zip, this.source, this.report);
    } catch (error) {
      if (!(error instanceof GoxError && error.code.startsWith('GOX_FORMAT'))) throw error;
      this.report.warn('WARN_DETAIL_SKIPPED', error.message);
      return new Slicer(undefined, this.source, this.report);
    }
  }

  image(path: string) {
    if (this.#images.has(path) || this.#images.size === PARTS_MAX) return this.#images.get(path);
    const bytes = this.#zip.part(path);
    const image = bytes && this.#loader.load(bytes, path);
    if (bytes === undefined) {
      this.report.warn('WARN_TEXTURE_MISSING', `The picture ${shown(path)} is not there.`);
    }
    this.#images.set(path, image);
    return image;
  }

  /** The part that the package begins with. */
  #start(): string {
    try {
      const found = this.#related();
      if (found !== undefined) return found;
    } catch (error) {
      if (!(error instanceof GoxError && error.code === 'GOX_FORMAT_BROKEN')) throw error;
      this.report.warn('WARN_DETAIL_SKIPPED', error.message);
    }
    const name = this.#zip.names.find((each) => /\.model$/i.test(each));
    return name ?? this.#fail('it holds no model');
  }

  #related(): string | undefined {
    const relations = this.#zip.part('_rels/.rels');
    if (relations === undefined) return undefined;
    const xml = new XmlReader(relations, `_rels/.rels of ${this.source}`);
    for (let kind = xml.next(); kind !== undefined; kind = xml.next()) {
      if (kind !== 'open' || xml.name !== 'Relationship') continue;
      if (MODEL_TYPE.test(xml.attribute('Type') ?? '')) return xml.attribute('Target');
    }
    return undefined;
  }

  /** A model part; undefined, and a warning, when it cannot be read. */
  #model(path: string): Model | undefined {
    if (this.#models.has(path)) return this.#models.get(path);
    let model: Model | undefined;
    try {
      if (this.#models.size === PARTS_MAX) throw this.#missing(path);
      const bytes = this.#zip.part(path);
      if (bytes === undefined) throw this.#missing(path);
      const xml = new XmlReader(bytes, `${shown(path)} of ${this.source}`);
      model = new ModelReader(this, xml, path).read();
    } catch (error) {
      if (!(error instanceof GoxError && error.code.startsWith('GOX_FORMAT'))) throw error;
      this.#refusal ??= error;
      if (this.#models.size > 0) this.report.warn('WARN_FACES_SKIPPED', error.message);
    }
    this.#models.set(path, model);
    return model;
  }

  /** Draws objects and what they are put together of. */
  #place(start: Model, items: readonly Component[]): void {
    const first = { model: start, name: '', depth: 0 };
    const waiting = items.map((item) => ({ ...item, ...first, root: item.object })).reverse();
    let placed = waiting.length;
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      checkInterrupt();
      const { path, object: id, depth, root } = next;
      const model = path === undefined ? next.model : this.#model(path);
      const object = model?.objects.get(id);
      if (model === undefined || object === undefined || depth > DEPTH_MAX) {
        const message = `The object ${shown(id)} cannot be placed.`;
        this.report.warn('WARN_FACES_SKIPPED', message);
        continue;
      }
      // Parts of a package may be measured by units of their own.
      const matrix = scaled(next.matrix, model.unit / next.model.unit);
      const name = next.name || object.name || this.#slicer.nameOf(root);
      const hidden = next.hidden || object.hidden;
      placed += object.components.length;
      this.#spend(object.positions.length + object.triangles.length + object.groups.length);
      if (placed > PLACED_MAX) this.#refuse('objects', PLACED_MAX);
      this.#draw(model, { id, root, matrix, name, hidden }, object);
      for (const component of object.components.toReversed()) {
        const joined = product(component.matrix, matrix);
        const at = { model, name, depth: depth + 1, root, hidden: hidden || component.hidden };
        waiting.push({ ...component, ...at, matrix: joined });
      }
    }
  }

  #draw(model: Model, placed: Placed, object: ObjectOf3mf): void {
    const { id, root, matrix, name, hidden } = placed;
    const isSolid = this.#slicer.isSolid(root, id);
    const colorOf = this.#slicer.painter(root, id, object.paints);
    const draw = (isDrawn: (triangle: number) => boolean) => {
      return drawObject(this.#soup, model, object, matrix, { colorOf, isDrawn });
    };
    this.#begin(name, hidden);
    let skipped = draw(isSolid);
    if (this.#slicer.changes(root, id)) {
      this.#begin(`${name} (modifier)`.trim(), true);
      skipped += draw((triangle) => !isSolid(triangle));
    }
    if (skipped === 0) return;
    const message = `The object ${shown(name)} has faces whose corners are nowhere.`;
    this.report.warn('WARN_FACES_SKIPPED', message, { object: shown(name) }, skipped);
    this.#refusal ??= this.#broken(`${this.source} is damaged: ${message}`);
  }

  #begin(name: string, hidden: boolean): void {
    const key = `${hidden} ${name}`;
    const part = { name: shown(name), ...(hidden && { hidden }) };
    if (!this.#parts.has(key)) this.#parts.set(key, part);
    this.#soup.begin(this.#parts.get(key)!);
  }

  #fail(what: string): never {
    throw this.#broken(`${this.source} is damaged: ${what}.`);
  }

  #broken(message: string): GoxError {
    return new GoxError('GOX_FORMAT_BROKEN', message, { file: this.source });
  }

  #missing(path: string): GoxError {
    return this.#broken(`${this.source} is damaged: there is no part ${shown(path)}.`);
  }

  /** Objects may be placed again and again. */
  #spend(numbers: number): void {
    this.#left -= numbers;
    if (this.#left < 0) this.#refuse('numbers', NUMBERS_MAX);
  }

  #refuse(what: string, most: number): never {
    const message = `${this.source} places more than ${most} ${what}.`;
    const facts = { file: this.source, [`${what}_max`]: most };
    throw new GoxError('GOX_MEMORY_LIMIT', message, facts);
  }
}

interface Placed {
  readonly id: string;
  /** The object that is built, of which it is a part. */
  readonly root: string;
  readonly matrix: Matrix;
  readonly name: string;
  readonly hidden: boolean;
}

/** Of an object that is so many times larger before it is placed. */
function scaled(matrix: Matrix, by: number): Matrix {
  return by === 1 ? matrix : matrix.map((value, i) => (i < 9 ? value * by : value));
}

/** What is put together of nothing that is built: the objects that are no components. */
function everything({ objects }: Model): Component[] {
  const used = new Set(
    [...objects.values()].flatMap(({ components }) => components.map(({ object }) => object)),
  );
  const alone = [...objects.keys()].filter((id) => !used.has(id));
  return alone.map((object) => ({ path: undefined, object, matrix: IDENTITY, hidden: false }));
}

/** What a does and then b. */
function product(a: Matrix, b: Matrix): Matrix {
  return a.map((_, i) => {
    const [row, column] = [i - (i % 3), i % 3];
    const moved = row === 9 ? b[9 + column]! : 0;
    return (
      a[row]! * b[column]! + a[row + 1]! * b[3 + column]! + a[row + 2]! * b[6 + column]! + moved
    );
  });
}
