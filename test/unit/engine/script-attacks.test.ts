/**
 * Scripts as enemies: each must end with an error in time, leave the document as it was (`failure`
 * looks), and leave the process able to run the next script.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
import type { ScriptLimits } from '../../../engine/script/input.ts';
import { createScripts } from '../../../engine/script/script.ts';
import { failure, LIMITS, run, value } from './script-support.ts';

const test = suite('scripts as enemies');

const SHORT = { limits: { deadline_ms: 150 } };
const MIB = 1 << 20;

/** Far more than the deadline and the hard stop; only an endless script takes so long. */
const ENDLESS_MS = 20_000;

test('what never ends is stopped', async () => {
  const endless = [
    'for (;;);',
    'while (true) goxel.addVoxel(0, 0, 0);',
    'try { for (;;); } catch {} finally { for (;;); }',
    '(function f() { try { f(); } finally { f(); } })()',
    '/(a+)+$/.test("a".repeat(50) + "b")',
    'const f = () => Promise.resolve().then(f); f();',
    '(async () => { for (;;) await null; })()',
    'new Proxy({}, { get: () => { for (;;); } }).x',
    '({ toJSON() { for (;;); } })',
    '(function* () { for (;;) yield; })().forEach(() => {})',
    'goxel.image.selectionBox.iterVoxels(() => { for (;;); })',
    'goxel.layers[0].volume.iter(() => { for (;;); })',
    'goxel.image.activeLayer.volume.setAt({ get x() { for (;;); } }, [1, 1, 1, 1])',
    'Array.from({ length: 1e9 }, () => 0).sort()',
  ];
  for (const code of endless) {
    const started_ms = performance.now();
    const { message } = await failure(code, 'GOX_SCRIPT_TIMEOUT', SHORT).catch((error: unknown) => {
      throw new Error(`${code}: ${error}`, { cause: error });
    });
    assert.match(message, /longer than 150 ms/);
    assert.ok(performance.now() - started_ms < ENDLESS_MS, code);
  }
});

test('built-in functions that never ask for the time are stopped by force', async () => {
  const deaf = [
    'Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)',
    '"a".repeat(1e7).indexOf("a".repeat(5e6) + "b")',
    'Array.prototype.includes.call({ get length() { return 2 ** 53 - 1; } }, 1)',
    'Array.prototype.indexOf = Array.prototype.map = 1; new Array(2 ** 32 - 1).lastIndexOf(1)',
  ];
  for (const code of deaf) {
    const { message } = await failure(code, 'GOX_SCRIPT_TIMEOUT', SHORT);
    assert.match(message, /longer than 150 ms/);
    assert.is(await value('1 + 1'), 2);
  }
});

test('what is thrown cannot go on when it is looked at', async () => {
  const codes = [
    'throw { get message() { for (;;); }, toString() { for (;;); }, toJSON() { for (;;); } }',
    'throw new Proxy(new Error("x"), { get() { for (;;); } })',
    'throw new Proxy({}, { getPrototypeOf() { for (;;); } })',
  ];
  for (const code of codes) {
    assert.match((await failure(code)).message, /threw what cannot be described/);
  }
});

test('an error tells where the time ran out', async () => {
  const { details } = await failure('\n for (;;)\n  Math.max(1);', 'GOX_SCRIPT_TIMEOUT', SHORT);
  assert.is(details?.line, 3);
});

test('memory is limited whatever it is taken for', async () => {
  const limits = { memory_bytes: 24 * MIB };
  const hungry = [
    'const a = []; for (;;) a.push(new Uint8Array(1e6));',
    'const a = []; for (;;) a.push([1, 2, 3]);',
    'let s = "x"; for (;;) { s += s; s.charCodeAt(0); }',
    'new Uint8Array(1e9)',
    'const m = new Map(); for (let i = 0; ; i++) m.set(i, {});',
    'Array.prototype.fill.call({ length: 2 ** 53 - 1 }, 0)',
    'const a = []; for (;;) a.push(goxel.image.activeLayer.volume.getRegion([0,0,0],[99,99,9]));',
    'const a = []; for (;;) a.push(function () { return a; });',
  ];
  for (const code of hungry) {
    const { message } = await failure(code, 'GOX_SCRIPT_MEMORY', { limits }).catch((error) => {
      throw new Error(`${code}: ${error}`, { cause: error });
    });
    assert.match(message, /more memory than the 25165824 bytes/);
    assert.is(await value('1 + 1', { limits }), 2);
  }
  const code = `/* ${'x'.repeat(8 * MIB)} */`;
  await failure(code, 'GOX_SCRIPT_MEMORY', { limits });
});

