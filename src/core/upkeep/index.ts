export { gaugeSources } from "./gauge-sources";
export { partitionedTables } from "./partitioned-tables";
