/**
 * The metrics as text, by prom-client. One registry for each content type, both with the same
 * families, which are filled when somebody scrapes. The default metrics of prom-client are not
 * taken: they observe the garbage collector and the event loop for ever, with no way to end that.
 */

import type { Counter, Gauge, Metric, Registry } from 'prom-client';
import type { MetricsText } from '../../actors/http/pages.ts';
import type { MetricFacts } from './facts.ts';
import { FAMILIES } from './families.ts';
import type { Family } from './family.ts';
import { BUCKETS_S, type RequestMeter } from './requests.ts';

/** However many scrape: within that time they get the same text. */
const FRESH_MS = 200;
/** The same as a multiple of what it took, so that scrapes never take more than a share of time. */
const FRESH_TIMES = 20;

type PromClient = typeof import('prom-client');

/** A scrape of either content type. */
export type Scrape = (openMetrics: boolean) => Promise<MetricsText>;

/** prom-client is loaded here, since most daemons serve no metrics. */
export async function exposition(gather: () => MetricFacts): Promise<Scrape> {
  const client: PromClient = (await import('prom-client')).default;
  const plain = scraper(client, client.Registry.PROMETHEUS_CONTENT_TYPE, gather);
  const open = scraper(client, client.Registry.OPENMETRICS_CONTENT_TYPE, gather);
  return async (openMetrics) => await (openMetrics ? open() : plain());
}

function scraper(
  client: PromClient,
  type: string,
  gather: () => MetricFacts,
): () => Promise<MetricsText> {
  const registry: Registry = new client.Registry();
  registry.setContentType(type as typeof client.Registry.PROMETHEUS_CONTENT_TYPE);
  const fills = FAMILIES.map((family) => fillerOf(client, registry, family));
  let facts: MetricFacts | undefined;
  registry.registerMetric(durations(() => facts?.meter) as unknown as Metric);
  let last: Promise<MetricsText> | undefined;
  let until_ms = 0;
  return () => {
    const now_ms = performance.now();
    if (last !== undefined && now_ms < until_ms) return last;
    facts = gather();
    for (const fill of fills) fill(facts);
    // Who asks while it is made gets the same.
    until_ms = Number.POSITIVE_INFINITY;
    last = registry.metrics().then((text) => {
      const took_ms = performance.now() - now_ms;
      until_ms = now_ms + Math.max(FRESH_MS, FRESH_TIMES * took_ms);
      return { type, text };
    });
    // The next one tries again; who asked hears of it.
    last.catch(() => {
      until_ms = 0;
    });
    return last;
  };
}

function fillerOf(client: PromClient, registry: Registry, family: Family) {
  const { name, help, labels, type, read } = family;
  const options = { name, help, labelNames: [...labels], registers: [registry] };
  const metric: Counter | Gauge =
    type === 'gauge' ? new client.Gauge(options) : new client.Counter(options);
  return (facts: MetricFacts): void => {
    const found = read(facts);
    metric.reset();
    if (typeof found === 'number') metric.inc(found);
    else for (const [labelled, value] of found) metric.inc(labelled, value);
  };
}

/** A metric as prom-client takes it; it has no way to be given the counts of a histogram. */
function durations(meter: () => RequestMeter | undefined) {
  const name = 'goxel_rpc_request_duration_seconds';
  const values = function* () {
    for (const [method, { buckets, count, sum_s }] of meter()?.methods ?? []) {
      let below = 0;
      for (const [index, bound] of BUCKETS_S.entries()) {
        below += buckets[index]!;
        yield { labels: { le: `${bound}`, method }, value: below, metricName: `${name}_bucket` };
      }
      yield { labels: { le: '+Inf', method }, value: count, metricName: `${name}_bucket` };
      yield { labels: { method }, value: sum_s, metricName: `${name}_sum` };
      yield { labels: { method }, value: count, metricName: `${name}_count` };
    }
  };
  const help = 'From when a request was read until its reply was there, by method.';
  const about = { name, help, type: 'histogram', aggregator: 'sum' };
  return { ...about, get: () => Promise.resolve({ ...about, values: [...values()] }) };
}
