import { auditGauges } from "../audit";
import { billingGauges } from "../billing";
import { inferenceGauges } from "../inference";
import { type GaugeSource, partitionGauges, queueGauges } from "../platform/observability/gauges";
import { partitionedTables } from "./partitioned-tables";

/** What a scrape reads: the gauges of the nouns' tables, and of the queue. */
export const gaugeSources: readonly GaugeSource[] = [
  queueGauges,
  auditGauges,
  inferenceGauges,
  billingGauges,
  partitionGauges(partitionedTables),
];
