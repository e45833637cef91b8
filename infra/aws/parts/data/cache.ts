import { SecretValue } from "aws-cdk-lib";
import * as elasticache from "aws-cdk-lib/aws-elasticache";
import type { Construct } from "constructs";
import { CACHE_TOKEN } from "../../config/secret-variables";
import { ports } from "../../spec/may-talk";
import type { Profile } from "../../spec/profiles";
import type { DataContext } from "./data-context";

const ENGINE_VERSION = "7.1";
const FAMILY = "redis7";
const MAINTENANCE_WINDOW = "sat:06:00-sat:07:00";

/** Redis in cluster mode. Nothing in it is worth a backup: limits and cached answers begin anew. */
export function addCache(
  scope: Construct,
  context: DataContext & { cache: NonNullable<Profile["cache"]>; securityGroupId: string },
): void {
  const { names, placement, dataKeyArn, subnetIds, cache, appSecretArn, securityGroupId } = context;
  const subnets = new elasticache.CfnSubnetGroup(scope, "CacheSubnets", {
    description: "The isolated subnets",
    cacheSubnetGroupName: `${names.placed(placement)}`,
    subnetIds,
  });
  const parameters = new elasticache.CfnParameterGroup(scope, "CacheParameters", {
    cacheParameterGroupFamily: FAMILY,
    description: "AgathaAI",
    properties: {
      "cluster-enabled": "yes",
      // Counts and answers have times of their own; what is asked least goes first when memory ends.
      "maxmemory-policy": "volatile-lfu",
    },
  });
  new elasticache.CfnReplicationGroup(scope, "Cache", {
    replicationGroupId: names.placed(placement).slice(0, 40),
    replicationGroupDescription: `Limits and cached answers of cell ${placement.cell.code}`,
    engine: "redis",
    engineVersion: ENGINE_VERSION,
    cacheNodeType: cache.node,
    numNodeGroups: cache.shards,
    replicasPerNodeGroup: cache.replicasPerShard,
    automaticFailoverEnabled: true,
    multiAzEnabled: true,
    port: ports.redis,
    cacheSubnetGroupName: subnets.ref,
    cacheParameterGroupName: parameters.ref,
    securityGroupIds: [securityGroupId],
    atRestEncryptionEnabled: true,
    kmsKeyId: dataKeyArn,
    transitEncryptionEnabled: true,
    transitEncryptionMode: "required",
    authToken: SecretValue.secretsManager(appSecretArn, { jsonField: CACHE_TOKEN }).unsafeUnwrap(),
    autoMinorVersionUpgrade: true,
    preferredMaintenanceWindow: MAINTENANCE_WINDOW,
  });
}
