import { Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import * as ecr from "aws-cdk-lib/aws-ecr";
import * as ecs from "aws-cdk-lib/aws-ecs";
import * as iam from "aws-cdk-lib/aws-iam";
import * as kms from "aws-cdk-lib/aws-kms";
import * as logs from "aws-cdk-lib/aws-logs";
import * as secrets from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import type { Config } from "../../config/config";
import { secretVariables } from "../../config/secret-variables";
import { scrapeOf } from "../../metrics/collector";
import type { Placement } from "../../spec/cells";
import { processor } from "../../spec/processor";
import { type Profile, processesOf } from "../../spec/profiles";
import type { WorkspaceRef } from "../../stacks/cell/metrics";
import { addCollector, COLLECTOR } from "./collector";
import { productVariables } from "./environment";
import { allowMigrations, allowProduct } from "./permissions";
import type { TaskContext } from "./task-context";

/** Of SIGTERM: 25 s for what runs, and a margin. ECS ends it after that. */
const STOP_SECONDS = 60;
const METRICS_PORT = scrapeOf("worker").port;

export interface TaskProps extends TaskContext {
  size: Pick<Profile["api"], "cpu" | "memoryMiB" | "connections">;
  /** What the one image is told to be: server, worker or migrate (ADR 83). */
  command: ["server"] | ["worker"] | ["migrate"];
  port?: number;
  /** Where its metrics go; what migrates has none. */
  workspace?: WorkspaceRef;
}

/** A container of the one image: not root, nothing writable but /tmp, no capability. */
export function addTask(scope: Construct, name: string, props: TaskProps): ecs.FargateTaskDefinition {
  const { config, names, placement, made, size, command, port } = props;
  const task = new ecs.FargateTaskDefinition(scope, `${name}-task`, {
    family: `${names.placed(placement)}-${name}`,
    cpu: size.cpu,
    memoryLimitMiB: size.memoryMiB,
    runtimePlatform: {
      cpuArchitecture: processor.tasks,
      operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
    },
    volumes: [{ name: "tmp" }],
    ...(command[0] === "migrate" ? rolesByName(scope, names.placed(placement)) : {}),
  });
  const appSecret = secrets.Secret.fromSecretCompleteArn(scope, `${name}-secret`, made.appSecret);
  const logGroup = logGroupOf(scope, name, props);
  const migrates = command[0] === "migrate";
  const health = {
    server: `fetch('http://127.0.0.1:${port}/api/health').then((r)=>process.exit(r.ok?0:1),()=>process.exit(1))`,
    worker: `fetch('http://127.0.0.1:${METRICS_PORT}/metrics').then(()=>process.exit(0),()=>process.exit(1))`,
    migrate: undefined,
  }[command[0]];
  const container = task.addContainer(name, {
    image: imageOf(scope, name, config, placement),
    command,
    user: "10001:10001",
    readonlyRootFilesystem: true,
    linuxParameters: withoutCapabilities(scope, name),
    stopTimeout: Duration.seconds(STOP_SECONDS),
    environment: productVariables(props, command[0], {
      poolMax: size.connections.pool,
      metricsPort: METRICS_PORT,
      ...(port === undefined ? {} : { port, processes: processesOf(size) }),
    }),
    secrets: Object.fromEntries(
      (migrates ? [] : secretVariables).map((variable) => [
        variable,
        ecs.Secret.fromSecretsManager(appSecret, variable),
      ]),
    ),
    logging: ecs.LogDrivers.awsLogs({
      streamPrefix: name,
      mode: ecs.AwsLogDriverMode.NON_BLOCKING,
      logGroup,
    }),
    ...(port === undefined ? {} : { portMappings: [{ containerPort: port }] }),
    ...(health === undefined
      ? {}
      : {
          healthCheck: {
            command: ["CMD", "node", "-e", health],
            interval: Duration.seconds(10),
            timeout: Duration.seconds(5),
            startPeriod: Duration.seconds(60),
            retries: 3,
          },
        }),
  });
  container.addMountPoints({ sourceVolume: "tmp", containerPath: "/tmp", readOnly: false });
  if (props.workspace !== undefined && command[0] !== "migrate")
    addCollector({
      task,
      command: command[0],
      workspace: props.workspace,
      appSecret,
      context: props,
      logging: ecs.LogDrivers.awsLogs({
        streamPrefix: COLLECTOR,
        mode: ecs.AwsLogDriverMode.NON_BLOCKING,
        logGroup,
      }),
      linuxParameters: withoutCapabilities(scope, `${name}-${COLLECTOR}`),
    });
  if (migrates) allowMigrations(task.taskRole, props);
  else allowProduct(task.taskRole, props);
  return task;
}

/** Who runs the task has to pass its roles, so they have names that can be said beforehand. */
export const migrationRoles = (base: string) =>
  [`${base}-migrate-execution`, `${base}-migrate-task`] as const;

function rolesByName(scope: Construct, base: string) {
  const [execution, task] = migrationRoles(base);
  const role = (kind: string, roleName: string) =>
    new iam.Role(scope, `migrate-${kind}-role`, {
      roleName,
      assumedBy: new iam.ServicePrincipal("ecs-tasks.amazonaws.com"),
    });
  return { executionRole: role("execution", execution), taskRole: role("task", task) };
}

/** The image of its own region: what is pulled does not cross a jurisdiction, and a region that is away stops nobody. */
function imageOf(scope: Construct, name: string, config: Config, placement: Placement): ecs.ContainerImage {
  const [path = "", digest = ""] = config.image.split("@");
  const repository = ecr.Repository.fromRepositoryAttributes(scope, `${name}-repository`, {
    repositoryName: path.slice(path.indexOf("/") + 1),
    repositoryArn: Stack.of(scope).formatArn({
      service: "ecr",
      region: placement.region.name,
      resource: "repository",
      resourceName: path.slice(path.indexOf("/") + 1),
    }),
  });
  return ecs.ContainerImage.fromEcrRepository(repository, digest);
}

function withoutCapabilities(scope: Construct, name: string): ecs.LinuxParameters {
  const parameters = new ecs.LinuxParameters(scope, `${name}-linux`, { initProcessEnabled: true });
  parameters.dropCapabilities(ecs.Capability.ALL);
  return parameters;
}

export function logGroupOf(
  scope: Construct,
  name: string,
  { config, names, placement, platformKeyArn }: TaskContext,
): logs.LogGroup {
  return new logs.LogGroup(scope, `${name}-log`, {
    logGroupName: `/${names.placed(placement)}/${name}`,
    encryptionKey: kms.Key.fromKeyArn(scope, `${name}-log-key`, platformKeyArn),
    retention: config.profile.logDays,
    removalPolicy: config.profile.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
}
