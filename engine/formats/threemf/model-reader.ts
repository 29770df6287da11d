/**
 * Reads a model part of a .3mf file: 3MF Core Specification 1.3 and its Materials and Properties
 * Extension 1.2 (https://github.com/3MFConsortium), beams of the Beam Lattice Extension, and where
 * the Production Extension says that objects are in other parts.
 */

import { GoxError } from '../../../conf/errors.ts';
import { WHITE } from '../../mesh-import/soup.ts';
import type { Texture, Wrap } from '../../mesh-import/texture.ts';
import { pack } from '../../volume/color.ts';
import type { Report } from '../report.ts';
import { shown } from '../shown.ts';
import { type XmlReader, xmlNumber } from '../xml/xml-reader.ts';
import { type Component, type Matrix, type Model, ObjectOf3mf } from './model.ts';

const IDENTITY: Matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0];
const WRAPS: ReadonlyMap<unknown, Wrap> = new Map([
  ['mirror', 'mirror'],
  ['clamp', 'clamp'],
  ['none', 'clamp'],
]);

/** Extensions that a model may require: what they add is read, or is not about its looks. */
const KNOWN = /\/(?:core|material|production|beamlattice|trianglesets|slice)\/\d{4}\/\d{2}$/;

/** Types of objects that stand for no part of the model. */
const HIDDEN = /^(?:support|solidsupport|other)$/;

/** How long units are, in millimetres. */
const UNITS: ReadonlyMap<string | undefined, number> = new Map([
  ['micron', 0.001],
  ['centimeter', 10],
  ['inch', 25.4],
  ['foot', 304.8],
  ['meter', 1000],
]);

/** The file around the part. */
export interface Around {
  readonly source: string;
  readonly report: Report;
  /** The pixels of a picture of the file; undefined, and a warning, without any. */
  image(path: string): Texture['image'] | undefined;
}

export class ModelReader {
  readonly #around: Around;
  readonly #xml: XmlReader;
  readonly #model: Model;
  readonly #textures = new Map<string, Texture | undefined>();
  /** What is being read. */
  #object: ObjectOf3mf | undefined;
  #colors: number[] = [];
  #uvs: number[] = [];
  #indices: number[] = [];
  #mixed: readonly number[] = [];

