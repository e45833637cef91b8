import type { OverallState } from "@/server/platform-status";

export interface StatusSummary {
  headline: string;
  meaning: string;
  tone: "good" | "attention" | "danger";
}

export const summaries: Record<OverallState, StatusSummary> = {
  operational: {
    headline: "All systems are working",
    meaning: "Requests are accepted and completed.",
    tone: "good",
  },
  maintenance: {
    headline: "Maintenance is under way",
    meaning: "It was announced below. Accepted requests are safe.",
    tone: "attention",
  },
  degraded: {
    headline: "Some systems have problems",
    meaning: "Requests are accepted. Failed requests cost nothing.",
    tone: "attention",
  },
  outage: {
    headline: "We’re having an outage",
    meaning: "Calls may return 503 with a retry-after. Accepted requests are safe and will finish.",
    tone: "danger",
  },
  unknown: {
    headline: "We can’t tell right now",
    meaning: "We can’t read our measurements, so we don’t say that anything works.",
    tone: "attention",
  },
};
