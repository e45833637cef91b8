import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { commandsOf } from "./support/shell-words";

const root = new URL("../../../", import.meta.url);
const read = (file: string) => readFileSync(new URL(file, root), "utf8");
const under = (folder: string, ending: RegExp) =>
  readdirSync(new URL(folder, root))
    .filter((file) => ending.test(file))
    .map((file) => `${folder}/${file}`);

/** Papers, checklists and workflows: whoever follows them types these, or GitHub does. */
const files = [
  ...under("docs", /\.md$/),
  ...under(".github/drills", /\.md$/),
  ...under(".github/workflows", /\.yml$/),
];
const commands = [...new Set(files.flatMap((file) => commandsOf("aws", read(file))))].sort();

/** Version 1, which is on a machine with Python, lacks what its successor added. */
const version = /aws-cli\/(\d)/.exec(`${spawnSync("aws", ["--version"], { encoding: "utf8" }).stdout}`)?.[1];
const needsTwo = (command: string) => command.startsWith("aws logs tail") && version === "1";

/**
 * Runs a command against an address of our own that refuses everything: the client refuses what it cannot read itself, an operation or
 * an option that is not there, or one that is missing, and asks nobody. So a request is the proof that the command is one.
 */
async function requestsOf(command: string): Promise<{ requests: number; said: string }> {
  let requests = 0;
  const server = createServer((_, response) => {
    requests += 1;
    response
      .writeHead(400, { "content-type": "application/json" })
      .end('{"__type":"Refused","message":"no"}');
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  // As an option too: RDS's commands of version 1 overlook the variable, and would ask Amazon.
  const withAddress = 'aws() { command aws "$@" --endpoint-url "$AWS_ENDPOINT_URL"; }';
  const shell = spawn("bash", ["-c", `${withAddress}\n${command}`], {
    env: {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: "x",
      AWS_SECRET_ACCESS_KEY: "x",
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_MAX_ATTEMPTS: "1",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_PAGER: "",
      AWS_CONFIG_FILE: "/dev/null",
      // What the workflows set, as they might.
      ACCOUNT: "123456789012",
      AWS_REGION: "us-east-1",
      PROFILE: "production",
      REGION: "us-east-1",
      CELL: "use1",
      STACKS: "production-us-east-1-use1-home",
      DIGEST: `sha256:${"a".repeat(64)}`,
      digest: `sha256:${"a".repeat(64)}`,
      BUNDLE: "b".repeat(64),
      KIND: "standard",
      cluster: "agathaai-production-use1-home",
      subnets: "subnet-1,subnet-2",
      group: "sg-1",
      task: "arn:aws:ecs:us-east-1:123456789012:task/cluster/1",
      name: "agathaai-production-use1-standby-standard",
      newest: "2",
      since: "2026-11-21T00:00:00Z",
    },
  });
  let said = "";
  shell.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  shell.stdout.resume();
  await once(shell, "close");
  server.close();
  server.closeAllConnections();
  return { requests, said };
}

it("the papers and workflows have commands of AWS to try", () => {
  expect(commands.length).toBeGreaterThan(30);
});

it.each(commands)("nothing is left out of it: %s", (command) => {
  expect(command).not.toMatch(/…|\.\.\./);
});

describe.skipIf(version === undefined)("AWS's own client, where it is installed", () => {
  it.each(commands.filter((command) => !needsTwo(command) && !command.startsWith("aws s3 cp")))(
    "reads: %s",
    async (command) => {
      const { requests, said } = await requestsOf(command);
      expect(requests, said).toBeGreaterThan(0);
    },
    60_000,
  );

  it("refuses an operation that is not there, an option that is not there, and one that is missing", async () => {
    for (const command of [
      "aws ecs describe-service-deployment --service-deployment-arns ARN",
      "aws lambda update-alias --function-name NAME --name live --version 2",
      "aws rds promote-read-replica",
    ])
      expect((await requestsOf(command)).requests, command).toBe(0);
  });
});

it("a command is read from its name to where the shell ends it, also within a substitution", () => {
  expect(
    commandsOf(
      "aws",
      `x=$(aws a b --query "max(X[?V!='\\$L'])" | jq .)\nfor K in 1; do aws c d "$(aws e f --q 'G[0]')"; done`,
    ),
  ).toEqual([
    `aws a b --query "max(X[?V!='\\$L'])"`,
    `aws c d "$(aws e f --q 'G[0]')"`,
    "aws e f --q 'G[0]'",
  ]);
});
