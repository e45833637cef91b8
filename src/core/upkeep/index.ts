export { gaugeSources } from "./gauge-sources";
export { indexedRows } from "./index-rotation/index-places";
export { type IndexRotation, rotateIndexKey } from "./index-rotation/rotate-index-key";
export { partitionedTables } from "./partitioned-tables";
export { renewalMetrics, renewDataKeys } from "./renew-data-keys";
export { rotateMasterKey } from "./rotate-master-key";
