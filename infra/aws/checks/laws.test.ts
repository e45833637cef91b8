import { expect, it } from "vitest";
import { synthesized } from "../tests/support/synthesized";
import { broken } from "./laws";

const problemOf = (Type: string, Properties: Record<string, unknown>) =>
  broken({ Planted: { Type, Properties } });

it.each([
  [
    "gp3 below 400 GiB with IOPS",
    "AWS::RDS::DBInstance",
    { StorageType: "gp3", AllocatedStorage: "100", Iops: 16_000 },
  ],
  [
    "gp3 beyond its IOPS",
    "AWS::RDS::DBInstance",
    { StorageType: "gp3", AllocatedStorage: "1024", Iops: 80_000 },
  ],
  [
    "windows that overlap",
    "AWS::RDS::DBInstance",
    { PreferredBackupWindow: "04:00-05:00", PreferredMaintenanceWindow: "sun:04:30-sun:05:30" },
  ],
  [
    "windows that overlap past midnight",
    "AWS::RDS::DBInstance",
    { PreferredBackupWindow: "23:30-00:30", PreferredMaintenanceWindow: "mon:00:00-mon:01:00" },
  ],
  ["a managed password beside replicas", "AWS::RDS::DBInstance", { ManageMasterUserPassword: true }],
  [
    "a cache node that does not exist",
    "AWS::ElastiCache::ReplicationGroup",
    { CacheNodeType: "cache.r6g.3xlarge" },
  ],
  [
    "expiry before transition",
    "AWS::S3::Bucket",
    {
      LifecycleConfiguration: {
        Rules: [
          { ExpirationInDays: 90, Transitions: [{ StorageClass: "GLACIER_IR", TransitionInDays: 365 }] },
        ],
      },
    },
  ],
  ["a Lambda of 20 GB", "AWS::Lambda::Function", { MemorySize: 20_480 }],
  ["a Lambda of an hour", "AWS::Lambda::Function", { Timeout: 3_600 }],
  ["2 vCPU with 1 GB", "AWS::ECS::TaskDefinition", { Cpu: "2048", Memory: "1024" }],
  [
    "a TLS policy with a slip",
    "AWS::ElasticLoadBalancingV2::Listener",
    { Protocol: "HTTPS", SslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-2021" },
  ],
  ["no TLS policy", "AWS::ElasticLoadBalancingV2::Listener", { Protocol: "HTTPS" }],
  ["cron of five fields", "AWS::Events::Rule", { ScheduleExpression: "cron(0 5 * * ?)" }],
  ["cron with both days", "AWS::Scheduler::Schedule", { ScheduleExpression: "cron(0 5 * * MON *)" }],
  ["cron at 25 o'clock", "AWS::Events::Rule", { ScheduleExpression: "cron(0 25 * * ? *)" }],
  ["rate(5 minute)", "AWS::Events::Rule", { ScheduleExpression: "rate(5 minute)" }],
])("%s is found before anything is deployed", (_, type, properties) => {
  expect(problemOf(type, properties)).toHaveLength(1);
});

it("a schedule as AWS writes it passes", () => {
  for (const expression of [
    "cron(0 5 ? * MON *)",
    "cron(15 10 ? * 6L 2027-2030)",
    "cron(0/15 8-17 ? * MON-FRI *)",
    "rate(1 hour)",
    "rate(5 minutes)",
  ])
    expect(problemOf("AWS::Events::Rule", { ScheduleExpression: expression })).toEqual([]);
});

it.each(["production", "small", "staging"] as const)("the profile %s breaks no law", (profile) => {
  expect(synthesized(profile).stacks.flatMap(({ resources }) => broken(resources))).toEqual([]);
});
