import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { timeOfId } from "@agathaai/core/platform";
import { closeDb } from "@agathaai/core/platform/db/client";
import { env } from "@agathaai/core/platform/env";
import type { QueueMessage } from "@agathaai/core/platform/queue/queue";
import { afterAll, beforeAll, expect, it } from "vitest";
import yauzl from "yauzl";
import { secretVariables } from "../../infra/aws/config/secret-variables";
import { ROOT } from "../../infra/commands/build";
import { openAccount } from "../../infra/testing/open-account";
import { until } from "../../infra/testing/until";
import { useTestStack } from "../../infra/testing/use-test-stack";
import { createJobContext } from "../../src/worker/engine/job/job-context";

const stack = await useTestStack();
const { db, queue } = createJobContext();
const secrets: ReadonlySet<string> = new Set(secretVariables);
const given = Object.entries(stack.env);
const open = Object.fromEntries(given.filter(([name]) => !secrets.has(name)));
const whole = Object.fromEntries(secretVariables.map((name) => [name, stack.env[name] ?? ""]));

let held: Record<string, string> = whole;
/** Secrets Manager, as far as the function asks it. */
const secretsManager = createServer((_, response) =>
  response
    .writeHead(200, { "content-type": "application/x-amz-json-1.1" })
    .end(JSON.stringify({ SecretString: JSON.stringify(held) })),
);
const folder = mkdtempSync(join(tmpdir(), "agathaai-function-"));
const running = new Set<ChildProcessWithoutNullStreams>();

beforeAll(async () => {
  const zip = join(folder, "lambda.zip");
  const tsx = join(ROOT, "node_modules/tsx/dist/cli.mjs");
  execFileSync(process.execPath, [tsx, "infra/docker/lambda-bundle.ts", zip], {
    cwd: ROOT,
    stdio: "inherit",
  });
  await unpack(zip, folder);
  // Lambda's own.
  symlinkSync(join(ROOT, "node_modules/@aws-sdk"), join(folder, "node_modules/@aws-sdk"));
  await new Promise<void>((resolve) => secretsManager.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  for (const child of running) child.kill("SIGKILL");
  secretsManager.close();
  rmSync(folder, { recursive: true, force: true });
  await queue.close();
  await closeDb();
});

/** Each file of the archive where it belongs. */
async function unpack(zip: string, to: string): Promise<void> {
  const archive = await yauzl.openPromise(zip, { lazyEntries: true, autoClose: false });
  await new Promise<void>((done, failed) => {
    archive.on("error", failed);
    archive.on("end", done);
    archive.on("entry", (entry: yauzl.Entry) => {
      void (async () => {
        const parts: Uint8Array[] = [];
        for await (const part of await archive.openReadStreamPromise(entry)) parts.push(part);
        mkdirSync(dirname(join(to, entry.fileName)), { recursive: true });
        writeFileSync(join(to, entry.fileName), Buffer.concat(parts));
        archive.readEntry();
      })().catch(failed);
    });
    archive.readEntry();
  });
}

/** The function as Lambda starts it: with the stack's open variables, and the secret's by name. */
function start() {
  const address = secretsManager.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const runtime = join(ROOT, "e2e/image/function-runtime.mjs");
  const child = spawn(process.env["IMAGE_NODE"] ?? process.execPath, [runtime, folder], {
    cwd: folder,
    env: {
      ...open,
      NODE_ENV: "production",
      LOG_LEVEL: "info",
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${port}`,
      APP_SECRET_ARN: "arn:aws:secretsmanager:us-east-1:000000000000:secret:app",
      APP_SECRET_VARIABLES: secretVariables.join(","),
      NODE_EXTRA_CA_CERTS: join(folder, "rds-ca.pem"),
    },
  });
  running.add(child);
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  let answers = 0;
  const lines = () => said.split("\n");
  return {
    lines,
    /** What it answers to an event, or why it refuses. */
    async ask(event: unknown): Promise<string> {
      child.stdin.write(`${JSON.stringify(event)}\n`);
      answers += 1;
      const answered = () => lines().filter((line) => /^(answer|refused) /.test(line));
      await until(() => {
        if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}:\n${said}`);
        return answered().length >= answers;
      });
      return answered()[answers - 1] ?? "";
    },
  };
}

it("a function whose secret lacks a name refuses each event by that name, and starts once it is there", async () => {
  const { JWT_PRIVATE_KEY: _, ...rest } = whole;
  held = rest;
  const fn = start();
  expect(await fn.ask({ Records: [] })).toContain("secret lacks JWT_PRIVATE_KEY");
  held = whole;
  expect(await fn.ask({ Records: [] })).toBe('answer {"batchItemFailures":[]}');
});

it("a batch is worked off by the bundle, and what it counted is in the function's log as CloudWatch reads it", async () => {
  const fn = start();
  const account = await openAccount(db, queue);
  const id = await account.submit({ prompt: "Hi" });
  const messages: QueueMessage[] = [];
  await until(async () => {
    messages.push(...(await queue.receive("standard", { max: 1, waitSeconds: 1, visibilitySeconds: 60 })));
    return messages.length > 0;
  });
  const Records = messages.map(({ id: messageId, receiptHandle, body, receiveCount }) => ({
    messageId,
    receiptHandle,
    body,
    attributes: { ApproximateReceiveCount: String(receiveCount) },
    eventSourceARN: `arn:aws:sqs:us-east-1:000000000000:${env().SQS_STANDARD_QUEUE_URL.split("/").at(-1)}`,
  }));
  expect(await fn.ask({ Records }), fn.lines().join("\n")).toBe('answer {"batchItemFailures":[]}');
  const { status } = await db.inferenceRequest.findFirstOrThrow({ where: { id, createdAt: timeOfId(id) } });
  expect(status).toBe("completed");

  const embedded = fn.lines().flatMap((line) => (line.startsWith('{"_aws":') ? [JSON.parse(line)] : []));
  const of = (name: string) => embedded.filter((line) => name in line);
  expect(of("agatha_worker_requests_ended_total")).toMatchObject([
    { status: "completed", "service.name": "agathaai-worker", agatha_worker_requests_ended_total: 1 },
  ]);
  expect(of("agatha_provider_request_duration_seconds")).toMatchObject([{ provider: "openai" }]);
  expect(
    of("agatha_provider_tokens_total")
      .map(({ direction }) => direction)
      .sort(),
  ).toEqual(["input", "output"]);
  const written = embedded.length;
  expect(await fn.ask({ Records: [] })).toBe('answer {"batchItemFailures":[]}');
  expect(fn.lines().filter((line) => line.startsWith('{"_aws":'))).toHaveLength(written);
});
