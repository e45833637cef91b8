import type { Placement } from "../../spec/cells";
import type { Names } from "../../spec/names";
import type { Profile } from "../../spec/profiles";

/** What the parts of a cell's data have in common. */
export interface DataContext {
  profile: Profile;
  names: Names;
  placement: Placement;
  account: string;
  dataKeyArn: string;
  platformKeyArn: string;
  /** The mrk id of each cell: the key of the other region is the same one. */
  keyIds: Record<string, string>;
  subnetIds: string[];
  zones: string[];
  appSecretArn: string;
}
