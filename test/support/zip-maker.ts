/** Makes ZIP archives for tests. */

import { zipSync } from 'fflate';

/** By the names of their parts, packed as much as `level` says; 0 leaves them as they are. */
export function zipOf(
  parts: Readonly<Record<string, string | Uint8Array>>,
  level: 0 | 6 = 6,
): Buffer {
  const entries = Object.entries(parts).map(([name, part]): [string, Uint8Array] => {
    return [name, typeof part === 'string' ? Buffer.from(part) : part];
  });
  return Buffer.from(zipSync(Object.fromEntries(entries), { level }));
}

const RELATIONS = `<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
 <Relationship Target="/3D/3dmodel.model" Id="rel0"
  Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/>
</Relationships>`;

/** A .3mf file of a model's resources and items, and more parts. */
export function threemfOf(
  resources: string,
  items: string,
  more: Readonly<Record<string, string | Uint8Array>> = {},
  attributes = '',
  level: 0 | 6 = 6,
): Buffer {
  const model = `<?xml version="1.0" encoding="UTF-8"?>
<model unit="millimeter" xml:lang="en-US" ${attributes}
 xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
 xmlns:m="http://schemas.microsoft.com/3dmanufacturing/material/2015/02"
 xmlns:p="http://schemas.microsoft.com/3dmanufacturing/production/2015/06">
 <resources>${resources}</resources><build>${items}</build></model>`;
  return zipOf({ '_rels/.rels': RELATIONS, '3D/3dmodel.model': model, ...more }, level);
}

/** A mesh of vertices and triangles, each with what follows its corners. */
export function meshOf(vertices: readonly string[], triangles: readonly string[]): string {
  const points = vertices.map((text) => {
    const [x, y, z] = text.split(' ');
    return `<vertex x="${x}" y="${y}" z="${z}"/>`;
  });
  const faces = triangles.map((text) => {
    const [a, b, c, ...more] = text.split(' ');
    return `<triangle v1="${a}" v2="${b}" v3="${c}" ${more.join(' ')}/>`;
  });
  const listed = `<triangles>${faces.join('')}</triangles>`;
  return `<mesh><vertices>${points.join('')}</vertices>${listed}</mesh>`;
}
