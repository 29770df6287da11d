/** What a glTF file has beside the model that is read. */

import type { WarningCode } from '../../../conf/warning-catalogue.ts';
import { IDENTITY } from '../../mesh-import/transform.ts';
import type { GltfFile, Json } from './import-gltf-file.ts';
import type { Shown } from './import-gltf-nodes.ts';

/** Tells what is left out, and how many of it there are. */
export function tellLeftOut(file: GltfFile, drawn: readonly Shown[]): void {
  const { json, report } = file;
  const lengthOf = (list: unknown) => (Array.isArray(list) ? list.length : 0);
  const told = (code: WarningCode, message: string, count: number) => {
    report.warn(code, message, undefined, count);
  };
  const extensions = file.attempt('WARN_BROKEN_PART', () => {
    return file.object(json.extensions ?? {}, 'extensions');
  });
  const inside = (name: string, list: string) => {
    return lengthOf((extensions?.[name] as Json | null | undefined)?.[list]);
  };
  const scenes = lengthOf(json.scenes);
  told('WARN_SCENES_LEFT_OUT', 'The file has other scenes, too.', scenes - 1);
  const still = 'The model stands as its nodes say, not as its animations do.';
  told('WARN_FRAMES_LEFT_OUT', still, lengthOf(json.animations));
  told('WARN_CAMERAS_LOST', 'Cameras of the file were left out.', lengthOf(json.cameras));
  const lights = inside('KHR_lights_punctual', 'lights');
  told('WARN_MATERIALS_LOST', 'Lights of the file were left out.', lights);
  const variants = inside('KHR_materials_variants', 'variants');
  const first = 'The materials are those without a variant; variants were left out.';
  told('WARN_MATERIALS_LOST', first, variants);
  if (extensions?.CESIUM_RTC !== undefined) {
    told('WARN_PLACE_LOST', 'The place on the globe that the model has was left out.', 1);
  }
  if (scenes > 1) return;
  const used = new Set(drawn.map(({ node }) => node.mesh));
  const unused = lengthOf(json.meshes) - used.size;
  if (used.size > 0) told('WARN_UNPLACED', 'Meshes stand nowhere in the scene.', unused);
}

/** All meshes as they are, with a warning: what a file shows that has them, and shows none. */
export function allMeshes(file: GltfFile): Shown[] {
  const { json, report } = file;
  const meshes = Array.isArray(json.meshes) ? json.meshes : [];
  const message = 'No mesh stands in the scene; all of them were read where they are.';
  report.warn('WARN_UNPLACED', message, undefined, meshes.length);
  return meshes.map((_, mesh) => ({
    index: -1 - mesh,
    node: { mesh },
    hidden: false,
    transform: IDENTITY,
  }));
}
