import { Duration, Fn, Stack } from "aws-cdk-lib";
import * as ecr from "aws-cdk-lib/aws-ecr";
import * as ecs from "aws-cdk-lib/aws-ecs";
import * as iam from "aws-cdk-lib/aws-iam";
import type * as secrets from "aws-cdk-lib/aws-secretsmanager";
import { COLLECTOR_MIB, collectorConfig, collectorImage } from "../../metrics/collector";
import type { WorkspaceRef } from "../../stacks/cell/metrics";
import type { TaskContext } from "./task-context";

export const COLLECTOR = "collector";

interface CollectorProps {
  task: ecs.FargateTaskDefinition;
  command: "server" | "worker";
  workspace: WorkspaceRef;
  appSecret: secrets.ISecret;
  context: TaskContext;
  logging: ecs.LogDriver;
  linuxParameters: ecs.LinuxParameters;
}

/**
 * A collector beside the product in its task: it reads the metrics at 127.0.0.1 and writes them into the placement's workspace.
 * The product lives without it: it is started again by itself, and takes nobody down.
 */
export function addCollector({
  task,
  command,
  workspace,
  appSecret,
  context,
  ...props
}: CollectorProps): void {
  const { names, placement } = context;
  const scope = Stack.of(task);
  const repository = ecr.Repository.fromRepositoryAttributes(scope, `${command}-collector-repository`, {
    repositoryName: names.collectorRepository,
    repositoryArn: scope.formatArn({
      service: "ecr",
      region: placement.region.name,
      resource: "repository",
      resourceName: names.collectorRepository,
    }),
  });
  const container = task.addContainer(COLLECTOR, {
    image: ecs.ContainerImage.fromEcrRepository(repository, collectorImage().digest),
    essential: false,
    enableRestartPolicy: true,
    user: "10001:10001",
    readonlyRootFilesystem: true,
    linuxParameters: props.linuxParameters,
    memoryLimitMiB: COLLECTOR_MIB,
    environment: {
      // What the collector itself reads out of its environment is none of CloudFormation's.
      AOT_CONFIG_CONTENT: Fn.sub(
        collectorConfig({
          command,
          remoteWriteUrl: `$\{RemoteWrite}`,
          region: placement.region.name,
        }).replaceAll("${env:", "${!env:"),
        { RemoteWrite: workspace.remoteWriteUrl },
      ),
    },
    secrets: { METRICS_TOKEN: ecs.Secret.fromSecretsManager(appSecret, "METRICS_TOKEN") },
    logging: props.logging,
    healthCheck: {
      command: ["CMD", "/healthcheck"],
      interval: Duration.seconds(30),
      timeout: Duration.seconds(5),
      startPeriod: Duration.seconds(30),
      retries: 3,
    },
  });
  container.addMountPoints({ sourceVolume: "tmp", containerPath: "/tmp", readOnly: false });
  task.addToTaskRolePolicy(
    new iam.PolicyStatement({ actions: ["aps:RemoteWrite"], resources: [workspace.arn] }),
  );
}
