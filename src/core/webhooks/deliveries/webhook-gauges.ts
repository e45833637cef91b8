import { singleton } from "../../platform/concurrency/singleton";
import type { GaugeSource } from "../../platform/observability/gauges";
import { gauge } from "../../platform/observability/metrics";
import { oldestDueSeconds } from "./oldest-due";

const webhookMetrics = singleton("webhook metrics", () => ({
  oldest: gauge(
    "agatha_webhooks_oldest_due_seconds",
    "How long the oldest delivery that is due has waited for its attempt, of endpoints that answer; 0 when there is none.",
    [],
  ),
}));

export const webhookGauges: GaugeSource = {
  source: "database",
  gauges: () => [webhookMetrics().oldest],
  async read({ db }) {
    webhookMetrics().oldest.set(await oldestDueSeconds(db));
  },
};
