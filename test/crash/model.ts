/**
 * A plain model of a project: maps of voxels, and pictures of all layers for each step back. It
 * knows nothing of blocks, changes or records, so that it is wrong in other places than the engine.
 */

/** By `x,y,z`; a colour is `r,g,b,a`. */
export type Voxels = ReadonlyMap<string, string>;

export interface LayerModel {
  readonly id: number;
  readonly name: string;
  readonly visible: boolean;
  readonly voxels: Voxels;
  /** One of the same looks may be another layer: then to come back to this one is a step. */
  readonly made?: object;
}

/** From bottom to top. */
export type Picture = readonly LayerModel[];

/** A step of the history: what made it, and what undoing or doing it again leads to. */
export interface StepModel {
  readonly method: string;
  readonly picture: Picture;
}

export interface Model {
  readonly now: Picture;
  /** The latest last. */
  readonly undo: readonly StepModel[];
  /** The next to be done again last. */
  readonly redo: readonly StepModel[];
  readonly checkpoints: ReadonlyMap<string, Picture>;
}

export const EMPTY: Model = {
  now: [{ id: 1, name: 'Layer.1', visible: true, voxels: new Map() }],
  ...{ undo: [], redo: [], checkpoints: new Map() },
};

/** What becomes of a request: the next model, or the code of the error. */
export type Outcome = Model | string;

/** After an edit; one that changed nothing is no step. */
export function edited(model: Model, now: Picture): Model {
  return samePicture(model.now, now) ? model : stepped(model, now);
}

/** The same of one that is a step in any case. */
export function stepped(model: Model, now: Picture): Model {
  const step = { method: '', picture: model.now };
  return { ...model, now, undo: [...model.undo, step], redo: [] };
}

/** Notes which method made the latest step. */
export function madeBy(method: string, model: Model): Model {
  const { picture } = model.undo.at(-1)!;
  return { ...model, undo: [...model.undo.slice(0, -1), { method, picture }] };
}

/** The edit of one layer. */
export function withLayer(
  model: Model,
  id: number,
  change: (layer: LayerModel) => Partial<LayerModel>,
): Outcome {
  if (!model.now.some((layer) => layer.id === id)) return 'GOX_LAYER_NOT_FOUND';
  const now = model.now.map((layer) => (layer.id === id ? { ...layer, ...change(layer) } : layer));
  return edited(model, now);
}

/** The same of its voxels, in a copy. */
export function withVoxels(
  model: Model,
  id: number,
  change: (voxels: Map<string, string>) => void,
): Outcome {
  return withLayer(model, id, (layer) => {
    const voxels = new Map(layer.voxels);
    change(voxels);
    return { voxels };
  });
}

/** The id that a new layer gets. */
export function nextId({ now }: Model): number {
  return Math.max(...now.map(({ id }) => id)) + 1;
}

export function undone(model: Model, steps: number): Outcome {
  if (model.undo.length === 0) return 'GOX_NOTHING_TO_UNDO';
  let next = model;
  for (let left = steps; left > 0 && next.undo.length > 0; left -= 1) {
    const { method, picture } = next.undo.at(-1)!;
    const redo = [...next.redo, { method, picture: next.now }];
    next = { ...next, now: picture, undo: next.undo.slice(0, -1), redo };
  }
  return next;
}

export function redone(model: Model, steps: number): Outcome {
  if (model.redo.length === 0) return 'GOX_NOTHING_TO_REDO';
  let next = model;
  for (let left = steps; left > 0 && next.redo.length > 0; left -= 1) {
    const { method, picture } = next.redo.at(-1)!;
    const undo = [...next.undo, { method, picture: next.now }];
    next = { ...next, now: picture, redo: next.redo.slice(0, -1), undo };
  }
  return next;
}

export function samePicture(one: Picture, other: Picture): boolean {
  if (one === other) return true;
  if (one.some(({ made }, i) => made !== other[i]?.made)) return false;
  return describePicture(one) === describePicture(other);
}

/** As a text, for comparisons and for people. */
export function describePicture(picture: Picture): string {
  return picture.map(describeLayer).join('\n');
}

const described = new WeakMap<Voxels, string>();

function describeLayer({ id, name, visible, voxels }: LayerModel): string {
  let text = described.get(voxels);
  if (text === undefined) {
    text = [...voxels]
      .map(([at, color]) => `${at}=${color}`)
      .sort()
      .join(' ');
    described.set(voxels, text);
  }
  return `${id} ${JSON.stringify(name)} ${visible ? 'shown' : 'hidden'} ${text}`;
}

/** With the steps back and forth, the next first, and the names of its checkpoints. */
export function describe({ now, undo, redo, checkpoints }: Model): string {
  const names = [...checkpoints.keys()];
  return `${describeHistory(undo.toReversed(), redo.toReversed(), names)}\n${describePicture(now)}`;
}

export function describeHistory(
  undo: readonly { readonly method: string }[],
  redo: readonly { readonly method: string }[],
  checkpoints: readonly string[],
): string {
  const methods = (steps: typeof undo) => steps.map(({ method }) => method).join(' ');
  return [
    `checkpoints ${checkpoints.toSorted().join(', ')}`,
    ...[`redo ${redo.length}: ${methods(redo)}`, `undo ${undo.length}: ${methods(undo)}`],
  ].join('\n');
}
