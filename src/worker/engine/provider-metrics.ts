import type { TokenUsage } from "@agathaai/core/models";
import type { Measured } from "@agathaai/core/platform/observability/instruments/named-histogram";
import type { Tally } from "@agathaai/core/platform/observability/instruments/tallied-counter";
import { providerMetrics } from "../metrics";
import type { FailureKind } from "./failures/errors";

interface Labels {
  provider: string;
  model: string;
}

/** The series of one model's calls. */
interface Series {
  labels: Labels;
  seconds: Measured;
  input: Tally;
  output: Tally;
}

const known = new Map<string, Series>();

/**
 * Counts one call to a provider, by the catalogue's own names. A call that we stopped ourselves says nothing about the
 * provider.
 */
export function countCall(
  called: Labels,
  latencyMs: number,
  result: FailureKind | TokenUsage | undefined,
): void {
  if (result === "aborted") return;
  const { labels, seconds, input, output } = seriesOf(called);
  if (typeof result === "string") providerMetrics().errors.inc({ ...labels, kind: result });
  else if (result !== undefined) {
    input.add(result.inputTokens);
    output.add(result.outputTokens);
  }
  seconds.observe(latencyMs / 1_000);
}

function seriesOf({ provider, model }: Labels): Series {
  const name = `${provider} ${model}`;
  let series = known.get(name);
  if (series === undefined) {
    const { seconds, tokens } = providerMetrics();
    const labels = { provider, model };
    series = {
      labels,
      seconds: seconds.series(labels),
      input: tokens.tally({ ...labels, direction: "input" }),
      output: tokens.tally({ ...labels, direction: "output" }),
    };
    known.set(name, series);
  }
  return series;
}
