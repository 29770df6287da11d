/** `goxel.call` in the hands of an enemy: limits hold, and the project is as it was. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import { interruptible } from '../../../engine/interrupt.ts';
import { createScripts } from '../../../engine/script/script.ts';
import { TestEngine } from '../../support/engine.ts';
import { LooseProject } from '../../support/project.ts';
import { seen } from '../../support/scripted.ts';

const attacks = suite('calls as attacks');

const BLOCK_BYTES = 16 * 16 * 16 * 4;

interface Ran {
  readonly value: unknown;
}

async function value(engine: TestEngine, script: string, args?: unknown): Promise<unknown> {
  return ((await engine.callAsync('script.execute', { script, args })) as Ran).value;
}

/** A project with something in it. */
function furnished(options: ConstructorParameters<typeof TestEngine>[0] = {}): TestEngine {
  const engine = new TestEngine(options);
  engine.call('fill_region', { min: [0, 0, 0], max: [5, 5, 5], color: '#102030' });
  engine.call('clone_layer', { matrix: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 9, 0, 0, 1] });
  return engine;
}

attacks('work that a script asks for ends in its time, whatever it catches', async () => {
  const engine = furnished();
  engine.call('set_active_layer', { layer_id: 1 });
  const before = seen(engine);
  await value(engine, '1');
  const busy = [
    `for (let i = 0; ; i++) goxel.call('procedural_shape',
       { shape_type: 'terrain', size_x: 200, size_y: 200, seed: i });`,
    `for (;;) try { goxel.call('fill_region',
       { min: [0, 0, 0], max: [99, 99, 99], color: 'red' }); } catch {}`,
    `for (;;) { try { goxel.call('paint_shape',
       { shape: 'sphere', smoothness: 2, box: { min: [0, 0, 0], max: [120, 120, 120] } });
       goxel.call('filter', { kind: 'hull' }); } catch {} finally { goxel.addVoxel(1, 1, 1); } }`,
    `for (;;) goxel.call('get_layer_voxels', { limit: 0 });`,
    // Long calls: of short ones the stack would be full before the time is over.
    `(function again() { try { goxel.call('paint_shape', { shape: 'sphere', smoothness: 2,
       box: { min: [0, 0, 0], max: [120, 120, 120] } }); } finally { again(); } })()`,
  ];
  for (const script of busy) {
    const started_ms = performance.now();
    const error = await engine.failAsync('script.execute', { script, timeout_ms: 600 });
    assert.is(error.data.code, 'GOX_SCRIPT_TIMEOUT', `${script}\n${error.message}`);
    assert.ok(performance.now() - started_ms < 20_000, script);
    assert.equal(seen(engine), before, script);
    assert.is(await value(engine, `goxel.call('get_layer').voxel_count`), 216);
  }
  assert.equal(engine.defects, []);
});

attacks('a request that is to stop ends the script in the midst of a call', async () => {
  const bench = new LooseProject();
  bench.run('goxel.fill_region', { min: [0, 0, 0], max: [99, 99, 9], color: '#102030' });
  bench.project.scripting.scripts = await createScripts();
  const before = bench.state;
  const filter = "goxel.call('filter', { kind: 'hollow' });";
  const scripts = [`for (;;) ${filter}`, `for (;;) try { ${filter} } catch {}`];
  for (const [i, look] of [5, 60, 61, 62, 63, 500, 501].entries()) {
    const script = scripts[i % scripts.length];
    let looks = 0;
    const stop = () => {
      if (++looks >= look) throw new GoxError('GOX_CANCELLED', 'The request was cancelled.');
    };
    assert.throws(
      () => interruptible(stop, () => bench.run('script.execute', { script })),
      (error: unknown) => error instanceof GoxError && error.code === 'GOX_CANCELLED',
    );
    assert.equal(bench.state, before);
  }
});

