import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { spec } from "../../spec/spec";
import { only, resourcesOf, synthesized } from "../support/synthesized";

const production = synthesized("production");
const api = /us-east-1-use1-home-api$/;
const worker = /us-east-1-use1-home-worker$/;
const text = (type: string, stack: RegExp) => JSON.stringify(resourcesOf(production, type, stack));

it("an API task has 2 vCPU and 4 GB", () => {
  expect(only(production, "AWS::ECS::TaskDefinition", api)).toMatchObject({ Cpu: "2048", Memory: "4096" });
});

it("there are 2 to 50 API tasks, more above 70 % of CPU or 1,000 requests a minute for each", () => {
  expect(only(production, "AWS::ApplicationAutoScaling::ScalableTarget", api)).toMatchObject({
    MinCapacity: 2,
    MaxCapacity: 50,
  });
  const policies = resourcesOf(production, "AWS::ApplicationAutoScaling::ScalingPolicy", api).map(
    ({ Properties }) => Properties["TargetTrackingScalingPolicyConfiguration"],
  );
  expect(policies).toHaveLength(2);
  expect(policies).toContainEqual(
    expect.objectContaining({
      TargetValue: 70,
      PredefinedMetricSpecification: { PredefinedMetricType: "ECSServiceAverageCPUUtilization" },
    }),
  );
  expect(policies).toContainEqual(expect.objectContaining({ TargetValue: 1_000, ScaleInCooldown: 300 }));
  // A service that is deployed blue/green does not accept it.
  expect(JSON.stringify(policies)).not.toContain("ALBRequestCountPerTarget");
});

it("a deployment moves traffic in tenths, asks the gate at each, and goes back by itself on an alarm", () => {
  const { DeploymentConfiguration: deployment, DeploymentController: controller = { Type: "ECS" } } = only(
    production,
    "AWS::ECS::Service",
    api,
  );
  expect(deployment).toMatchObject({
    Strategy: "LINEAR",
    LinearConfiguration: { StepPercent: 10, StepBakeTimeInMinutes: 0 },
    Alarms: { Enable: true, Rollback: true },
    LifecycleHooks: [{ LifecycleStages: ["PRODUCTION_TRAFFIC_SHIFT"] }],
    MinimumHealthyPercent: 100,
  });
  expect(controller).toEqual({ Type: "ECS" });
  expect(spec.delivery.canaryPercent.filter((share) => share % 10 !== 0)).toEqual([]);
  expect(only(production, "AWS::CloudWatch::Alarm", api)).toMatchObject({ Threshold: 0.01 });
});

it("every container comes by digest from its own region, is not root, and can write nowhere but /tmp", () => {
  const tasks = resourcesOf(production, "AWS::ECS::TaskDefinition");
  expect(tasks).toHaveLength(6 * 2 + 3);
  for (const { Properties, region } of tasks) {
    const [container] = Properties["ContainerDefinitions"] as Record<string, unknown>[];
    expect(container).toMatchObject({
      ReadonlyRootFilesystem: true,
      User: "10001:10001",
      LinuxParameters: { Capabilities: { Drop: ["ALL"] }, InitProcessEnabled: true },
      MountPoints: [{ ContainerPath: "/tmp", ReadOnly: false }],
    });
    const image = JSON.stringify(container?.["Image"]);
    expect(image).toContain(`dkr.ecr.${region}.`);
    expect(image).toMatch(/@sha256:a{64}/);
  }
});

it("no secret stands in a template, and the schema's owner is given to the task that migrates alone", () => {
  for (const { Properties } of resourcesOf(production, "AWS::ECS::TaskDefinition")) {
    const [container] = Properties["ContainerDefinitions"] as {
      Name: string;
      Environment: { Name: string }[];
      Secrets?: { Name: string }[];
    }[];
    const secrets = container?.Secrets?.map(({ Name }) => Name) ?? [];
    const open = container?.Environment.map(({ Name }) => Name) ?? [];
    expect(open.filter((name) => /SECRET$|PASSWORD|_API_KEY|PRIVATE_KEY/.test(name))).toEqual([]);
    expect(open.includes("MIGRATION_DATABASE_URL")).toBe(container?.Name === "migrate");
    // Whoever migrates reads one password, when it connects (database-access.test.ts).
    expect(secrets.length > 0).toBe(container?.Name !== "migrate");
    expect(secrets.filter((name) => name.endsWith("DATABASE_URL"))).toEqual([]);
  }
});

