/** The example of supervision without voxels: workers behind an HTTP server, as it runs. */

import { type ChildProcess, spawn } from 'node:child_process';
import { get } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { json } from 'node:stream/consumers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Death, SupervisorOutcome } from '../../machines/supervision/index.ts';
import { ROOT } from '../support/modules.ts';

const MAIN = join(ROOT, 'dist/test/examples/http-pool/main.js');
/** Generous: it is only reached when something is wrong. */
const WAIT_MS = 60_000;
/** A question that is not answered within a test. */
const ENDLESS = '/primes/999999999';

/** A decision as the program prints it. */
interface Line {
  readonly supervisor: string;
  readonly kind: string;
  readonly child?: string;
  readonly info?: { readonly port: number };
  readonly outcome?: SupervisorOutcome;
}

interface Reply {
  readonly code: number | undefined;
  readonly retry_after: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The program, on a port of its own, with its decisions read in order. */
class Program {
  /** Short, `pool/thread:0 died`, in their order. */
  readonly seen: string[] = [];
  readonly exit: Promise<number | null>;
  readonly process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #port = 0;

  constructor({ threads = 2, drain_ms = 10_000 } = {}) {
    const options = [MAIN, '0', `${threads}`, `${drain_ms}`];
    const child = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'inherit'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), WAIT_MS);
    this.process = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    this.exit = new Promise((resolve) => {
      child.once('close', (code) => {
        clearTimeout(timer);
        resolve(code);
      });
    });
  }

  /** The next decision of which this is the short form. */
  async until(what: string): Promise<Line> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) throw new Error(`it ended before '${what}':\n${this.seen.join('\n')}`);
      const line: Line = JSON.parse(value);
      const { supervisor, kind, child = '', info } = line;
      this.#port = info?.port ?? this.#port;
      const path = [supervisor, child].filter((part) => part !== '').join('/');
      this.seen.push(`${path} ${kind}`.trim());
      if (this.seen.at(-1) === what) return line;
    }
  }

  ask(path: string): Promise<Reply> {
    const reply = new Promise<Reply>((resolve, reject) => {
      const options = { host: '127.0.0.1', port: this.#port, path, agent: false };
      const request = get(options, async (response) => {
        const { statusCode: code, headers } = response;
        const body = (await json(response)) as Reply['body'];
        resolve({ code, retry_after: headers['retry-after'], body });
      });
      request.on('error', reject);
    });
    // A test that fails before it looks at it must not end the others.
    reply.catch(() => {});
    return reply;
  }

  /** When so many questions are with threads. */
  async busy(count: number): Promise<void> {
    while ((await this.ask('/status')).body.under_way !== count);
  }

  /**
   * Asks what takes a moment, and gives its reply to come when a thread is at it. On a busy machine
   * it may be answered before anybody sees that: then it is asked again.
   */
  async underWay(path: string): Promise<{ readonly reply: Promise<Reply> }> {
    for (;;) {
      let over = false;
      const reply = this.ask(path);
      const end = () => {
        over = true;
      };
      reply.then(end, end);
      while (!over) {
        if ((await this.ask('/status')).body.under_way === 1) return { reply };
      }
      await reply;
    }
  }
}

/** Runs a test with a program that listens; nothing of it is left. */
async function withProgram(
  options: ConstructorParameters<typeof Program>[0],
  test: (program: Program) => Promise<void>,
): Promise<void> {
  const program = new Program(options);
  try {
    await program.until('running');
    await test(program);
  } finally {
    program.process.kill('SIGKILL');
    await program.exit;
  }
}

const pool = suite('a pool of threads behind an HTTP server');

pool('starts in order, each when the one before it is ready, and answers', () =>
  withProgram({}, async (program) => {
    const starts = program.seen.filter((line) => /ready|server started|thread:1 st/.test(line));
    assert.equal(starts, [
      'pool/thread:0 ready',
      'pool/thread:1 started',
      'pool/thread:1 ready',
      'pool ready',
      'server started',
      'server ready',
    ]);
    assert.equal((await program.ask('/primes/100')).body, { primes: 25 });
    assert.is((await program.ask('/')).code, 404);
  }),
);

