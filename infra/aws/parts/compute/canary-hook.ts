import { Duration, RemovalPolicy } from "aws-cdk-lib";
import * as ecs from "aws-cdk-lib/aws-ecs";
import type * as elbv2 from "aws-cdk-lib/aws-elasticloadbalancingv2";
import * as iam from "aws-cdk-lib/aws-iam";
import * as lambda from "aws-cdk-lib/aws-lambda";
import * as logs from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { bundled } from "./bundled";

/** The function that ECS asks at each step of a deployment (gate/hook.ts). */
export function addCanaryHook(
  scope: Construct,
  {
    rule,
    balancer,
    logDays,
  }: { rule: elbv2.ApplicationListenerRule; balancer: elbv2.ApplicationLoadBalancer; logDays: number },
): ecs.DeploymentLifecycleLambdaTarget {
  const hook = new lambda.Function(scope, "CanaryHook", {
    description: "Holds a deployment at 10 and 50 percent, and refuses a bad version",
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: "index.handler",
    code: bundled("canary-hook"),
    memorySize: 256,
    timeout: Duration.seconds(30),
    environment: { PRODUCTION_RULE: rule.listenerRuleArn, BALANCER: balancer.loadBalancerFullName },
    logGroup: new logs.LogGroup(scope, "CanaryHookLog", {
      retention: logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    }),
  });
  // Neither call can be narrowed to a resource; both only read.
  hook.addToRolePolicy(
    new iam.PolicyStatement({
      actions: ["cloudwatch:GetMetricData", "elasticloadbalancing:DescribeRules"],
      resources: ["*"],
    }),
  );
  return new ecs.DeploymentLifecycleLambdaTarget(hook, "CanaryHookTarget", {
    lifecycleStages: [ecs.DeploymentLifecycleStage.PRODUCTION_TRAFFIC_SHIFT],
  });
}
