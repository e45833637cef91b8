import { admissionGauges } from "../admission";
import { auditGauges } from "../audit";
import { billingGauges } from "../billing";
import { inferenceGauges } from "../inference";
import {
  clockGauges,
  connectionGauges,
  type GaugeSource,
  partitionGauges,
  queueGauges,
} from "../platform/observability/gauges";
import { responseCacheGauges } from "../response-cache";
import { partitionedTables } from "./partitioned-tables";

/** All gauges read at a scrape: those of the nouns' tables, and the queue's. */
export const gaugeSources: readonly GaugeSource[] = [
  queueGauges,
  connectionGauges,
  clockGauges,
  admissionGauges,
  auditGauges,
  inferenceGauges,
  billingGauges,
  responseCacheGauges,
  partitionGauges(partitionedTables),
];
