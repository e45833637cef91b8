import { CfnOutput } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { addTask } from "../../parts/compute/task";
import { CellStack } from "../base-stack";
import type { ServiceProps } from "./api";

/**
 * The task that changes the schema, as its owner. It is deployed and run before anything else of a version: migrations
 * only add, so that the version before goes on meanwhile.
 */
export class MigrateStack extends CellStack {
  constructor(scope: Construct, props: Omit<ServiceProps, "workspace">) {
    super(scope, "migrate", props);
    const { network, messaging, database, platformKeyArn } = props;
    addTask(this, "migrate", {
      config: this.config,
      names: this.names,
      placement: this.placement,
      made: this.made,
      dataKeyArn: this.dataKeyArn,
      platformKeyArn,
      messaging,
      database,
      size: { cpu: 512, memoryMiB: 1_024, connections: { pool: 2, beside: 0 } },
      command: ["migrate"],
    });
    new CfnOutput(this, "Subnets", {
      value: network.vpc.selectSubnets({ subnetGroupName: "app" }).subnetIds.join(","),
    });
    new CfnOutput(this, "SecurityGroup", { value: network.securityGroups.migrate });
  }
}
