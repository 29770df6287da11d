/** What the server of metrics and health answers to which request; no sockets here. */

/** One of the things that a verdict looks at. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** A sentence: what is wrong, or what was found. */
  readonly text: string;
}

export interface Verdict {
  readonly ok: boolean;
  /** In one word: `running`, `degraded`. */
  readonly state: string;
  readonly checks: readonly Check[];
}

/** Whom it asks. None of them waits for a worker. */
export interface Answers {
  /** Whether the process turns. */
  live(): Verdict;
  /** Whether clients can be sent here. */
  ready(): Verdict;
  /** How the health monitor finds the daemon. */
  health(): Verdict;
  metrics(openMetrics: boolean): Promise<MetricsText>;
}

export interface MetricsText {
  /** Its content type. */
  readonly type: string;
  readonly text: string;
}

export interface PageRequest {
  readonly method: string;
  /** Path and query, as they came. */
  readonly url: string;
  readonly accept: string;
}

export interface Page {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const PLAIN = 'text/plain; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';
const OPEN_METRICS = /application\/openmetrics-text/i;

const VERDICTS: Readonly<Record<string, (answers: Answers) => Verdict>> = {
  '/livez': (answers) => answers.live(),
  '/readyz': (answers) => answers.ready(),
  '/healthz': (answers) => answers.health(),
};

const PATHS = ['/metrics', ...Object.keys(VERDICTS)];

export async function pageFor(request: PageRequest, answers: Answers): Promise<Page> {
  const { method, url, accept } = request;
  const [path = '', query = ''] = url.split('?', 2);
  const verdict = VERDICTS[path];
  if (verdict === undefined && path !== '/metrics') {
    return plain(404, `there is no such page; there are ${PATHS.join(', ')}\n`);
  }
  if (method !== 'GET' && method !== 'HEAD') {
    return plain(405, 'this can only be read, with GET or HEAD\n', { allow: 'GET, HEAD' });
  }
  if (verdict !== undefined) {
    return verdictPage(path.slice(1), verdict(answers), new URLSearchParams(query), accept);
  }
  const { type, text } = await answers.metrics(OPEN_METRICS.test(accept));
  return { status: 200, headers: { 'content-type': type }, body: text };
}

function verdictPage(name: string, verdict: Verdict, query: URLSearchParams, accept: string): Page {
  const { ok, state, checks } = verdict;
  const status = ok ? 200 : 503;
  if (query.get('format') === 'json' || /application\/json/i.test(accept)) {
    const body = `${JSON.stringify({ name, ok, state, checks })}\n`;
    return { status, headers: { 'content-type': JSON_TYPE }, body };
  }
  // Who is told that something failed wants to know what.
  const isVerbose = query.has('verbose') || !ok;
  return plain(status, isVerbose ? verboseText(name, verdict) : 'ok\n');
}

/** As the servers of Kubernetes write it. */
function verboseText(name: string, { ok, checks }: Verdict): string {
  const lines = checks.map((check) => {
    const text = check.text === '' ? '' : `: ${check.text}`;
    return check.ok ? `[+]${check.name} ok${text}` : `[-]${check.name} failed${text}`;
  });
  return [...lines, `${name} check ${ok ? 'passed' : 'failed'}`, ''].join('\n');
}

function plain(status: number, body: string, more: Readonly<Record<string, string>> = {}): Page {
  return { status, headers: { 'content-type': PLAIN, ...more }, body };
}
