import type { BadgeTone } from "../ui/badge";

/** The states of incidents and maintenance, as people read them. */
export const noticeStates = {
  investigating: { label: "Investigating", tone: "danger" },
  identified: { label: "Identified", tone: "attention" },
  monitoring: { label: "Monitoring", tone: "accent" },
  resolved: { label: "Resolved", tone: "good" },
  scheduled: { label: "Scheduled", tone: "accent" },
  in_progress: { label: "In progress", tone: "attention" },
  completed: { label: "Completed", tone: "good" },
  canceled: { label: "Canceled", tone: "neutral" },
} as const satisfies Record<string, { label: string; tone: BadgeTone }>;

export const severityLabels = { P0: "Critical", P1: "High", P2: "Medium", P3: "Low" } as const;
