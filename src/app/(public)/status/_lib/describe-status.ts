import type { ProviderHealth } from "@agathaai/core/usage";
import type { PlatformStatus } from "@/server/public-pages";

export interface StatusSummary {
  headline: string;
  meaning: string;
  tone: "good" | "attention" | "danger";
}

// A provider has problems when it fails at least three organizations, and at least 5% of those that use it. One
// customer's failures say nothing about the provider.
const LEAST_AFFECTED = 3;
const AFFECTED_SHARE = 0.05;
const ENOUGH_REQUESTS = 20;

export function hasProblems({
  requests,
  organizations,
  affected,
}: Pick<ProviderHealth, "requests" | "organizations" | "affected">): boolean {
  return (
    requests >= ENOUGH_REQUESTS && affected >= LEAST_AFFECTED && affected / organizations >= AFFECTED_SHARE
  );
}

export function describeStatus({ readiness, providers }: PlatformStatus): StatusSummary {
  if (readiness.status !== "ready") {
    return {
      headline: "We’re not accepting requests",
      meaning: "Calls return 503 with a retry-after. Accepted requests are safe and will finish.",
      tone: "danger",
    };
  }
  const degraded = Object.values(readiness.checks).some((check) => check.status !== "ok");
  if (degraded) {
    return {
      headline: "Working, with delays",
      meaning: "Requests are accepted; some take longer than usual.",
      tone: "attention",
    };
  }
  if (providers?.some(hasProblems)) {
    return {
      headline: "A provider is having problems",
      meaning: "We retry requests to it several times before they fail. Failed requests cost nothing.",
      tone: "attention",
    };
  }
  return {
    headline: "All systems are working",
    meaning: "Requests are accepted and completed.",
    tone: "good",
  };
}
