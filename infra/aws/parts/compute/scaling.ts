import { Duration } from "aws-cdk-lib";
import * as appscaling from "aws-cdk-lib/aws-applicationautoscaling";
import * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import type * as ecs from "aws-cdk-lib/aws-ecs";
import type * as elbv2 from "aws-cdk-lib/aws-elasticloadbalancingv2";
import type { Construct } from "constructs";
import type { Profile } from "../../spec/profiles";
import { spec } from "../../spec/spec";
import type { QueueRef } from "../../stacks/cell/messaging";

const { scaleAtCpuPercent, scaleAtRequestsPerMinute } = spec.gateway;

/**
 * More tasks above 70 % of CPU or 1,000 requests a minute for each. Blue/green services refuse AWS's own policy for requests a
 * target, which names one group: here it is the busier of both.
 */
export function addApiScaling(
  scope: Construct,
  {
    service,
    groups: [blue, green],
    balancer,
    profile,
  }: {
    service: ecs.FargateService;
    groups: readonly [elbv2.ApplicationTargetGroup, elbv2.ApplicationTargetGroup];
    balancer: elbv2.ApplicationLoadBalancer;
    profile: Profile;
  },
): void {
  const scaling = service.autoScaleTaskCount({ minCapacity: profile.api.min, maxCapacity: profile.api.max });
  scaling.scaleOnCpuUtilization("Cpu", {
    targetUtilizationPercent: scaleAtCpuPercent,
    scaleOutCooldown: Duration.seconds(60),
    scaleInCooldown: Duration.minutes(spec.capacity.scaleAtCpuMinutes),
  });
  new appscaling.CfnScalingPolicy(scope, "Requests", {
    policyName: `${service.node.path.replaceAll("/", "-")}-requests`,
    policyType: "TargetTrackingScaling",
    scalingTargetId: idOf(scaling),
    targetTrackingScalingPolicyConfiguration: {
      targetValue: scaleAtRequestsPerMinute,
      scaleOutCooldown: 60,
      scaleInCooldown: 60 * spec.capacity.scaleAtCpuMinutes,
      customizedMetricSpecification: {
        metrics: [
          ...Object.entries({ blue, green }).map(([id, { targetGroupFullName }]) =>
            part(id, "AWS/ApplicationELB", "RequestCountPerTarget", "Sum", {
              LoadBalancer: balancer.loadBalancerFullName,
              TargetGroup: targetGroupFullName,
            }),
          ),
          {
            id: "each",
            label: "Requests a minute and task",
            expression: "MAX([blue, green])",
            returnData: true,
          },
        ],
      },
    },
  });
}

/** More workers where more than 1,000 requests wait. */
export function addQueueScaling({
  service,
  queues,
  min,
  max,
}: {
  service: ecs.FargateService;
  queues: QueueRef[];
  min: number;
  max: number;
}): void {
  const scaling = service.autoScaleTaskCount({ minCapacity: min, maxCapacity: max });
  scaling.scaleOnCpuUtilization("Cpu", { targetUtilizationPercent: scaleAtCpuPercent });
  const waiting = queues.map(
    ({ name }) =>
      new cloudwatch.Metric({
        namespace: "AWS/SQS",
        metricName: "ApproximateNumberOfMessagesVisible",
        dimensionsMap: { QueueName: name },
        statistic: "Maximum",
        period: Duration.minutes(1),
      }),
  );
  scaling.scaleOnMetric("Waiting", {
    metric: new cloudwatch.MathExpression({
      expression: "standard + enterprise",
      usingMetrics: Object.fromEntries(
        waiting.map((metric, index) => [index === 0 ? "standard" : "enterprise", metric]),
      ),
      period: Duration.minutes(1),
    }),
    scalingSteps: [
      { upper: spec.capacity.queueDepth / 10, change: -1 },
      { lower: spec.capacity.queueDepth, change: 2 },
      { lower: 10 * spec.capacity.queueDepth, change: 6 },
    ],
    adjustmentType: appscaling.AdjustmentType.CHANGE_IN_CAPACITY,
    cooldown: Duration.seconds(60),
    evaluationPeriods: 1,
  });
}

function part(
  id: string,
  namespace: string,
  metricName: string,
  stat: string,
  dimensions: Record<string, string>,
): appscaling.CfnScalingPolicy.TargetTrackingMetricDataQueryProperty {
  return {
    id,
    returnData: false,
    metricStat: {
      stat,
      metric: {
        namespace,
        metricName,
        dimensions: Object.entries(dimensions).map(([name, value]) => ({ name, value })),
      },
    },
  };
}

function idOf(scaling: ecs.ScalableTaskCount): string {
  const [target] = scaling.node.findAll().filter((child) => child instanceof appscaling.CfnScalableTarget);
  if (!(target instanceof appscaling.CfnScalableTarget)) throw new Error("scaling without its target");
  return target.ref;
}
