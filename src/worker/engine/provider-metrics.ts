import type { TokenUsage } from "@agathaai/core/models";
import { providerMetrics } from "../metrics";
import type { FailureKind } from "./failures/errors";

/**
 * Counts one call to a provider, by the catalogue's own names. A call that we stopped ourselves says nothing about the
 * provider.
 */
export function countCall(
  labels: { provider: string; model: string },
  latencyMs: number,
  result: FailureKind | TokenUsage | undefined,
): void {
  const { seconds, errors, tokens } = providerMetrics();
  if (result === "aborted") return;
  if (typeof result === "string") errors.inc({ ...labels, kind: result });
  else if (result !== undefined) {
    tokens.inc({ ...labels, direction: "input" }, result.inputTokens);
    tokens.inc({ ...labels, direction: "output" }, result.outputTokens);
  }
  seconds.observe(labels, latencyMs / 1_000);
}
