/**
 * 3MF (3MF Core Specification 1.3, https://3mf.io/spec/): a package of one model, for programs that
 * print and for those that show. Each visible layer is an object with its name; layers that are
 * alike share the mesh of one. Meshes are watertight, joined by the vertices that they share, and
 * every edge has two triangles (`sheets.ts`).
 * Z is up, and a voxel is a millimetre long unless a scale is given.
 */

import type { Document } from '../../document/document.ts';
import type { ExportOptions, Format } from '../format.ts';
import { read3mf } from './import-3mf.ts';
import { bodiesOf } from './model-bodies.ts';
import { modelPieces } from './model-writer.ts';
import { zipped } from './zip-writer.ts';

const XML = '<?xml version="1.0" encoding="UTF-8"?>\n';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const MODEL_PATH = '3D/3dmodel.model';

const CONTENT_TYPES = `${XML}<Types xmlns="${PACKAGE}/content-types">
 <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
 <Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/>
</Types>
`;

const RELATIONS = `${XML}<Relationships xmlns="${PACKAGE}/relationships">
 <Relationship Target="/${MODEL_PATH}" Id="rel0"
  Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/>
</Relationships>
`;

function* write3mf(document: Document, options: ExportOptions = {}): Generator<Uint8Array> {
  const bodies = bodiesOf(document, options);
  yield* zipped([
    ['[Content_Types].xml', [Buffer.from(CONTENT_TYPES)]],
    ['_rels/.rels', [Buffer.from(RELATIONS)]],
    [MODEL_PATH, modelPieces(bodies, options)],
  ]);
}

export const threemf: Format = {
  name: '3mf',
  extensions: ['3mf'],
  read: read3mf,
  write: write3mf,
};
