/**
 * What slicers write beside the model of a .3mf file: the filaments' colours, which of them prints
 * an object, a part or a face, and which parts are only there to change how others are printed.
 * PrusaSlicer: Metadata/Slic3r_PE.config and Slic3r_PE_model.config; Bambu Studio and OrcaSlicer:
 * Metadata/project_settings.config and model_settings.config.
 */

import { WHITE } from '../../mesh-import/soup.ts';
import type { Report } from '../report.ts';
import { XmlReader } from '../xml/xml-reader.ts';
import { colorOf } from './model-reader.ts';
import type { Zip } from './zip.ts';

/** An object of the slicer, a part of one, or a range of its triangles. */
interface Setting {
  name: string;
  /** From 1 up; 0 for that of what it is in. */
  filament: number;
  /** Whether it is printed. */
  solid: boolean;
  readonly first: number;
  readonly last: number;
  /** By the numbers of the objects that they are of. */
  readonly parts: Map<string, Setting>;
  readonly volumes: Setting[];
}

/** For files that say which filament, and not of which colour. */
const COLORS = [0xff808080, 0xff0090ff, 0xff40b040, 0xffd07020, 0xff3030e0, 0xffc040c0];

export class Slicer {
  readonly #report: Report;
  /** Packed, of the filaments in their order. */
  readonly #colors: readonly number[];
  readonly #objects: ReadonlyMap<string, Setting>;

  constructor(zip: Zip | undefined, source: string, report: Report) {
    this.#report = report;
    this.#colors = filaments(zip);
    const settings = ['model_settings.config', 'Slic3r_PE_model.config'].map((name) => {
      return zip?.part(`Metadata/${name}`);
    });
    const bytes = settings.find((each) => each !== undefined);
    this.#objects = bytes === undefined ? new Map() : objectsOf(new XmlReader(bytes, source));
  }

  nameOf(object: string): string {
    return this.#objects.get(object)?.name ?? '';
  }