attacks('calls and volumes of a script share the memory of the project', async () => {
  const script = `
    const held = new Volume();
    const at = (i) => ({ min: [i * 16, 0, 0], max: [i * 16 + 15, 15, 15], color: '#123456' });
    const steps = {
      hold: (n) => held.fillBox([0, 0, 0], [n * 16, 16, 16], [1, 2, 3, 255]),
      set: (n) => {
        const { volume } = goxel.image.activeLayer;
        for (let i = 0; i < n; i++) volume.setAt([i * 16, 100, 0], [1, 2, 3, 255]);
      },
      fill: (n) => goxel.call('fill_region', { ...at(0), max: [n * 16 - 1, 15, 15] }),
      each: (n) => { for (let i = 0; i < n; i++) goxel.call('fill_region', at(i)); },
    };
    try { for (const [step, n] of args) steps[step](n); 'all' } catch (error) { error.code }`;
  const limit = 'GOX_MEMORY_LIMIT';
  const cases: [steps: [string, number][], end: string][] = [
    [
      [
        ['hold', 40],
        ['fill', 20],
      ],
      'all',
    ],
    [
      [
        ['hold', 40],
        ['fill', 30],
      ],
      limit,
    ],
    [
      [
        ['hold', 64],
        ['each', 1],
      ],
      limit,
    ],
    [[['each', 64]], 'all'],
    [[['each', 65]], limit],
    [
      [
        ['set', 32],
        ['each', 33],
      ],
      limit,
    ],
    [
      [
        ['set', 32],
        ['each', 31],
        ['hold', 1],
      ],
      'all',
    ],
  ];
  const last: typeof cases = [
    [
      [
        ['fill', 40],
        ['hold', 30],
      ],
      limit,
    ],
    [
      [
        ['fill', 40],
        ['set', 30],
      ],
      limit,
    ],
  ];
  const project_voxel_bytes_max = 64 * BLOCK_BYTES;
  for (const [steps, end] of cases) {
    const engine = new TestEngine({ project_voxel_bytes_max, script_timeout_ms: 30_000 });
    assert.is(await value(engine, script, steps), end, JSON.stringify(steps));
    assert.ok(engine.engine.stats().voxel_bytes <= project_voxel_bytes_max);
  }
  // What the script itself needs too much for ends it.
  for (const [steps, end] of last) {
    const engine = new TestEngine({ project_voxel_bytes_max, script_timeout_ms: 30_000 });
    const error = await engine.failAsync('script.execute', { script, args: steps });
    assert.is(error.data.code, end, JSON.stringify(steps));
    assert.is(engine.engine.stats().voxel_bytes, 0);
  }
});

attacks('names and parameters that are none are refused by errors to catch', async () => {
  const engine = furnished({ script_memory_bytes_max: 256 << 20, script_timeout_ms: 30_000 });
  const before = seen(engine);
  const script = `
    const deep = (n) => { let a = 1; for (let i = 0; i < n; i++) a = [a]; return a; };
    const cyclic = {};
    cyclic.cyclic = cyclic;
    const attempts = [
      ['__proto__', {}], ['constructor', {}], ['toString'], ['', {}], ['x'.repeat(1e6)],
      ['script.execute', { script: '1' }], ['shutdown'], ['$/cancelRequest', { id: 1 }],
      [null, {}], [['add_voxel'], [1, 2, 3]], [{ toString: () => 'add_voxel' }, [1, 2, 3]],
      ['add_voxel', () => 1], ['add_voxel', 1n], ['add_voxel', cyclic], ['add_voxel', 'x'],
      ['add_voxel', { position: deep(70) }], ['add_voxel', deep(3000)],
      ['add_voxel', { name: 'x'.repeat(17 << 20) }],
      ['add_voxel', { position: [1, 2, 3], project: 'other' }],
      ['add_voxel', [{ position: [1, 2, 3], project: 'other' }]],
      ['fill_region', JSON.parse('{"__proto__": {"min": [0, 0, 0], "max": [9, 9, 9]}}')],
      ['add_voxel', JSON.parse('{"position": [1, 2, 3], "constructor": {"prototype": {}}}')],
      ['add_voxels', { voxels: new Array(2000001).fill(0) }],
      ['add_voxel', { toJSON() { return goxel.call('add_voxel', this); } }],
      ['add_voxel', new Proxy({}, { get() { throw new Error('trap'); } })],
    ];
    attempts.map(([method, params]) => {
      try { goxel.call(method, params); return 'done'; } catch (error) {
        return (error.code ?? error.name) + ': ' + error.message;
      }
    })`;
  const told = (await value(engine, script)) as string[];
  const expected = [
    ...[/^GOX_METHOD_NOT_FOUND/, /^GOX_METHOD_NOT_FOUND/, /^GOX_METHOD_NOT_FOUND/],
    ...[/^GOX_METHOD_NOT_FOUND/, /^GOX_METHOD_NOT_FOUND: .{1,400}$/],
    ...[/reads or writes a file/, /asks the daemon/, /asks the daemon/],
    ...[/^TypeError: a method/, /^TypeError: a method/, /^TypeError: a method/],
    ...[/^TypeError: param/, /BigInt/, /circular/, /^GOX_INVALID_PARAMS/],
    ...[/^RangeError: .*64 deep/, /64 deep|stack overflow/],
    /^RangeError: parameters of more than/,
    ...[/^GOX_INVALID_PARAMS.*run on/, /^GOX_INVALID_PARAMS.*project/],
    ...[/^GOX_INVALID_PARAMS/, /^GOX_INVALID_PARAMS.*constructor/],
    ...[/^GOX_INVALID_PARAMS/, /stack overflow/, /^Error: trap/],
  ];
  assert.is(told.length, expected.length);
  for (const [i, pattern] of expected.entries()) assert.match(told[i]!, pattern);
  assert.equal(seen(engine), before);
  assert.is(({} as Record<string, unknown>).min, undefined);
  assert.equal(engine.defects, []);
});

