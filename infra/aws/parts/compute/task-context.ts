import type { Config, RegionConfig } from "../../config/config";
import type { Placement } from "../../spec/cells";
import type { Names } from "../../spec/names";
import type { MessagingStack } from "../../stacks/cell/messaging";
import type { DatabaseRef } from "../data/database";

/** What every process of a placement needs to know. */
export interface TaskContext {
  config: Config;
  names: Names;
  placement: Placement;
  made: RegionConfig;
  dataKeyArn: string;
  platformKeyArn: string;
  messaging: MessagingStack;
  database: DatabaseRef;
}
