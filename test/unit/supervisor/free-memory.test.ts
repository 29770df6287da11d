import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bytesIn, freeMemory } from '../../../supervisor/cli/free-memory.ts';

/** What is read of the files that are there. */
const files = (there: Readonly<Record<string, string>>) => (path: string) => there[path] ?? '';

const V1_STAT = 'cache 900\nrss 10\nactive_file 900\ntotal_cache 900\ntotal_rss 70\n';
const V2_STAT = 'anon 80\nfile 900\nkernel 5\n';

const free = suite('free memory');

free('files in memory are free, in cgroup v2', () => {
  const read = files({ '/sys/fs/cgroup/a/b/memory.stat': V2_STAT });
  assert.is(bytesIn({ groups: '0::/a/b\n', read }), 80);
  assert.is(
    bytesIn({ groups: '0::/\n', read: files({ '/sys/fs/cgroup/memory.stat': V2_STAT }) }),
    80,
  );
});

free('the same in v1, whatever stands beside it', () => {
  const groups = '9:name=systemd:/\n4:memory:/docker/1f\n2:cpu,cpuacct:/x\n0::/\n';
  const at = (path: string) => files({ [`/sys/fs/cgroup/memory${path}/memory.stat`]: V1_STAT });
  assert.is(bytesIn({ groups, read: at('/docker/1f') }), 70);
  // A container sees its own group as the root.
  assert.is(bytesIn({ groups, read: at('') }), 70);
  assert.is(bytesIn({ groups: groups.replace('memory', 'hugetlb,memory'), read: at('') }), 70);
});

free('where nothing is told, nothing is known', () => {
  assert.is(bytesIn({ groups: '', read: files({}) }), undefined);
  assert.is(bytesIn({ groups: '0::/a\n', read: files({}) }), undefined);
});

free('there is some on this machine', () => {
  const { bytes, what } = freeMemory();
  assert.ok(bytes > 0 && Number.isFinite(bytes));
  assert.is(what, 'that are free');
});

free.run();
