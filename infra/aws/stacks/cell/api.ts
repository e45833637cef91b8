import { Duration } from "aws-cdk-lib";
import * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import * as ec2 from "aws-cdk-lib/aws-ec2";
import * as ecs from "aws-cdk-lib/aws-ecs";
import type * as elbv2 from "aws-cdk-lib/aws-elasticloadbalancingv2";
import type { Construct } from "constructs";
import { addCanaryHook } from "../../parts/compute/canary-hook";
import { addApiScaling } from "../../parts/compute/scaling";
import { addTask } from "../../parts/compute/task";
import type { TaskContext } from "../../parts/compute/task-context";
import type { DatabaseRef } from "../../parts/data/database";
import { addBalancer, type Balancer } from "../../parts/network/balancer";
import { ports } from "../../spec/may-talk";
import { spec } from "../../spec/spec";
import { type CellProps, CellStack } from "../base-stack";
import type { NetworkStack } from "../region/network";
import type { MessagingStack } from "./messaging";
import type { WorkspaceRef } from "./metrics";

/** ECS moves traffic in steps of this size; the hook holds it at the specification's shares. */
const STEP_PERCENT = 10;
/** After the last step the version before stays ready this long: going back is a switch. */
const BAKE_MINUTES = 10;

export interface ServiceProps extends CellProps {
  network: NetworkStack;
  messaging: MessagingStack;
  database: DatabaseRef;
  platformKeyArn: string;
  workspace: WorkspaceRef;
}

/** The HTTP server of a cell: API and portal behind a balancer, deployed by canary. */
export class ApiStack extends CellStack {
  readonly balancer: Balancer;
  readonly cluster: ecs.Cluster;
  readonly service: ecs.FargateService;
  readonly blueGroup: elbv2.ApplicationTargetGroup;
  readonly greenGroup: elbv2.ApplicationTargetGroup;

  constructor(scope: Construct, props: ServiceProps) {
    super(scope, "api", props);
    const { network } = props;
    const { profile } = this.config;
    this.cluster = new ecs.Cluster(this, "Cluster", {
      clusterName: this.names.cluster(this.placement),
      vpc: network.vpc,
      containerInsightsV2: profile.containerInsights
        ? ecs.ContainerInsights.ENABLED
        : ecs.ContainerInsights.DISABLED,
    });
    this.balancer = addBalancer(this, {
      config: this.config,
      names: this.names,
      placement: this.placement,
      certificateArn: this.made.certificate,
      network,
    });
    const { productionRule, blue, green, balancer } = this.balancer;
    this.blueGroup = blue;
    this.greenGroup = green;

    const context: TaskContext = {
      config: this.config,
      names: this.names,
      placement: this.placement,
      made: this.made,
      dataKeyArn: this.dataKeyArn,
      platformKeyArn: props.platformKeyArn,
      messaging: props.messaging,
      database: props.database,
    };
    const task = addTask(this, "api", {
      ...context,
      size: profile.api,
      command: ["server"],
      port: ports.app,
      workspace: props.workspace,
    });
    const hook = addCanaryHook(this, { rule: productionRule, balancer, logDays: profile.logDays });
    this.service = new ecs.FargateService(this, "Service", {
      serviceName: this.names.service("api"),
      cluster: this.cluster,
      taskDefinition: task,
      desiredCount: profile.api.min,
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      vpcSubnets: { subnetGroupName: "app" },
      securityGroups: [
        ec2.SecurityGroup.fromSecurityGroupId(this, "Group", network.securityGroups.api, { mutable: false }),
      ],
      assignPublicIp: false,
      enableExecuteCommand: false,
      healthCheckGracePeriod: Duration.seconds(90),
      availabilityZoneRebalancing: ecs.AvailabilityZoneRebalancing.ENABLED,
      deploymentStrategy: ecs.DeploymentStrategy.LINEAR,
      linearConfiguration: { stepPercent: STEP_PERCENT, stepBakeTime: Duration.minutes(0) },
      bakeTime: Duration.minutes(BAKE_MINUTES),
      lifecycleHooks: [hook],
      deploymentAlarms: {
        alarmNames: this.rollbackAlarms(),
        behavior: ecs.AlarmBehavior.ROLLBACK_ON_ALARM,
      },
    });
    const target = this.service.loadBalancerTarget({
      containerName: "api",
      containerPort: ports.app,
      alternateTarget: new ecs.AlternateTarget("Alternate", {
        alternateTargetGroup: green,
        productionListener: ecs.ListenerRuleConfiguration.applicationListenerRule(productionRule),
      }),
    });
    target.attachToApplicationTargetGroup(blue);
    addApiScaling(this, { service: this.service, groups: [blue, green], balancer, profile });
  }

  /** What takes a deployment back by itself, whatever the gate thinks. */
  private rollbackAlarms(): string[] {
    const { balancer } = this.balancer;
    const { errorRate } = spec.alerts.critical;
    const dimensionsMap = { LoadBalancer: balancer.loadBalancerFullName };
    const sum = (metricName: string) =>
      new cloudwatch.Metric({
        namespace: "AWS/ApplicationELB",
        metricName,
        dimensionsMap,
        statistic: "Sum",
        period: Duration.minutes(1),
      });
    const alarm = new cloudwatch.Alarm(this, "Rollback", {
      alarmName: `${this.names.placed(this.placement)}-rollback`,
      alarmDescription: "Errors of all targets while a deployment runs: ECS goes back to the version before.",
      metric: new cloudwatch.MathExpression({
        expression: "IF(requests > 100, (errors + own) / requests, 0)",
        usingMetrics: {
          errors: sum("HTTPCode_Target_5XX_Count"),
          own: sum("HTTPCode_ELB_5XX_Count"),
          requests: sum("RequestCount"),
        },
        period: Duration.minutes(1),
      }),
      threshold: errorRate,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 2,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    return [alarm.alarmName];
  }
}
