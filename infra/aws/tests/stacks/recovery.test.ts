import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { spec } from "../../spec/spec";
import { STEP_MINUTES } from "../../stacks/cell/recovery";
import { CONFIG_RULES } from "../../stacks/region/compliance";
import { only, resourcesOf, synthesized } from "../support/synthesized";

const production = synthesized("production");
const backups = /us-east-1-backups$/;

type Rule = {
  Lifecycle: { DeleteAfterDays: number };
  CopyActions: { DestinationBackupVaultArn: string; Lifecycle: unknown }[];
};
const rulesOf = (stack: RegExp) =>
  resourcesOf(production, "AWS::Backup::BackupPlan", stack).flatMap(
    ({ Properties }) => (Properties["BackupPlan"] as { BackupPlanRule: Rule[] }).BackupPlanRule,
  );

it("backups and their copies are kept for 35 days", () => {
  for (const { Lifecycle, CopyActions } of rulesOf(/-backups$/)) {
    expect(Lifecycle).toEqual({ DeleteAfterDays: 35 });
    expect(CopyActions.map((copy) => copy.Lifecycle)).toEqual([{ DeleteAfterDays: 35 }]);
  }
  expect(rulesOf(/-backups$/)).toHaveLength(3);
});

it("the EU's copies stay in the EU", () => {
  expect(rulesOf(/eu-west-1-backups$/)[0]?.CopyActions[0]?.DestinationBackupVaultArn).toMatch(
    /^arn:aws:backup:eu-central-1:/,
  );
});

it("where customers' data is, the vault's lock cannot be opened; elsewhere it can", () => {
  const lock = (profile: "production" | "small") =>
    resourcesOf(synthesized(profile), "AWS::Backup::BackupVault")[0]?.Properties["LockConfiguration"];
  expect(lock("production")).toEqual({ MinRetentionDays: 7, MaxRetentionDays: 35, ChangeableForDays: 3 });
  expect(lock("small")).not.toHaveProperty("ChangeableForDays");
});

it("each week the newest backup becomes a database again", () => {
  expect(spec.recovery.drills.backup).toBe("weekly");
  expect(only(production, "AWS::Backup::RestoreTestingPlan", backups)).toMatchObject({
    ScheduleExpression: "cron(0 8 ? * SUN *)",
    RecoveryPointSelection: { Algorithm: "LATEST_WITHIN_WINDOW", SelectionWindowDays: 7 },
  });
  expect(only(production, "AWS::Backup::RestoreTestingSelection", backups)).toMatchObject({
    ProtectedResourceType: "RDS",
    ProtectedResourceArns: ["arn:aws:rds:us-east-1:123456789012:db:agathaai-production-use1-home-db"],
  });
});

it("a failover is a plan of at most 15 minutes: a person approves, the copy is promoted, workers start", () => {
  const plans = resourcesOf(production, "AWS::ARCRegionSwitch::Plan");
  expect(plans).toHaveLength(3);
  const minutes = Object.values(STEP_MINUTES).reduce((sum, one) => sum + one, 0);
  expect(minutes).toBeLessThanOrEqual(spec.recovery.criticalMinutes);
  for (const { Properties } of plans) {
    expect(Properties["RecoveryTimeObjectiveMinutes"]).toBe(15);
    for (const { Steps } of Properties["Workflows"] as { Steps: { ExecutionBlockType: string }[] }[])
      expect(Steps.map(({ ExecutionBlockType }) => ExecutionBlockType)).toEqual([
        "ManualApproval",
        "RdsPromoteReadReplica",
        "ECSServiceScaling",
        "ECSServiceScaling",
      ]);
  }
});

it("the runbook turns on the queues of the standby's functions, by the names that they have", () => {
  const runbooks = readFileSync(new URL("../../../../docs/RUNBOOKS.md", import.meta.url), "utf8");
  const [, section = ""] = /^## Leaving a region$([\s\S]*?)(?=^## |(?![\s\S]))/m.exec(runbooks) ?? [];
  const [, kinds = "", name = ""] =
    /for KIND in ([\w ]+); do aws lambda update-event-source-mapping --enabled .*--function-name "([^"]+):live"/.exec(
      section,
    ) ?? [];
  const off = resourcesOf(production, "AWS::Lambda::EventSourceMapping", /-standby-worker$/);
  expect(off.map(({ Properties }) => Properties["Enabled"])).toEqual(Array(6).fill(false));
  expect(
    resourcesOf(production, "AWS::Lambda::Alias", /-standby-worker$/).map(
      ({ Properties }) => Properties["Name"],
    ),
  ).toEqual(Array(6).fill("live"));
  const named = ["use1", "usw2", "euw1"].flatMap((cell) =>
    kinds.split(" ").map((kind) => name.replace("CELL", cell).replace("$KIND", kind)),
  );
  const functions = resourcesOf(production, "AWS::Lambda::Function", /-standby-worker$/);
  expect(named.sort()).toEqual(functions.map(({ Properties }) => Properties["FunctionName"]).sort());
});

it("what is watched is watched once a region: one recorder, one trail, one detector, one analyzer", () => {
  for (const type of [
    "AWS::Config::ConfigurationRecorder",
    "AWS::CloudTrail::Trail",
    "AWS::GuardDuty::Detector",
    "AWS::AccessAnalyzer::Analyzer",
  ]) {
    const regions = resourcesOf(production, type).map(({ region }) => region);
    expect(regions.sort(), type).toEqual(["eu-central-1", "eu-west-1", "us-east-1", "us-west-2"]);
  }
  expect(resourcesOf(production, "AWS::Config::ConfigRule", /us-east-1-compliance$/)).toHaveLength(
    Object.keys(CONFIG_RULES).length,
  );
});

it("the trail is kept for seven years, and its files cannot be changed unnoticed", () => {
  const compliance = /us-east-1-compliance$/;
  expect(only(production, "AWS::CloudTrail::Trail", compliance)).toMatchObject({
    EnableLogFileValidation: true,
  });
  expect(only(production, "AWS::S3::Bucket", compliance)["ObjectLockConfiguration"]).toMatchObject({
    Rule: { DefaultRetention: { Mode: "COMPLIANCE", Days: 2_557 } },
  });
});

it("only a job that GitHub lets into the profile's environment may deploy, and only with a token of our repository", () => {
  for (const profile of ["production", "staging"] as const) {
    const roles = resourcesOf(synthesized(profile), "AWS::IAM::Role", /-delivery$/);
    expect(roles.length).toBeGreaterThan(0);
    for (const { Properties } of roles) {
      // The drills' role has an environment of its own, and may deploy nothing: tests/workflows.test.ts.
      const drills = String(Properties["RoleName"]).endsWith("-drills") ? "-drills" : "";
      expect(JSON.stringify(Properties["AssumeRolePolicyDocument"])).toContain(
        `"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com","token.actions.githubusercontent.com:sub":"repo:agathaai/agathaai:environment:${profile}${drills}"}`,
      );
    }
  }
});

it("an image's tag cannot move, and each image is scanned when it comes", () => {
  for (const { Properties } of resourcesOf(production, "AWS::ECR::Repository"))
    expect(Properties).toMatchObject({
      ImageTagMutability: "IMMUTABLE",
      ImageScanningConfiguration: { ScanOnPush: true },
    });
});
