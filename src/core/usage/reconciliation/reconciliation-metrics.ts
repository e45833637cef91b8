import { modelIdOfUpstream, serviceTiers } from "../../models";
import { singleton } from "../../platform/concurrency/singleton";
import { env } from "../../platform/env";
import type { GaugeSource } from "../../platform/observability/gauges";
import { gauge } from "../../platform/observability/metrics";
import { ALL_TIERS } from "./compare-usage";

export const reconciliationMetrics = singleton("reconciliation metrics", () => ({
  drift: gauge(
    "agatha_usage_drift_ratio",
    "By how much the ledger's tokens and costs of the last compared day are above the provider's, as a share of the provider's.",
    ["provider", "model", "tier", "class"],
  ),
  age: gauge(
    "agatha_usage_comparison_age_seconds",
    "How long ago the ledger was last compared with the provider's own usage; infinite where it never was and should be.",
    ["provider"],
  ),
}));

const tiers: ReadonlySet<string> = new Set([...serviceTiers, ALL_TIERS]);

/** Of the result that is kept, so that every process says the same, whichever compared. */
export const reconciliationGauges: GaugeSource = {
  source: "database",
  gauges: () => Object.values(reconciliationMetrics()),
  async read({ db }) {
    const { drift, age } = reconciliationMetrics();
    const provider = "openai";
    const last = await db.usageComparison.findFirst({
      where: { provider },
      orderBy: { day: "desc" },
      include: { lines: true },
    });
    if (last === null) {
      if (env().OPENAI_ADMIN_KEY !== undefined) age.set({ provider }, Number.POSITIVE_INFINITY);
      return;
    }
    age.set({ provider }, Math.max(0, (Date.now() - last.comparedAt.getTime()) / 1_000));
    const worst = new Map<string, number>();
    for (const line of last.lines) {
      // Models and tiers that nobody here knows share one series: their names come from outside and could be any number.
      const model = modelIdOfUpstream(line.model) ?? "other";
      const tier = tiers.has(line.serviceTier) ? line.serviceTier : "other";
      const labels = { provider, model, tier, class: line.class };
      const key = JSON.stringify(labels);
      if (Math.abs(line.drift) < Math.abs(worst.get(key) ?? 0)) continue;
      worst.set(key, line.drift);
      drift.set(labels, line.drift);
    }
  },
};