it("the product is told the id of its key, which is the same in both regions, and no ARN", () => {
  const tasks = text("AWS::ECS::TaskDefinition", /use1-(home|standby)-(api|worker)$/);
  expect([...tasks.matchAll(/"Name":"KMS_KEY_ID","Value":"([^"]+)"/g)].map(([, id]) => id)).toEqual(
    Array(4).fill(production.config.keys["use1"]),
  );
});

it("a Lambda worker has 1,024 to 3,008 MB and five minutes, on Node 24", () => {
  const functions = resourcesOf(production, "AWS::Lambda::Function", worker);
  expect(functions).toHaveLength(2);
  for (const { Properties } of functions) {
    expect(Properties["MemorySize"]).toBeGreaterThanOrEqual(1_024);
    expect(Properties["MemorySize"]).toBeLessThanOrEqual(3_008);
    expect(Properties).toMatchObject({ Timeout: 300, Runtime: "nodejs24.x" });
  }
});

it("1,000 run at once: 100 reserved for enterprise, 900 by the standard queue's source", () => {
  const [standard, enterprise] = ["standard", "enterprise"].map((kind) => ({
    fn: resourcesOf(production, "AWS::Lambda::Function", worker).find(({ id }) =>
      id.startsWith(`burst${kind}`),
    )?.Properties,
    source: resourcesOf(production, "AWS::Lambda::EventSourceMapping", worker).find(({ id }) =>
      id.startsWith(`burst${kind}`),
    )?.Properties,
  }));
  expect(standard?.source?.["ScalingConfig"]).toEqual({ MaximumConcurrency: 900 });
  expect(standard?.fn).not.toHaveProperty("ReservedConcurrentExecutions");
  expect(enterprise?.fn?.["ReservedConcurrentExecutions"]).toBe(100);
  // Beyond it the function would throttle, and a message that is throttled five times is a dead letter.
  expect(enterprise?.source?.["ScalingConfig"]).toEqual({ MaximumConcurrency: 100 });
  for (const { source } of [standard, enterprise].filter((one) => one !== undefined))
    expect(source).toMatchObject({
      BatchSize: 10,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      Enabled: true,
    });
});

it("two small workers are always there, for what happens by the clock; more come above 1,000 that wait", () => {
  expect(only(production, "AWS::ApplicationAutoScaling::ScalableTarget", worker)).toMatchObject({
    MinCapacity: 2,
  });
  expect(text("AWS::ApplicationAutoScaling::ScalingPolicy", worker)).toContain(
    `"MetricIntervalLowerBound":0,"MetricIntervalUpperBound":${9 * spec.capacity.queueDepth}`,
  );
  expect(text("AWS::CloudWatch::Alarm", worker)).toContain(`"Threshold":${spec.capacity.queueDepth}`);
});

it("at the standby nothing works on rows that cannot be written there", () => {
  const standby = /use1-standby-worker$/;
  expect(only(production, "AWS::ECS::Service", standby)["DesiredCount"]).toBe(0);
  for (const { Properties } of resourcesOf(production, "AWS::Lambda::EventSourceMapping", standby))
    expect(Properties["Enabled"]).toBe(false);
});

it("the alias is made for the first version and then left to the script, which goes back to what was kept", () => {
  const aliases = resourcesOf(production, "AWS::Lambda::Alias", worker);
  expect(aliases.map(({ Properties }) => Properties["FunctionVersion"])).toEqual(["1", "1"]);
  for (const { DeletionPolicy } of resourcesOf(production, "AWS::Lambda::Version", worker))
    expect(DeletionPolicy).toBe("Retain");
});

it("a connection rests at the balancer for longer than a whole answer may take, and for less than at the product", () => {
  const source = readFileSync(new URL("../../../../src/server/http/http-server.ts", import.meta.url), "utf8");
  const product = Number(/behindProxy: (\d+) \* SECOND/.exec(source)?.[1]);
  const { LoadBalancerAttributes } = only(production, "AWS::ElasticLoadBalancingV2::LoadBalancer", api) as {
    LoadBalancerAttributes: { Key: string; Value: string }[];
  };
  const idle = Number(
    LoadBalancerAttributes.find(({ Key }) => Key === "idle_timeout.timeout_seconds")?.Value,
  );
  expect(idle).toBeGreaterThan(600);
  expect(product).toBeGreaterThan(idle);
});
