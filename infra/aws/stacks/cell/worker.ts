import * as ec2 from "aws-cdk-lib/aws-ec2";
import * as ecs from "aws-cdk-lib/aws-ecs";
import type { Construct } from "constructs";
import { addBurst } from "../../parts/compute/burst";
import { addQueueScaling } from "../../parts/compute/scaling";
import { addTask } from "../../parts/compute/task";
import type { TaskContext } from "../../parts/compute/task-context";
import { CellStack } from "../base-stack";
import type { ServiceProps } from "./api";

/**
 * Two small tasks are always there: they run the scheduled jobs, which Lambda does not, and take the base of the load for
 * a tenth of its price. Lambda takes the bursts.
 */
export class WorkerStack extends CellStack {
  constructor(scope: Construct, props: ServiceProps & { cluster: ecs.ICluster }) {
    super(scope, "worker", props);
    const { network, messaging, database } = props;
    const { profile } = this.config;
    const context: TaskContext = {
      config: this.config,
      names: this.names,
      placement: this.placement,
      made: this.made,
      dataKeyArn: this.dataKeyArn,
      platformKeyArn: props.platformKeyArn,
      messaging,
      database,
    };
    // At the standby nothing works on rows that cannot be written: the recovery plan raises it.
    const least = this.isHome ? profile.worker.min : 0;
    const groupOf = (party: "worker" | "burst") =>
      ec2.SecurityGroup.fromSecurityGroupId(this, `Group-${party}`, network.securityGroups[party], {
        mutable: false,
      });
    const service = new ecs.FargateService(this, "Service", {
      serviceName: this.names.service("worker"),
      cluster: props.cluster,
      taskDefinition: addTask(this, "worker", {
        ...context,
        size: profile.worker,
        command: ["worker"],
        workspace: props.workspace,
      }),
      desiredCount: least,
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      vpcSubnets: { subnetGroupName: "app" },
      securityGroups: [groupOf("worker")],
      assignPublicIp: false,
      circuitBreaker: { enable: true, rollback: true },
      availabilityZoneRebalancing: ecs.AvailabilityZoneRebalancing.ENABLED,
    });
    addQueueScaling({
      service,
      queues: [messaging.standard, messaging.enterprise],
      min: least,
      max: profile.worker.max,
    });
    if (profile.burst !== undefined)
      addBurst(this, {
        ...context,
        burst: profile.burst,
        vpc: network.vpc,
        securityGroup: groupOf("burst"),
      });
  }
}
