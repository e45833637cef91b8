import type { PlatformStatus } from "@/server/health/read-status";

export interface StatusWords {
  headline: string;
  meaning: string;
  tone: "good" | "attention" | "danger";
}

/** A provider counts as troubled from this share of failures on, once there are enough requests to judge by. */
const TROUBLED_SHARE = 0.05;
const ENOUGH = 20;

export function isTroubled({ requests, failed }: { requests: number; failed: number }): boolean {
  return requests >= ENOUGH && failed / requests >= TROUBLED_SHARE;
}

export function describeStatus({ readiness, providers }: PlatformStatus): StatusWords {
  if (readiness.status !== "ready") {
    return {
      headline: "Requests are not accepted",
      meaning:
        "Calls are answered with 503 and a retry-after. What was accepted before is kept and will be finished.",
      tone: "danger",
    };
  }
  const degraded = Object.values(readiness.checks).some((check) => check.status !== "ok");
  if (degraded) {
    return {
      headline: "Working, with delays",
      meaning: "Requests are accepted and kept; some take longer than usual.",
      tone: "attention",
    };
  }
  if (providers?.some(isTroubled)) {
    return {
      headline: "A provider has trouble",
      meaning: "Requests to it are tried several times before they fail. Failures cost nothing.",
      tone: "attention",
    };
  }
  return { headline: "Everything works", meaning: "Requests are accepted and answered.", tone: "good" };
}
