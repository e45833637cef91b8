export { gaugeSources } from "./gauge-sources";
export { partitionedTables } from "./partitioned-tables";
export { rotateMasterKey } from "./rotate-master-key";