attacks('changed built-ins change nothing of what a call is', async () => {
  const script = `
    const lie = () => { throw new Error('lie'); };
    for (const [object, names] of [[JSON, ['stringify', 'parse']], [Reflect, ['apply']],
        [Map.prototype, ['get', 'set']], [Function.prototype, ['call', 'apply', 'bind']],
        [Array.prototype, ['map', 'forEach', 'slice']], [globalThis, ['String', 'Error']]]) {
      for (const name of names) object[name] = lie;
    }
    const first = goxel.call('add_voxel', { position: [1, 2, 3], color: 'red' });
    let caught = 'nothing';
    try { goxel.call('get_layer', { layer_id: 77 }); } catch (error) { caught = error.code; }
    first.changed + caught`;
  const engine = furnished();
  assert.is(await value(engine, script), '1GOX_LAYER_NOT_FOUND');
  assert.is(await value(engine, `goxel.call('add_voxel', [9, 9, 9]).success`), true);
  assert.equal(engine.defects, []);
});

attacks('calls from within callbacks, jobs of promises, and the value', async () => {
  const engine = furnished();
  engine.call('set_active_layer', { layer_id: 1 });
  const script = `
    const { volume } = goxel.image.activeLayer;
    let seen = 0;
    volume.iter((p) => {
      seen++;
      if (seen === 1) goxel.call('clear_voxels');
      if (seen === 2) goxel.call('add_voxel', { position: [p.x, 50, 0], color: '#010203' });
    });
    Promise.resolve().then(() => goxel.call('add_voxel', [60, 0, 0, 1, 2, 3]));
    ({ seen, toJSON() { goxel.call('add_voxel', [61, 0, 0, 1, 2, 3]); return this.seen; } })`;
  assert.is(await value(engine, script), 216);
  assert.is((engine.call('get_layer') as { voxel_count: number }).voxel_count, 3);
  const before = seen(engine);
  const throwing = `class Sly extends Error { get message() {
    goxel.call('add_voxel', [70, 0, 0]); return 'sly'; } } throw new Sly();`;
  const error = await engine.failAsync('script.execute', { script: throwing });
  assert.is(error.data.code, 'GOX_SCRIPT_FAILED');
  assert.equal(seen(engine), before);
});

attacks('a call with little stack left is done as a whole or not at all', async () => {
  const engine = new TestEngine({ script_timeout_ms: 60_000 });
  engine.call('clone_layer', {});
  engine.call('set_active_layer', { layer_id: 1 });
  const script = `
    const told = { done: 0, overflows: 0, others: [] };
    const down = (n) => {
      if (n > 0) return down(n - 1) + 1;
      goxel.call('add_voxel', [told.done, 0, 0, 1, 2, 3]);
      told.done++;
      return 0;
    };
    for (let n = 0; n < 1500; n += 3) {
      try { down(n); } catch (error) {
        if (/stack overflow/.test(error.message)) told.overflows++;
        else told.others.push(String(error));
      }
    }
    told`;
  const told = (await value(engine, script)) as Record<'done' | 'overflows', number>;
  assert.equal({ ...told, done: 0, overflows: 0 }, { done: 0, overflows: 0, others: [] });
  assert.ok(told.done > 50 && told.overflows > 50, JSON.stringify(told));
  const counts = [1, 2].map((layer_id) => engine.call('get_layer', { layer_id }));
  for (const count of counts as { voxel_count: number }[]) assert.is(count.voxel_count, told.done);
});

attacks('a result that the sandbox has no room for ends the script, and nothing else', async () => {
  const engine = new TestEngine({ script_memory_bytes_max: 17 << 20, script_timeout_ms: 30_000 });
  engine.call('fill_region', { min: [0, 0, 0], max: [99, 99, 9], color: '#102030' });
  const script = `goxel.addVoxel(200, 0, 0); goxel.call('get_layer_voxels', { limit: 0 }).count`;
  const error = await engine.failAsync('script.execute', { script });
  assert.is(error.data.code, 'GOX_SCRIPT_MEMORY', error.message);
  assert.is(await value(engine, `goxel.call('get_layer').voxel_count`), 100_000);
  const small = new TestEngine({ result_bytes_max: 100_000 });
  small.call('fill_region', { min: [0, 0, 0], max: [99, 9, 9], color: '#102030' });
  const caught = `try { goxel.call('get_layer_voxels') } catch (error) { error.code }`;
  assert.is(await value(small, caught), 'GOX_RESULT_TOO_LARGE');
  assert.equal(engine.defects, []);
});

attacks.run();
