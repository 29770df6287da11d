/**
 * What the leak search counts, series by series: how much growth counts at all, and how much of it
 * the load explains. Names of one kind share an entry: `actors session` is one of `actors`.
 */

const KIB = 1024;
const MIB = 1024 * KIB;

export interface SeriesKind {
  readonly unit: 'bytes' | 'things';
  /** Growth over a window below this says nothing, nor below that share of what there was. */
  readonly floor: number;
  readonly share: number;
  /** Falls only when V8 collects garbage: without collections growth says nothing. */
  readonly collected: boolean;
  /**
   * By the name of another series: how much one more of that explains here. Rather too much than
   * too little: what is over a leak has no end, while this is in proportion.
   */
  readonly explained_by: Readonly<Record<string, number>>;
}

const THINGS = { unit: 'things', floor: 12, share: 0.1, collected: false } as const;
const MEMORY = { unit: 'bytes', floor: 2 * MIB, share: 0.05, collected: true } as const;

const KINDS: Readonly<Record<string, SeriesKind>> = {
  'heap used': {
    ...MEMORY,
    explained_by: { connections: 128 * KIB, projects: 256 * KIB, jobs: MIB, 'held bytes': 2 },
  },
  'array buffers': {
    ...MEMORY,
    explained_by: { connections: 128 * KIB, projects: MIB, jobs: 8 * MIB, 'held bytes': 2 },
  },
  external: {
    ...MEMORY,
    explained_by: { connections: 128 * KIB, projects: MIB, jobs: 8 * MIB, 'held bytes': 2 },
  },
  // Engines are part of it; and what was freed may stay with the process.
  rss: {
    ...MEMORY,
    ...{ floor: 32 * MIB, share: 0.1, collected: false },
    explained_by: {
      ...{ 'voxel bytes': 3, 'held bytes': 2, 'worker threads': 16 * MIB },
      ...{ connections: 256 * KIB, projects: 2 * MIB, jobs: 16 * MIB },
    },
  },
  'held bytes': { ...MEMORY, collected: false, explained_by: { connections: MIB } },
  descriptors: {
    ...THINGS,
    explained_by: { connections: 2, projects: 8, jobs: 4, 'worker threads': 8 },
  },
  'worker threads': { ...THINGS, floor: 4, explained_by: {} },
  handles: { ...THINGS, explained_by: { connections: 4, jobs: 8, 'worker threads': 8 } },
  timers: {
    ...THINGS,
    explained_by: { connections: 8, projects: 2, jobs: 8, 'requests under way': 2 },
  },
  actors: { ...THINGS, explained_by: { connections: 8, projects: 4, jobs: 4 } },
  projects: { ...THINGS, explained_by: { connections: 8 } },
  jobs: { ...THINGS, explained_by: { requests: 1 } },
  // Who connects and asks for something is load; who only connects is not.
  connections: { ...THINGS, explained_by: { requests: 1 } },
};

/** The kind of a series, by its name; none for what only explains others, such as `requests`. */
export function kindOf(name: string): SeriesKind | undefined {
  return KINDS[name] ?? KINDS[name.split(' ')[0] ?? ''];
}
