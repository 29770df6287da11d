/** Makes COLLADA files for tests, and reads them. */

import type { Document } from '../../engine/document/document.ts';
import type { ImportOptions } from '../../engine/formats/format.ts';
import { formatFor } from '../../engine/formats/index.ts';
import { Report } from '../../engine/formats/report.ts';

export function read(text: string, options: ImportOptions = {}): Document {
  return formatFor('a.dae').read!(Buffer.from(text), 'a.dae', options);
}

export function told(text: string, options: ImportOptions = {}): string[] {
  const report = new Report();
  read(text, { ...options, report });
  return report.warnings().map(({ code }) => code);
}

export function source(id: string, stride: number, values: string): string {
  const count = values.trim().split(/\s+/).length;
  return `<source id="${id}"><float_array id="${id}-a" count="${count}">${values}</float_array>
   <technique_common><accessor source="#${id}-a" count="${count / stride}" stride="${stride}"/>
   </technique_common></source>`;
}

/** A square of 8 by 8 on the ground, z being up. */
export const POSITIONS = '0 0 0 8 0 0 8 8 0 0 8 0';
export const TWO =
  '<triangles material="m" count="2"><input semantic="VERTEX" source="#v" offset="0"/>';
export const SQUARE = `${TWO}<p>0 1 2 0 2 3</p></triangles>`;

interface Parts {
  readonly points?: string;
  readonly mesh?: string;
  readonly sources?: string;
  readonly nodes?: string;
  readonly up?: string;
  readonly more?: string;
}

export const NODE = '<node id="n" name="plate"><instance_geometry url="#g"/></node>';

export function dae({
  points = POSITIONS,
  mesh = SQUARE,
  sources = '',
  nodes = NODE,
  up = 'Z_UP',
  more = '',
}: Parts = {}) {
  return `<?xml version="1.0"?><COLLADA version="1.4.1"
 xmlns="http://www.collada.org/2005/11/COLLADASchema"><asset><up_axis>${up}</up_axis></asset>
 <library_geometries><geometry id="g"><mesh>${source('p', 3, points)}${sources}
 <vertices id="v"><input semantic="POSITION" source="#p"/></vertices>${mesh}</mesh></geometry>
 </library_geometries>${more}<library_visual_scenes><visual_scene id="s">${nodes}</visual_scene>
 </library_visual_scenes><scene><instance_visual_scene url="#s"/></scene></COLLADA>`;
}
