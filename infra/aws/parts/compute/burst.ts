import { Duration, RemovalPolicy } from "aws-cdk-lib";
import type * as ec2 from "aws-cdk-lib/aws-ec2";
import * as iam from "aws-cdk-lib/aws-iam";
import * as lambda from "aws-cdk-lib/aws-lambda";
import * as s3 from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { processor } from "../../spec/processor";
import type { Profile } from "../../spec/profiles";
import type { QueueRef } from "../../stacks/cell/messaging";
import { productVariables } from "./environment";
import { allowProduct } from "./permissions";
import { logGroupOf } from "./task";
import type { TaskContext } from "./task-context";

/** What callers name: its weights move from one version to the next (commands/shift-alias.ts). */
export const ALIAS = "live";
const FIRST_VERSION = "1";
/** A second more of waiting would be felt by who waits for one answer. */
const BATCH_WINDOW = Duration.seconds(1);

interface BurstProps extends TaskContext {
  burst: NonNullable<Profile["burst"]>;
  vpc: ec2.IVpc;
  securityGroup: ec2.ISecurityGroup;
}

/**
 * A function for each queue. Enterprise's has its concurrency reserved, so that nobody else can use it up. Both are held by
 * their event source, which takes no message it cannot run: a function alone would throttle, and five times make a dead letter.
 */
export function addBurst(scope: Construct, props: BurstProps): string[] {
  const { burst, messaging } = props;
  return [
    addFunction(scope, "standard", messaging.standard, props, { maxConcurrency: burst.standardConcurrency }),
    addFunction(scope, "enterprise", messaging.enterprise, props, {
      maxConcurrency: burst.enterpriseConcurrency,
      reserved: burst.enterpriseConcurrency,
    }),
  ];
}

function addFunction(
  scope: Construct,
  kind: "standard" | "enterprise",
  queue: QueueRef,
  props: BurstProps,
  { maxConcurrency, reserved }: { maxConcurrency: number; reserved?: number },
): string {
  const { config, names, placement, made, burst } = props;
  const functionName = names.function(placement, kind);
  const fn = new lambda.Function(scope, `burst-${kind}`, {
    functionName,
    description: `Runs requests of the ${kind} queue when they come in bursts`,
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: processor.functions,
    handler: "index.handler",
    code: lambda.Code.fromBucket(
      s3.Bucket.fromBucketName(scope, `burst-${kind}-code`, names.artifacts(placement.region)),
      `lambda/${config.lambdaBundle}.zip`,
    ),
    memorySize: burst.memoryMiB,
    timeout: Duration.seconds(burst.timeoutSeconds),
    ...(reserved === undefined ? {} : { reservedConcurrentExecutions: reserved }),
    vpc: props.vpc,
    vpcSubnets: { subnetGroupName: "app" },
    securityGroups: [props.securityGroup],
    environment: withoutReserved(productVariables(props, "function", { poolMax: burst.connections.pool })),
    logGroup: logGroupOf(scope, `burst-${kind}`, props),
    tracing: lambda.Tracing.DISABLED,
    // The version that a rollback goes back to.
    currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
  });
  allowProduct(fn.grantPrincipal as iam.IRole, props);
  fn.addToRolePolicy(
    new iam.PolicyStatement({ actions: ["secretsmanager:GetSecretValue"], resources: [made.appSecret] }),
  );
  const published = fn.currentVersion;
  // Made once, for the first version. From then on commands/shift-alias.ts moves it, step by step: CloudFormation changes
  // only what its template changes.
  const alias = new lambda.CfnAlias(scope, `burst-${kind}-live`, {
    name: ALIAS,
    functionName: fn.functionName,
    functionVersion: FIRST_VERSION,
  });
  alias.node.addDependency(published);
  new lambda.CfnEventSourceMapping(scope, `burst-${kind}-source`, {
    functionName: alias.attrAliasArn,
    // At the standby whoever promotes it turns it on (docs/RUNBOOKS.md, "Leaving a region", 6a).
    enabled: placement.role === "home",
    eventSourceArn: queue.arn,
    batchSize: burst.batchSize,
    maximumBatchingWindowInSeconds: BATCH_WINDOW.toSeconds(),
    functionResponseTypes: ["ReportBatchItemFailures"],
    scalingConfig: { maximumConcurrency: maxConcurrency },
  });
  return functionName;
}

/** Lambda sets its region itself, and refuses who sets it too. */
function withoutReserved({ AWS_REGION: _, ...variables }: Record<string, string>): Record<string, string> {
  return variables;
}