test('a script that catches the lack of memory can go on', async () => {
  const code = `
    let caught = 0;
    for (let i = 0; i < 3; i++) {
      try { const a = []; for (;;) a.push(new Uint8Array(1e6)); } catch { caught++; }
    }
    goxel.addVoxel(1, 1, 1);
    caught`;
  assert.is(await value(code, { limits: { memory_bytes: 32 * MIB } }), 3);
});

test('deep recursion is an error, in script and in built-in functions', async () => {
  const deep = [
    'const f = () => f() + 1; f();',
    'let a = []; for (let i = 0; i < 1e5; i++) a = [a]; String(a);',
    'let a = []; for (let i = 0; i < 2e4; i++) a = [a]; JSON.stringify(a);',
    'let p = {}; for (let i = 0; i < 1e5; i++) p = new Proxy(p, {}); p.x;',
    'const f = () => [2, 1].sort(f); f();',
    'eval("(".repeat(1e5) + "1" + ")".repeat(1e5))',
    'const o = { toString() { return "" + o; } }; String(o);',
    'const f = () => goxel.image.selectionBox.iterVoxels(f); f();',
    'const v = goxel.layers[0].volume; const f = () => v.iter(f); f();',
  ];
  for (const code of deep) {
    for (const stack_bytes of [64 << 10, 256 << 10, 1 << 30]) {
      const { message } = await failure(code, undefined, { limits: { stack_bytes } });
      assert.match(message, /stack overflow|at most 64 iterations/, code);
    }
    assert.is(await value('1 + 1'), 2);
  }
});

test('what a call begins is never cut short by a stack that is full', async () => {
  const told = { begun: 0, ended: 0 };
  const deep = (n: number): number => (n === 0 ? 0 : deep(n - 1) + 1);
  const call = () => {
    told.begun++;
    deep(400);
    told.ended++;
    return 'true';
  };
  for (const [dive, step] of [
    ['const dive = (n) => (n > 0 ? dive(n - 1) + 1 : goxel.call("x"));', 9],
    ['const dive = (n) => (n > 0 ? [2, 1].sort(() => dive(n - 1)) : goxel.call("x"));', 3],
  ] as const) {
    const code = `${dive} for (let n = 0; ; n += ${step}) dive(n);`;
    for (const stack_bytes of [LIMITS.stack_bytes, 1 << 30]) {
      const limits = { stack_bytes, deadline_ms: 60_000 };
      const { message } = await failure(code, undefined, { limits, call });
      assert.match(message, /stack overflow/);
      assert.ok(told.begun > 50, String(told.begun));
      assert.is(told.ended, told.begun);
    }
  }
});

test('nothing of the host is within reach', async () => {
  const names = [
    ...['process', 'require', 'module', 'fetch', 'Buffer', 'setTimeout', 'Worker', 'std', 'os'],
    ...['navigator', 'WebAssembly', 'functions', 'host', 'exchange', 'bjson', 'loadScript'],
  ];
  const code = `args.filter((name) => typeof globalThis[name] !== 'undefined')`;
  assert.equal(await value(code, { input: { args: names } }), []);
  assert.is(
    await value('(0, eval)("typeof process") + Function("return typeof host")()'),
    ['undefined', 'undefined'].join(''),
  );
  for (const name of ['os', 'fs', 'node:fs', './other.js', '/etc/passwd', 'https://x/y.js']) {
    const { message } = await failure(`import * as m from '${name}';`);
    assert.match(message, /there is no module/, name);
    const caught = `import('${name}').then(() => 'loaded', (e) => e.message)`;
    assert.match(String(await value(caught)), /there is no module/, name);
  }
});

test('files can only be written, and only when the host takes them', async () => {
  const std = "import * as std from 'std';";
  for (const read of ["open('/etc/passwd', 'r')", "loadFile('/etc/passwd')"]) {
    assert.match((await failure(`${std} std.${read}`)).message, /read only the file that they/);
  }
  assert.match((await failure(`${std} std.open('/tmp/x', 'w')`)).message, /cannot write files/);
  assert.match((await failure(`${std} std.open('/tmp/x', 'r+')`)).message, /as "r" or "w"/);
});

test('changed built-ins harm only the script that changed them', async () => {
  const code = `
    const proto = Object.getPrototypeOf(Int32Array.prototype);
    for (const object of [Array.prototype, Object.prototype, Function.prototype, proto,
        Map.prototype, Reflect, JSON, Math, Number, Object, Array]) {
      for (const name of Object.getOwnPropertyNames(object)) {
        try { object[name] = () => { throw new Error('polluted'); }; } catch {}
      }
    }
    const v = goxel.image.activeLayer.volume;
    v.setAt([1, 2, 3], [4, 5, 6, 255]);
    v.iter((p, c) => v.setAt({ x: p.x + 1, y: p.y, z: p.z }, c));
    v.count;`;
  const document = Document.empty();
  await run(code, { document }).catch(() => undefined);
  assert.equal(await value('[[1, 2].map((x) => x + 1), Object.keys({ a: 1 })]'), [[2, 3], ['a']]);
  assert.is(({} as Record<string, unknown>).polluted, undefined);
});

