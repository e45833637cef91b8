import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { singleton } from "../concurrency/singleton";

/** Through 200 ms and 500 ms, at which the alerts speak. */
const HTTP_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10, 30, 60];
const PROVIDER_SECONDS = [0.1, 0.25, 0.5, 1, 2, 3, 5, 7.5, 10, 15, 20, 30, 60, 120, 300];

const registry = singleton("metrics registry", () => {
  const made = new Registry();
  collectDefaultMetrics({ register: made });
  return made;
});

/** A noun makes its instruments with these, in a `singleton`: see `limits/limiter`. */
export function counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]) {
  return new Counter({ name, help, labelNames, registers: [registry()] });
}

export function gauge<Label extends string>(name: string, help: string, labelNames: readonly Label[]) {
  return new Gauge({ name, help, labelNames, registers: [registry()] });
}

/**
 * The instruments of HTTP, queue, worker and process. Labels come from our own tables (route patterns, error codes, catalogue
 * models, providers, lanes), never from what a caller sent: the number of series is bounded.
 */
function createMetrics() {
  const registers = [registry()];
  return {
    registry: registry(),

    httpRequests: counter("agatha_http_requests_total", "Requests answered.", ["route", "method", "status"]),
    httpErrors: counter("agatha_http_errors_total", "Refusals and failures by their code.", [
      "route",
      "method",
      "code",
    ]),
    httpSeconds: new Histogram({
      name: "agatha_http_request_duration_seconds",
      help: "From the first byte of the request to the end of its answer. `wait`: the caller asked to wait for a result.",
      labelNames: ["route", "method", "status_class", "wait"] as const,
      buckets: HTTP_SECONDS,
      registers,
    }),

    queueMessages: gauge("agatha_queue_messages", "Messages in SQS; lane `dead` is the dead-letter queue.", [
      "lane",
      "state",
    ]),
    partitionsAhead: gauge(
      "agatha_partitions_ahead",
      "Months or weeks for which partitions are ready, after the present one.",
      ["table", "period"],
    ),
    sourceUp: gauge("agatha_metrics_source_up", "Whether the values behind a scrape could be read.", [
      "source",
    ]),

    workerInFlight: gauge("agatha_worker_jobs_in_flight", "Requests this worker is working on.", ["lane"]),
    workerClaims: counter("agatha_worker_claims_total", "What trying to claim a message's request gave.", [
      "outcome",
    ]),
    workerRetries: counter("agatha_worker_retries_total", "Attempts that will be repeated, by cause.", [
      "kind",
    ]),
    workerEnded: counter("agatha_worker_requests_ended_total", "Requests brought to their end.", ["status"]),
    workerDeadLetters: counter("agatha_worker_dead_letters_total", "Messages put aside for a person.", [
      "reason",
    ]),

    providerSeconds: new Histogram({
      name: "agatha_provider_request_duration_seconds",
      help: "One attempt at a provider, successful or not.",
      labelNames: ["provider", "model"] as const,
      buckets: PROVIDER_SECONDS,
      registers,
    }),
    providerErrors: counter("agatha_provider_errors_total", "Attempts that failed, by kind.", [
      "provider",
      "model",
      "kind",
    ]),
    providerTokens: counter("agatha_provider_tokens_total", "Tokens as the provider counted them.", [
      "provider",
      "model",
      "direction",
    ]),

    dbConnections: gauge("agatha_db_pool_connections", "Connections of this process's pool.", ["state"]),
    dbWaiting: gauge("agatha_db_pool_waiting", "Callers waiting for a connection.", []),

    anonymousCalls: counter(
      "agatha_anonymous_calls_total",
      "Calls without a caller that leave no row in the audit trail.",
      ["route", "code"],
    ),

    emails: counter("agatha_mails_total", "Emails by the mail server's response.", ["outcome"]),
  };
}

export const metrics = singleton("metrics", createMetrics);
