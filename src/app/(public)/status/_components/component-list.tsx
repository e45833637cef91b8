import type { Readiness } from "@agathaai/core/platform/observability/health";
import { Badge, type BadgeTone } from "@/components/ui/badge";

const names: Record<keyof Readiness["checks"], string> = {
  database: "API and storage",
  queue: "Queue",
  redis: "Rate limiting",
};
const labels = { ok: "working", degraded: "slow", failed: "not working" } as const;
const tones: Record<keyof typeof labels, BadgeTone> = { ok: "good", degraded: "attention", failed: "danger" };

export function ComponentList({ readiness }: { readiness: Readiness }) {
  const parts = (["database", "queue", "redis"] as const).flatMap((part) => {
    const check = readiness.checks[part];
    return check === undefined ? [] : { part, check };
  });
  return (
    <ul className="mt-10 divide-y rounded-lg border bg-surface">
      {parts.map(({ part, check }) => (
        <li key={part} className="flex items-center justify-between gap-4 px-4 py-3">
          <span className="font-medium">{names[part]}</span>
          <span className="flex items-center gap-3">
            <span className="text-[13px] text-muted tabular-nums">{check.latency_ms} ms</span>
            <Badge tone={tones[check.status]}>{labels[check.status]}</Badge>
          </span>
        </li>
      ))}
    </ul>
  );
}
