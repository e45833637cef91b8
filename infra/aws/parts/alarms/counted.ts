import { Duration } from "aws-cdk-lib";
import * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import type { Placement } from "../../spec/cells";

/** For metrics that come out of our logs: by a filter on the API's, and embedded in the functions' (ADR 124). */
export const OWN_NAMESPACE = "AgathaAI";
/** `service.name` of the functions (src/worker/metrics.ts). */
const SERVICE = "agathaai-worker";
/** As in src/shared/providers.ts; a test compares them. */
export const providerIds = ["openai", "gemini", "deepseek"];
const ATTEMPTS = "agatha_provider_request_duration_seconds";
const period = Duration.minutes(1);

/** What only functions know of their own work, since no collector reads them. */
export type Counted = "providers" | "credentials" | "defects";

/** The metric behind an alarm about a placement's functions. A rule of Prometheus asks the same of its tasks. */
export function countedMetric(figure: Counted, placement: Placement): cloudwatch.IMetric {
  const count = (name: string, labels: Record<string, string> = {}, statistic = "Sum") =>
    ofFunctions(placement, name, labels, statistic);
  switch (figure) {
    case "providers":
      return new cloudwatch.MathExpression({
        label: "failing",
        expression: `MAX([${providerIds
          .map((name) => `IF(FILL(${name}All, 0) > 0, FILL(${name}Failed, 0) / ${name}All, 0)`)
          .join(", ")}])`,
        usingMetrics: Object.fromEntries(
          providerIds.flatMap((provider) => [
            [`${provider}All`, count(ATTEMPTS, { provider }, "SampleCount")],
            [`${provider}Failed`, count("agatha_provider_errors_total", { provider })],
          ]),
        ),
        period,
      });
    case "credentials":
      return count("agatha_provider_errors_total", { kind: "auth" });
    case "defects":
      return count("agatha_usage_defects_total");
  }
}

/** Graphs of the dashboard without an alarm: how much the functions did. */
export function countedLines(placement: Placement): { title: string; metrics: cloudwatch.IMetric[] }[] {
  const each = (name: string, label: string, values: readonly string[], statistic = "Sum") =>
    values.map((value) => ofFunctions(placement, name, { [label]: value }, statistic));
  return [
    {
      title: "Requests that functions brought to their end",
      metrics: each("agatha_worker_requests_ended_total", "status", ["completed", "failed"]),
    },
    {
      title: "Seconds of the functions' attempts at a provider, p95",
      metrics: each(ATTEMPTS, "provider", providerIds, "p95"),
    },
    {
      title: "Tokens of the functions' calls",
      metrics: each("agatha_provider_tokens_total", "direction", ["input", "output"]),
    },
  ];
}

function ofFunctions(
  { cell }: Placement,
  metricName: string,
  labels: Record<string, string>,
  statistic: string,
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: OWN_NAMESPACE,
    metricName,
    dimensionsMap: { "service.name": SERVICE, cell: cell.code, ...labels },
    statistic,
    period,
    label: Object.values(labels).join(" ") || metricName,
  });
}
