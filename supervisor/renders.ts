/** The methods about managed renders, with the members that clients of the v14 daemon know. */

import type { Renders } from '../actors/renders/renders.ts';
import type { Named } from '../engine/catalogue/params.ts';
import type {
  cleanupExpired,
  cleanupRender,
  getRenderInfo,
  getRenderStats,
  listRenders,
} from '../engine/catalogue/renders.ts';
import type { MethodSpec, Params, Result } from '../engine/catalogue/spec.ts';

type Answer<M extends MethodSpec> = (params: Named) => Result<M> | Promise<Result<M>>;

export function renderMethods(renders: Renders) {
  const list: Answer<typeof listRenders> = () => {
    const all = renders.list();
    const { bytes: total_size } = renders.figures();
    return { success: true, count: all.length, total_size, renders: [...all] };
  };
  const info: Answer<typeof getRenderInfo> = (params) => {
    const render = renders.get((params as Params<typeof getRenderInfo>).path);
    const ttl_remaining = Math.max(0, render.expires_at - Math.floor(Date.now() / 1000));
    return { success: true, render, file: { ...render, ttl_remaining } };
  };
  const remove: Answer<typeof cleanupRender> = async (params) => {
    const { bytes } = await renders.remove((params as Params<typeof cleanupRender>).path);
    return { success: true, message: 'Render cleaned up successfully', freed_bytes: bytes };
  };
  const sweep: Answer<typeof cleanupExpired> = async () => {
    const { files, bytes } = await renders.sweep();
    return { success: true, removed_count: files, freed_bytes: bytes };
  };
  const stats: Answer<typeof getRenderStats> = () => ({ success: true, stats: renders.stats() });
  return {
    'goxel.list_renders': list,
    'goxel.get_render_info': info,
    'goxel.cleanup_render': remove,
    'goxel.cleanup_expired': sweep,
    'goxel.get_render_stats': stats,
  };
}
