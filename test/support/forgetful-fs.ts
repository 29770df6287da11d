/**
 * A disk in memory that does the worst that disks do. What was not synced may be lost when the
 * power goes, all of it or some of its sectors, the newer and not the older; so may entries of
 * directories that were not synced. Calls can be made to fail, with or without effect, and the
 * power can be cut at any of them.
 */

import { basename, dirname } from 'node:path';
import type { JournalFs, OpenHow } from '../../actors/journal/fs.ts';
import type { StoreFiles } from '../../engine/journal/store-reader.ts';

const SECTOR_BYTES = 512;

export interface FsCall {
  /** Counts the calls from 1. */
  readonly number: number;
  readonly name: keyof JournalFs;
  /** Of a file or a directory. */
  readonly path: string;
}

/** What becomes of a call. */
export interface Failure {
  /** The error's; without one a write is short. `down`: the power goes while it is under way. */
  readonly code?: string;
  /** How much of it is done, as far as others see. */
  readonly effect: 'none' | 'part' | 'all';
}

export const POWER_CUT = 'down';

/** A change of a file that may not be on the disk. */
type FileChange = {
  /** The disk said that it has it. */
  isSynced: boolean;
  /** A sync of it failed; no later one takes care of it. */
  isForgotten: boolean;
} & ({ readonly bytes: Buffer; readonly offset: number } | { readonly length: number });

class Inode {
  /** As others see it. */
  content: Buffer = Buffer.alloc(0);
  /** On the disk. */
  kept: Buffer = Buffer.alloc(0);
  changes: FileChange[] = [];

  change(change: FileChange): void {
    this.content = changed(this.content, change);
    this.changes.push(change);
  }

  sync(): void {
    for (const change of this.changes) change.isSynced ||= !change.isForgotten;
    this.#settle();
  }

  /** Only what a synced write has written, and the length of the file before it. */
  syncLast(): void {
    const last = this.changes.at(-1);
    for (const change of this.changes) {
      if (change === last || 'length' in change) change.isSynced ||= !change.isForgotten;
    }
    this.#settle();
  }

  forget(): void {
    for (const change of this.changes) change.isForgotten = true;
  }

  /** As the next start finds it. */
  afterPowerCut(random: () => number): Inode {
    const after = new Inode();
    let content = this.kept;
    for (const change of this.changes) {
      if (change.isSynced) content = changed(content, change);
      else content = partlyChanged(content, change, random);
    }
    after.content = content;
    after.kept = content;
    return after;
  }

  #settle(): void {
    while (this.changes[0]?.isSynced) this.kept = changed(this.kept, this.changes.shift()!);
  }
}

function changed(content: Buffer, change: FileChange): Buffer {
  if ('length' in change) {
    const cut = Buffer.alloc(change.length);
    content.copy(cut);
    return cut;
  }
  const { bytes, offset } = change;
  const grown = Buffer.alloc(Math.max(content.length, offset + bytes.length));
  content.copy(grown);
  bytes.copy(grown, offset);
  return grown;
}

function partlyChanged(content: Buffer, change: FileChange, random: () => number): Buffer {
  const fate = random();
  if (fate < 1 / 3) return content;
  if (fate < 2 / 3 || 'length' in change) return changed(content, change);
  let torn = content;
  const { bytes, offset } = change;
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + SECTOR_BYTES - ((offset + at) % SECTOR_BYTES));
    const sector = { ...change, bytes: bytes.subarray(at, end), offset: offset + at };
    if (random() < 1 / 2) torn = changed(torn, sector);
    at = end;
  }
  return torn;
}

/** A change of directories; without an inode the name goes. */
interface EntryChange {
  readonly entries: readonly { readonly path: string; readonly inode: Inode | undefined }[];
}

function systemError(code: string, { name, path }: FsCall): Error {
  return Object.assign(new Error(`${code}: ${name} '${path}'`), { code });
}

export class ForgetfulFs implements JournalFs {
  /** Decides about each call. */
  fate: (call: FsCall) => Failure | undefined = () => undefined;
  calls = 0;
  /** Once the power is cut: no call comes to an end. */
  readonly down: Promise<void>;
  #isDown = false;
  #cut = () => {};
  #entries = new Map<string, Inode>();
  #kept = new Map<string, Inode>();
  #changes: EntryChange[] = [];
  readonly #files = new Map<number, { path: string; inode: Inode; synced: boolean }>();
  #lastFile = 2;

  constructor() {
    this.down = new Promise((resolve) => {
      this.#cut = resolve;
    });
  }

  get isDown(): boolean {
    return this.#isDown;
  }

  /** How many files are open. */
  get open_count(): number {
    return this.#files.size;
  }

