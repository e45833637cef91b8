import type { Construct } from "constructs";
import { addBuckets } from "../../parts/data/buckets";
import { addCache } from "../../parts/data/cache";
import { addDatabase, addStandbyDatabase, type DatabaseRef } from "../../parts/data/database";
import { type CellProps, CellStack } from "../base-stack";
import type { NetworkStack } from "../region/network";

export interface DataProps extends CellProps {
  network: NetworkStack;
  platformKeyArn: string;
}

/**
 * What a cell keeps: PostgreSQL, Redis and objects. At the standby the database follows the home's and the buckets
 * receive copies; Redis is at home alone; after a failover limits are counted in PostgreSQL, and begin
 * anew once.
 */
export class DataStack extends CellStack {
  readonly database: DatabaseRef;

  constructor(scope: Construct, props: DataProps) {
    super(scope, "data", props);
    const { profile } = this.config;
    const context = {
      profile,
      names: this.names,
      placement: this.placement,
      dataKeyArn: this.dataKeyArn,
      platformKeyArn: props.platformKeyArn,
      subnetIds: props.network.vpc.selectSubnets({ subnetGroupName: "data" }).subnetIds,
      zones: props.network.vpc.availabilityZones,
      account: this.config.account,
      keyIds: this.config.keys,
      appSecretArn: this.made.appSecret,
    };
    const { database, cache } = props.network.securityGroups;
    const add = this.isHome ? addDatabase : addStandbyDatabase;
    this.database = add(this, { ...context, securityGroupId: database });
    // The standby does without: the product counts in PostgreSQL where there is no Redis.
    if (profile.cache !== undefined && this.isHome)
      addCache(this, { ...context, cache: profile.cache, securityGroupId: cache });
    addBuckets(this, context);
  }
}