pool('says when to ask again while a thread dies; the other goes on, and another comes', () =>
  withProgram({}, async (program) => {
    // Long enough for what is asked meanwhile, on a busy machine too.
    const { reply: other } = await program.underWay('/primes/4000000');
    const { code, retry_after, body } = await program.ask('/primes/13');
    assert.equal([code, retry_after, body], [503, '1', { error: 'its thread has died' }]);
    await program.until('pool/thread:1 restarted');
    assert.is((await program.ask('/primes/100')).code, 200);
    assert.equal((await other).body, { primes: 283146 });

    const deaths = (await program.ask('/status')).body.deaths as readonly Death[];
    const told = deaths.map(({ path, reason, fate }) => ({ path, reason, fate }));
    assert.equal(told, [{ path: 'pool/thread:1', reason: '13 is unlucky', fate: 'restart' }]);
  }),
);

pool('replaces a pool that gives up with the server after it, and fails when that one does', () =>
  withProgram({ threads: 1 }, async (program) => {
    const wear = async () => {
      for (let restarts = 0; restarts < 3; restarts += 1) {
        assert.is((await program.ask('/primes/13')).code, 503);
        await program.until('pool/thread:0 restarted');
      }
      assert.is((await program.ask('/primes/13')).code, 503);
      await program.until('pool/thread:0 gave up');
    };
    await wear();
    program.seen.length = 0;
    await program.until('pool restarted');
    const order = program.seen.filter((line) =>
      /^(pool|server) (died|st|ready|restarted)/.test(line),
    );
    assert.equal(order, [
      ...['pool died', 'server stopping', 'server stopped'],
      ...['pool started', 'pool ready', 'server started', 'server ready', 'pool restarted'],
    ]);
    assert.equal((await program.ask('/primes/100')).body, { primes: 25 });

    await wear();
    const { outcome } = await program.until('ended');
    assert.equal(outcome?.kind === 'gave up' && [outcome.path, outcome.failure], [
      'pool/thread:0',
      '13 is unlucky',
    ]);
    assert.is(await program.exit, 70);
  }),
);

pool('stops in reverse order when it is told to, after it has answered', () =>
  withProgram({}, async (program) => {
    const { reply: last } = await program.underWay('/primes/2000000');
    program.seen.length = 0;
    program.process.kill('SIGTERM');
    assert.equal((await last).body, { primes: 148933 });
    await program.until('ended');
    const order = program.seen.filter((line) => /stopping|stopped/.test(line));
    assert.equal(order, [
      ...['server stopping', 'server stopped', 'pool stopping'],
      ...['pool/thread:1 stopping', 'pool/thread:1 stopped'],
      ...['pool/thread:0 stopping', 'pool/thread:0 stopped', 'pool stopped'],
    ]);
    assert.is(await program.exit, 0);
  }),
);

pool('stops by force what has not stopped at its deadline, and the rest in order', () =>
  withProgram({ drain_ms: 100 }, async (program) => {
    const lost = program.ask(ENDLESS).catch(({ code }) => code);
    await program.busy(1);
    program.process.kill('SIGTERM');
    await program.until('server killed');
    assert.is(await lost, 'ECONNRESET');
    await program.until('pool/thread:0 stopped');
    const { outcome } = await program.until('ended');
    assert.equal(outcome, { kind: 'stopped', by: 'SIGTERM', forced: true });
    assert.is(await program.exit, 0);
  }),
);

pool('waits for nobody when it is told to stop a second time', () =>
  withProgram({}, async (program) => {
    const lost = program.ask(ENDLESS).catch(({ code }) => code);
    await program.busy(1);
    program.process.kill('SIGTERM');
    await program.until('server stopping');
    program.process.kill('SIGTERM');
    await program.until('server stopped');
    assert.is(await lost, 'ECONNRESET');
    assert.is(await program.exit, 0);
  }),
);

pool.run();