  constructor(around: Around, xml: XmlReader, path: string) {
    this.#around = around;
    this.#xml = xml;
    this.#model = {
      ...{ path, application: '', unit: 1 },
      ...{ objects: new Map(), properties: new Map(), items: [] },
    };
  }

  /** Throws GOX_FORMAT_BROKEN, and GOX_FORMAT_UNSUPPORTED for extensions that are required. */
  read(): Model {
    const xml = this.#xml;
    if (xml.next() !== 'open' || xml.name !== 'model') xml.fail('it is no model');
    this.#model.unit = UNITS.get(xml.attribute('unit')) ?? 1;
    this.#requireKnown();
    let isApplication = false;
    for (let kind = xml.next(); kind !== undefined; kind = xml.next()) {
      if (kind === 'open') {
        isApplication = xml.name === 'metadata' && xml.attribute('name') === 'Application';
        this.#open(xml.name);
      } else if (xml.name === 'object') this.#object = undefined;
      else if (xml.name === 'metadata' && isApplication) this.#model.application = xml.text;
    }
    return this.#model;
  }

  /** The model names extensions by the prefixes that it gives them. */
  #requireKnown(): void {
    const prefixes = this.#xml.attribute('requiredextensions') ?? '';
    for (const prefix of prefixes.split(/\s+/).filter(Boolean)) {
      const name = this.#xml.attribute(prefix) ?? prefix;
      if (KNOWN.test(name)) continue;
      const { source: file } = this.#around;
      const extension = shown(name);
      const message = `${file} requires the 3MF extension ${extension}, which is not supported.`;
      throw new GoxError('GOX_FORMAT_UNSUPPORTED', message, { file, extension });
    }
  }

  #open(name: string): void {
    if (name === 'vertex')
      this.#object?.addVertex(this.#number('x'), this.#number('y'), this.#number('z'));
    else if (name === 'triangle') this.#addTriangle();
    else if (name === 'object') this.#beginObject();
    else if (name === 'component') this.#object?.components.push(this.#component());
    else if (name === 'item') this.#model.items.push(this.#component());
    else if (name === 'beam') this.#object?.beams.push(this.#number('v1'), this.#number('v2'));
    else this.#openProperty(name);
  }

  #openProperty(name: string): void {
    const xml = this.#xml;
    const id = xml.attribute('id') ?? '';
    const { properties } = this.#model;
    if (name === 'base') this.#colors.push(colorOf(xml.attribute('displaycolor')));
    else if (name === 'color') this.#colors.push(colorOf(xml.attribute('color')));
    else if (name === 'tex2coord') this.#uvs.push(this.#number('u'), 1 - this.#number('v'));
    else if (name === 'basematerials' || name === 'colorgroup') {
      this.#colors = [];
      properties.set(id, { kind: 'colors', colors: this.#colors });
    } else if (name === 'texture2d') this.#addTexture(id);
    else if (name === 'texture2dgroup') {
      const texture = this.#textures.get(xml.attribute('texid') ?? '');
      this.#uvs = [];
      properties.set(id, { kind: 'texture', texture, uvs: this.#uvs });
    } else if (name === 'compositematerials') this.#beginMixtures(id);
    else if (name === 'composite') this.#colors.push(mixed(this.#mixed, xml.attribute('values')));
    else if (name === 'multiproperties') {
      const of = xml.attribute('pids')?.split(/\s+/)[0] ?? '';
      this.#indices = [];
      properties.set(id, { kind: 'several', of, indices: this.#indices });
    } else if (name === 'multi') {
      this.#indices.push(Number.parseInt(xml.attribute('pindices') ?? '', 10) || 0);
    }
  }

  /** Colours that are mixed of some of a group of materials. */
  #beginMixtures(id: string): void {
    const xml = this.#xml;
    const materials = this.#model.properties.get(xml.attribute('matid') ?? '');
    const places = xml.attribute('matindices')?.split(/\s+/).map(Number) ?? [];
    const colors = materials?.kind === 'colors' ? materials.colors : [];
    this.#mixed = places.map((place) => colors[place] ?? WHITE);
    this.#colors = [];
    this.#model.properties.set(id, { kind: 'colors', colors: this.#colors });
  }

  #addTexture(id: string): void {
    const xml = this.#xml;
    const image = this.#around.image(xml.attribute('path') ?? '');
    const wrap = (name: string) => WRAPS.get(xml.attribute(name)) ?? 'repeat';
    const wraps = { wrapU: wrap('tilestyleu'), wrapV: wrap('tilestylev') };
    this.#textures.set(id, image && { image, ...wraps, alpha: 'keep', cutoff: 0 });
  }

  #beginObject(): void {
    const xml = this.#xml;
    const name = xml.attribute('name') ?? '';
    const place = Math.trunc(Number(xml.attribute('pindex') ?? 0));
    this.#object = new ObjectOf3mf(name, xml.attribute('pid'), place);
    this.#object.hidden = HIDDEN.test(xml.attribute('type') ?? '');
    this.#model.objects.set(xml.attribute('id') ?? '', this.#object);
  }

  #addTriangle(): void {
    const object = this.#object;
    if (object === undefined) return;
    const xml = this.#xml;
    const own = xml.attribute('pid');
    const p1 = xml.attribute('p1');
    const pid = own ?? object.pid;
    const first = p1 === undefined ? object.pindex : this.#number('p1');
    const other = (name: string) => (p1 === undefined ? first : this.#number(name, first));
    // Bambu Studio and OrcaSlicer, and PrusaSlicer.
    const paint = xml.attribute('paint_color') ?? xml.attribute('mmu_segmentation');
    if (paint) object.paints.set(object.count, paint);
    object.addTriangle([this.#number('v1'), this.#number('v2'), this.#number('v3')], pid, [
      first,
      other('p2'),
      other('p3'),
    ]);
  }

  #component(): Component {
    const xml = this.#xml;
    const text = xml.attribute('transform');
    const matrix = text?.trim().split(/\s+/).map(Number) ?? IDENTITY;
    const isOne = matrix.length === 12 && matrix.every(Number.isFinite);
    if (!isOne) {
      const message = `The transform ${shown(text)} is not 12 numbers.`;
      this.#around.report.warn('WARN_DETAIL_SKIPPED', message);
    }
    return {
      path: xml.attribute('path'),
      object: xml.attribute('objectid') ?? '',
      matrix: isOne ? matrix : IDENTITY,
      hidden: xml.attribute('printable') === '0',
    };
  }

  /** NaN for what is none. */
  #number(name: string, missing = Number.NaN): number {
    const text = this.#xml.attribute(name);
    return text === undefined ? missing : xmlNumber(text);
  }
}

/** `#RRGGBB` or `#RRGGBBAA`; white when it is neither. */
export function colorOf(text: string | undefined): number {
  const digits = /^\s*#([\da-f]{6})([\da-f]{2})?\s*$/i.exec(text ?? '');
  if (digits === null) return WHITE;
  const rgb = Number.parseInt(digits[1]!, 16);
  const alpha = digits[2] === undefined ? 255 : Number.parseInt(digits[2], 16);
  return pack(rgb >> 16, (rgb >> 8) & 255, rgb & 255, alpha);
}

/** Colours, each by its part of the sum. */
function mixed(colors: readonly number[], values = ''): number {
  const parts = values.trim().split(/\s+/).map(Number);
  const sum = parts.reduce((a, b) => a + b, 0);
  if (!(sum > 0) || colors.length === 0) return colors[0] ?? WHITE;
  let rgba = 0;
  for (let shift = 0; shift < 32; shift += 8) {
    const channel = colors.reduce((total, color, i) => {
      return total + ((color >>> shift) & 255) * ((parts[i] ?? 0) / sum);
    }, 0);
    rgba |= Math.min(Math.max(Math.round(channel), 0), 255) << shift;
  }
  return rgba >>> 0;
}