test('keys that mean something to the host are only keys', async () => {
  const code = `JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2}')`;
  const result = (await value(code)) as Record<string, unknown>;
  assert.equal(Object.keys(result), ['__proto__', 'constructor']);
  assert.is(({} as Record<string, unknown>).polluted, undefined);
});

test('output and value are limited', async () => {
  const limits = { output_bytes_max: 1000 };
  for (const code of ['for (;;) print("ä");', 'for (;;) print("");', 'print("x".repeat(1000))']) {
    assert.match((await failure(code, undefined, { limits })).message, /more than 1000 bytes/);
  }
  assert.match(
    (await failure('"x".repeat(999)', undefined, { limits })).message,
    /value of the script takes more than 1000 bytes/,
  );
  assert.equal((await run('print("x".repeat(999))', { limits })).output, ['x'.repeat(999)]);
  const nested = 'let a = 1; for (let i = 0; i < 200; i++) a = [a]; a';
  assert.match((await failure(nested)).message, /nested more than 100 deep/);
  const cyclic = 'const o = {}; o.o = o; o';
  assert.match((await failure(cyclic)).message, /cannot become JSON: TypeError: circular/);
  assert.match((await failure('1n')).message, /cannot become JSON/);
});

test('errors say where, in the code of the script', async () => {
  const wrong: [string, number, number][] = [
    ['\nlet a = 1;\n  a.b.c;', 3, 6],
    ['\n\n  let = ;', 3, 9],
    ['\nfunction f() { throw new Error("x"); }\nf();', 2, 31],
    ['\nexport const a = 1;\n a b', 3, 4],
    ['\n (async () => { await null; null.x; })()', 2, 33],
    ['\n\n goxel.image.activeLayer.volume.setAt("x", 1);', 3, 38],
  ];
  for (const [code, line, column] of wrong) {
    const { message, details } = await failure(code, undefined, { input: { name: 'a b(c).js' } });
    assert.equal([details?.line, details?.column], [line, column], `${code}\n${message}`);
    assert.ok(message.endsWith(`(a_b_c_.js:${line}:${column})`), message);
    assert.ok(!JSON.stringify(details).includes('goxel:api'), 'no frames of the prelude');
  }
  const { details, message } = await failure('print("before"); throw { a: 1 }');
  assert.equal(details?.output, ['before']);
  assert.match(message, /The script threw {"a":1}/);
});

test('a script that is not registered cannot be executed', async () => {
  const code = 'goxel.registerScript({ name: "a", onExecute() {} })';
  const { message } = await failure(code, undefined, { input: { execute: 'b' } });
  assert.match(message, /no script "b" is registered; registered: "a"/);
  const forms = { input: { exportWith: { format: 'b', path: 'x' } } };
  assert.match((await failure(code, undefined, forms)).message, /no format "b" is registered/);
});

test('what the host of the files throws comes out as it is', async () => {
  const thrown = new Error('disk full');
  const files = {
    write: () => {
      throw thrown;
    },
  };
  const code = "import { open } from 'std'; try { open('x', 'w').close(); } catch {}";
  const reason = await run(code, { files }).catch((error: unknown) => error);
  assert.is(reason, thrown);
});

test('a sandbox serves many runs, and is replaced after one that broke it', async () => {
  const first = await createScripts();
  const memory = () => process.memoryUsage();
  const codes = [
    'goxel.addVoxel(1, 2, 3)',
    'throw new Error("x")',
    'null.x',
    '(async () => { await 1; throw 1; })()',
    'const o = {}; o.self = o; globalThis.o = o; goxel.image.getLayersVolume().iter(() => {})',
  ];
  let before = memory();
  for (let i = 0; i < 240; i++) {
    if (i === 40) before = memory();
    await run(codes[i % codes.length]!).catch(() => undefined);
  }
  assert.is(await createScripts(), first);
  const grown = memory().arrayBuffers - before.arrayBuffers + memory().heapUsed - before.heapUsed;
  assert.ok(grown < 40 * MIB, `grew by ${grown} bytes`);
  const deaf = '"a".repeat(1e7).indexOf("a".repeat(5e6) + "b")';
  await failure(deaf, 'GOX_SCRIPT_TIMEOUT', SHORT);
  assert.ok(first.spent);
  assert.is.not(await createScripts(), first);
  const spent = () => first.run(Document.empty(), { code: '1' }, LIMITS satisfies ScriptLimits);
  assert.throws(spent, /spent/);
});

test.run();