  /**
   * What colours the triangles of an object that is of another one, and is painted by hand where
   * `paints` say so; undefined for those that the slicer says nothing of.
   */
  painter(
    object: string,
    part: string,
    paints: ReadonlyMap<number, string>,
  ): (triangle: number) => number | undefined {
    const whole = this.#objects.get(object);
    const own = whole?.parts.get(part);
    const volumes = whole?.volumes ?? [];
    let split = 0;
    for (const paint of paints.values()) if (paint.length > 2) split++;
    const message = 'Faces that are painted in parts have the colour of the largest part.';
    this.#report.warn('WARN_DETAIL_SKIPPED', message, undefined, split);
    if (paints.size > 0 && this.#colors.length === 0) {
      const none = 'The file does not say which colours its filaments have; others were taken.';
      this.#report.warn('WARN_COLORS_LOST', none);
    }
    return (triangle) => {
      const paint = paints.get(triangle);
      const volume = paint === undefined ? volumes.find((each) => isIn(each, triangle)) : undefined;
      const filament =
        (paint === undefined ? 0 : stateOf(paint)) ||
        volume?.filament ||
        own?.filament ||
        whole?.filament ||
        (this.#colors.length > 0 ? 1 : 0);
      if (filament === 0) return undefined;
      const colors = this.#colors.length > 0 ? this.#colors : COLORS;
      return colors[(filament - 1) % colors.length]! >>> 0;
    };
  }

  /** Whether any of it cuts, blocks or changes how others are printed. */
  changes(object: string, part: string): boolean {
    const whole = this.#objects.get(object);
    if (whole === undefined) return false;
    return whole.parts.get(part)?.solid === false || whole.volumes.some(({ solid }) => !solid);
  }

  /** Whether a triangle is of what is printed. */
  isSolid(object: string, part: string): (triangle: number) => boolean {
    const whole = this.#objects.get(object);
    const own = whole?.parts.get(part)?.solid ?? true;
    const others = whole?.volumes.filter(({ solid }) => !solid) ?? [];
    return (triangle) => own && !others.some((each) => isIn(each, triangle));
  }
}

function isIn({ first, last }: Setting, triangle: number): boolean {
  return first <= triangle && triangle <= last;
}

/** The colours of the filaments; none when the file does not say them. */
function filaments(zip: Zip | undefined): number[] {
  const packed = (text: unknown) => (typeof text === 'string' ? colorOf(text) : WHITE);
  const bambu = zip?.part('Metadata/project_settings.config');
  if (bambu !== undefined) {
    try {
      const json: unknown = JSON.parse(Buffer.from(bambu).toString('utf8'));
      const { filament_colour: list } = json as { filament_colour?: unknown };
      if (Array.isArray(list)) return list.map(packed);
    } catch {
      // Then it says nothing of colours.
    }
  }
  const prusa = zip?.part('Metadata/Slic3r_PE.config');
  if (prusa === undefined) return [];
  const text = Buffer.from(prusa).toString('utf8');
  const listOf = (name: string) => {
    return new RegExp(`^; ${name} = (.*)$`, 'm').exec(text)?.[1]?.trim().split(';') ?? [];
  };
  const [own, other] = [listOf('extruder_colour'), listOf('filament_colour')];
  const count = Math.max(own.length, other.length);
  const colors = Array.from({ length: count }, (_, i) => own[i]?.replaceAll('"', '') || other[i]);
  return colors.map(packed);
}

function settingOf(xml: XmlReader): Setting {
  const number = (name: string, missing: number) => Number(xml.attribute(name) ?? missing);
  return {
    ...{ name: '', filament: 0, solid: xml.attribute('subtype') === undefined },
    ...{ first: number('firstid', 0), last: number('lastid', -1) },
    ...{ parts: new Map(), volumes: [] },
  };
}

/** Ranges of triangles of an object, each of which is asked for every triangle. */
const VOLUMES_MAX = 256;

/** Names of parts that are printed; others cut, block or change. */
const SOLID = /^(?:normal_part|ModelPart)$/;

function objectsOf(xml: XmlReader): Map<string, Setting> {
  const objects = new Map<string, Setting>();
  let object: Setting | undefined;
  let part: Setting | undefined;
  for (let kind = xml.next(); kind !== undefined; kind = xml.next()) {
    const { name } = xml;
    if (kind === 'close') {
      if (name === 'object') object = undefined;
      if (name === 'part' || name === 'volume') part = undefined;
    } else if (name === 'object') {
      object = settingOf(xml);
      objects.set(xml.attribute('id') ?? '', object);
    } else if (object !== undefined && (name === 'part' || name === 'volume')) {
      part = settingOf(xml);
      part.solid = SOLID.test(xml.attribute('subtype') ?? 'normal_part');
      if (name === 'part') object.parts.set(xml.attribute('id') ?? '', part);
      else if (object.volumes.length < VOLUMES_MAX) object.volumes.push(part);
    } else if (name === 'metadata') {
      const about = part ?? object;
      const value = xml.attribute('value') ?? '';
      if (about !== undefined) setTo(about, xml.attribute('key'), value);
    }
  }
  return objects;
}

function setTo(about: Setting, key: string | undefined, value: string): void {
  if (key === 'name') about.name = value;
  else if (key === 'extruder') about.filament = Math.min(Math.trunc(Number(value)) || 0, 255);
  else if (key === 'volume_type') about.solid = SOLID.test(value);
  else if (key === 'modifier' && value === '1') about.solid = false;
}

/** Nibbles of a painted face that are looked at. */
const NIBBLES_MAX = 65_536;

/**
 * The filament that most of a face is painted by; 0 for none. The digits are read from the last:
 * the two low bits of each tell into how many parts more than one a face is split, or for 0 the
 * two high bits its state, which goes on in the next digit after a 3.
 */
function stateOf(paint: string): number {
  const areas = new Map<number, number>();
  const waiting = [1];
  let at = paint.length;
  const next = () => Number.parseInt(paint[--at] ?? '0', 16) || 0;
  for (let count = 0; waiting.length > 0 && at > 0 && count < NIBBLES_MAX; count++) {
    const area = waiting.pop()!;
    const digit = next();
    const parts = (digit & 3) + 1;
    if (parts > 1) {
      for (let i = 0; i < parts; i++) waiting.push(area / parts);
      continue;
    }
    let state = digit >> 2;
    if (state === 3) {
      let more = next();
      state += more;
      while (more === 15 && at > 0) {
        more = next();
        state += more;
      }
    }
    areas.set(state, (areas.get(state) ?? 0) + area);
  }
  return [...areas].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0])[0];
}
