import { admissionGauges } from "../admission";
import { auditGauges } from "../audit";
import { billingGauges } from "../billing";
import { exportGauges } from "../exports";
import { inferenceGauges } from "../inference";
import { erasureGauges } from "../org-deletion";
import {
  clockGauges,
  connectionGauges,
  type GaugeSource,
  partitionGauges,
  queueGauges,
} from "../platform/observability/gauges";
import { responseCacheGauges } from "../response-cache";
import { reconciliationGauges } from "../usage";
import { webhookGauges } from "../webhooks";
import { jobGauges } from "./job-runs";
import { partitionedTables } from "./partitioned-tables";
import { dataKeyGauges } from "./renew-data-keys";

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
  reconciliationGauges,
  dataKeyGauges,
  erasureGauges,
  exportGauges,
  webhookGauges,
  jobGauges,
  partitionGauges(partitionedTables),
];
