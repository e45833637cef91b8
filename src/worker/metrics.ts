import { singleton } from "@agathaai/core/platform/concurrency/singleton";
import { counter, gauge, histogram, talliedCounter } from "@agathaai/core/platform/observability/metrics";

const PROVIDER_SECONDS = [0.1, 0.25, 0.5, 1, 2, 3, 5, 7.5, 10, 15, 20, 30, 60, 120, 300];

export const workerMetrics = singleton("worker metrics", () => ({
  inFlight: gauge("agatha_worker_jobs_in_flight", "Requests this worker is working on.", ["queue"]),
  claims: counter("agatha_worker_claims_total", "Attempts to claim a message's request, by outcome.", [
    "outcome",
  ]),
  retries: counter("agatha_worker_retries_total", "Attempts that will be repeated, by cause.", ["kind"]),
  ended: counter("agatha_worker_requests_ended_total", "Requests brought to their end.", ["status"]),
  webhookAttempts: counter("agatha_webhook_attempts_total", "Attempts to send an event, by outcome.", [
    "result",
  ]),
  jobFailures: counter("agatha_job_failures_total", "Runs of scheduled jobs that failed.", ["name"]),
  deadLetters: counter("agatha_worker_dead_letters_total", "Messages put aside for a person.", ["reason"]),
}));

/** One attempt at a provider. Labels are the catalogue's own names. */
export const providerMetrics = singleton("provider metrics", () => ({
  seconds: histogram(
    "agatha_provider_request_duration_seconds",
    "One attempt at a provider, successful or not.",
    { labelNames: ["provider", "model"], buckets: PROVIDER_SECONDS },
  ),
  errors: counter("agatha_provider_errors_total", "Attempts that failed, by kind.", [
    "provider",
    "model",
    "kind",
  ]),
  tokens: talliedCounter("agatha_provider_tokens_total", "Tokens as the provider counted them.", [
    "provider",
    "model",
    "direction",
  ]),
}));

/** The dimensions of the metrics in a function's log. infra/aws/parts/alarms/counted.ts looks for them by the same names. */
export const functionOf = (cell: string | undefined) => ({
  "service.name": "agathaai-worker",
  ...(cell === undefined ? {} : { cell }),
});