  /** What a start finds after a power cut; without `random`, after the process was killed. */
  next(random?: () => number): ForgetfulFs {
    const next = new ForgetfulFs();
    const entries = random === undefined ? this.#entries : new Map(this.#kept);
    if (random !== undefined) {
      for (const change of this.#changes) if (random() < 1 / 2) enter(entries, change);
    }
    for (const [path, inode] of entries) {
      next.#entries.set(path, random === undefined ? inode : inode.afterPowerCut(random));
    }
    next.#kept = new Map(random === undefined ? this.#kept : next.#entries);
    if (random === undefined) next.#changes = this.#changes;
    return next;
  }

  files(directory: string): StoreFiles {
    return {
      directory,
      list: () => this.#namesIn(directory),
      open: (name) => {
        const { content } = this.#inode(`${directory}/${name}`);
        return {
          length: content.length,
          read: (offset, length) => content.subarray(offset, offset + length),
          close: () => {},
        };
      },
    };
  }

  async open(path: string, { create = false, synced = false }: OpenHow): Promise<number> {
    await this.#call('open', path, () => {
      if (!create || this.#entries.has(path)) return;
      this.#enter({ entries: [{ path, inode: new Inode() }] });
    });
    const inode = this.#inode(path);
    this.#lastFile += 1;
    this.#files.set(this.#lastFile, { path, inode, synced });
    return this.#lastFile;
  }

  async write(file: number, chunks: readonly Uint8Array[], offset: number): Promise<number> {
    const { path, inode, synced } = this.#opened(file);
    const all = Buffer.concat(chunks);
    let written = all.length;
    const change = (failure: Failure | undefined) => {
      if (failure?.effect === 'part') written = Math.max(1, all.length >> 1);
      const bytes = all.subarray(0, written);
      inode.change({ bytes, offset, isSynced: false, isForgotten: false });
      if (!synced) return;
      if (failure?.code === undefined) inode.syncLast();
      else if (failure.code !== POWER_CUT) inode.forget();
    };
    await this.#call('write', path, change);
    return written;
  }

  async fdatasync(file: number): Promise<void> {
    const { path, inode } = this.#opened(file);
    await this.#call('fdatasync', path, (failure) => {
      if (failure === undefined) inode.sync();
      else if (failure.code !== POWER_CUT) inode.forget();
    });
  }

  async truncate(file: number, length: number): Promise<void> {
    const { path, inode } = this.#opened(file);
    await this.#call('truncate', path, () => {
      if (inode.content.length === length) return;
      inode.change({ length, isSynced: false, isForgotten: false });
    });
  }

  async close(file: number): Promise<void> {
    const { path } = this.#opened(file);
    this.#files.delete(file);
    await this.#call('close', path, () => {});
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#call('rename', from, () => {
      const inode = this.#inode(from);
      this.#enter({
        entries: [
          { path: from, inode: undefined },
          { path: to, inode },
        ],
      });
    });
  }

  async unlink(path: string): Promise<void> {
    await this.#call('unlink', path, () => {
      this.#inode(path);
      this.#enter({ entries: [{ path, inode: undefined }] });
    });
  }

  async mkdir(path: string): Promise<void> {
    await this.#call('mkdir', path, () => {});
  }

  async readdir(path: string): Promise<string[]> {
    await this.#call('readdir', path, () => {});
    return this.#namesIn(path);
  }

  async read(path: string, offset: number, length: number): Promise<Buffer> {
    await this.#call('read', path, () => {});
    return Buffer.from(this.#inode(path).content.subarray(offset, offset + length));
  }

  async fsyncDir(path: string): Promise<void> {
    await this.#call('fsyncDir', path, (failure) => {
      if (failure !== undefined) return;
      const isIn = ({ entries }: EntryChange) => entries.some((one) => dirname(one.path) === path);
      for (const change of this.#changes.filter(isIn)) enter(this.#kept, change);
      this.#changes = this.#changes.filter((change) => !isIn(change));
    });
  }

  /** @param act does it, as far as it is done */
  async #call(
    name: keyof JournalFs,
    path: string,
    act: (failure: Failure | undefined) => void,
  ): Promise<void> {
    if (this.#isDown) await new Promise(() => {});
    this.calls += 1;
    const call = { number: this.calls, name, path };
    const fate = this.fate(call);
    // Only writes can be short.
    const failure = fate?.code === undefined && name !== 'write' ? undefined : fate;
    if (failure?.effect !== 'none') act(failure);
    if (failure?.code === POWER_CUT) {
      this.#isDown = true;
      this.#cut();
      await new Promise(() => {});
    }
    await Promise.resolve();
    if (failure?.code !== undefined) throw systemError(failure.code, call);
  }

  #enter(change: EntryChange): void {
    enter(this.#entries, change);
    this.#changes.push(change);
  }

  #inode(path: string): Inode {
    const inode = this.#entries.get(path);
    if (inode === undefined) {
      throw systemError('ENOENT', { number: this.calls, name: 'open', path });
    }
    return inode;
  }

  #opened(file: number) {
    const opened = this.#files.get(file);
    if (opened === undefined) throw new Error(`nobody opened the file ${file}`);
    return opened;
  }

  #namesIn(directory: string): string[] {
    return [...this.#entries.keys()].filter((path) => dirname(path) === directory).map(baseName);
  }
}

function baseName(path: string): string {
  return basename(path);
}

function enter(entries: Map<string, Inode>, change: EntryChange): void {
  for (const { path, inode } of change.entries) {
    if (inode === undefined) entries.delete(path);
    else entries.set(path, inode);
  }
}
