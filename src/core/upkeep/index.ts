export { gaugeSources } from "./gauge-sources";
export { indexedRows } from "./index-rotation/index-places";
export { type IndexRotation, rotateIndexKey } from "./index-rotation/rotate-index-key";
export { type JobTiming, keepJobs, noteRun } from "./job-runs";
export { partitionedTables } from "./partitioned-tables";
export { renewDataKeys } from "./renew-data-keys";
export { rotateMasterKey } from "./rotate-master-key";
