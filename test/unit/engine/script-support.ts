/** Runs scripts for the tests of scripts, and looks at documents and failures. */

import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { type ErrorCode, GoxError } from '../../../conf/errors.ts';
import { Document } from '../../../engine/document/document.ts';
import type { ScriptFiles, ScriptProject } from '../../../engine/script/host.ts';
import type { ScriptInput, ScriptLimits } from '../../../engine/script/input.ts';
import { createScripts, type ScriptResult, type Scripts } from '../../../engine/script/script.ts';
import type { Matrix } from '../../../engine/volume/matrix.ts';
import { voxelLines } from '../../support/fixtures.ts';

const MIB = 1 << 20;

export const LIMITS: ScriptLimits = {
  // Nothing that ends by itself takes so long, on a busy machine either.
  deadline_ms: 60_000,
  memory_bytes: 64 * MIB,
  stack_bytes: MIB / 4,
  output_bytes_max: MIB,
  blocks_max: 4096,
};

export interface Given {
  readonly document?: Document;
  readonly limits?: Partial<ScriptLimits>;
  readonly files?: ScriptFiles;
  readonly input?: Partial<ScriptInput>;
  /** Of a project around the document. */
  readonly selection?: Matrix;
  /** The only method of that project. */
  readonly call?: () => string;
}

/** Runs code on a document, a new one unless it is given. */
export async function run(code: string, given: Given = {}): Promise<ScriptResult> {
  const { document = Document.empty(), files = {}, selection, call } = given;
  const scripts: Scripts = await createScripts();
  const input = { code, ...given.input };
  const limits = { ...LIMITS, ...given.limits };
  const none = () => assert.unreachable('a method was called') as never;
  const project: ScriptProject = { selectionBox: selection, call: call ?? none };
  return scripts.run(document, input, limits, files, project);
}

/** The value that code comes to. */
export async function value(code: string, given?: Given): Promise<unknown> {
  return (await run(code, given)).value;
}

/**
 * Runs code that must fail with an error code, on a document that has a voxel and must stay as it
 * was; the error.
 */
export async function failure(
  code: string,
  expected: ErrorCode = 'GOX_SCRIPT_FAILED',
  given: Given = {},
): Promise<GoxError> {
  const { document = Document.empty() } = given;
  document.activeLayer.volume.set(7, 8, 9, 0xff00_ff00);
  const before = picture(document);
  // A change of everything that scripts can change comes first.
  const changes =
    'goxel.addVoxel(1, 2, 3); goxel.layers[0].name = "changed"; goxel.image.addLayer("new");' +
    'goxel.layers[0].volume.fillBox([0, 0, 0], [40, 1, 1], [1, 2, 3, 255]);';
  const error = await run(changes + code, { ...given, document }).then(
    () => assert.unreachable('it did not fail'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof GoxError)) throw error;
  assert.is(error.code, expected, error.message);
  assert.equal(picture(document), before);
  return error;
}

/** Everything of a document that a script can change. */
function picture(document: Document): unknown {
  const layers = document.layers.map(({ id, name, visible, volume }) => [
    ...[id, name, visible],
    voxelLines(volume),
  ]);
  return { layers, active: document.activeLayer.id, merged: voxelLines(document.merged()) };
}

/** A script of the fixtures. */
export function example(name: string): string {
  return readFileSync(
    new URL(`../../../../test/fixtures/scripts/${name}`, import.meta.url),
    'utf8',
  );
}
