import { expect, test } from "vitest";
import { insecureProblem } from "./insecure";

const key = Buffer.alloc(32, 1).toString("base64");
const secure = {
  NODE_ENV: "production",
  APP_URL: "https://app.example.com",
  DATABASE_URL: "postgresql://a:secret@db.internal/agathaai?sslmode=verify-full",
  SMTP_URL: "smtps://a:secret@mail.internal",
  SQS_STANDARD_QUEUE_URL: "https://queues.example.com/standard",
  SQS_ENTERPRISE_QUEUE_URL: "https://queues.example.com/enterprise",
  SQS_DEAD_LETTER_QUEUE_URL: "https://queues.example.com/dead-letter",
  S3_BUCKET: "agathaai",
  MASTER_KEY: key,
  BLIND_INDEX_KEY: key,
  JWT_PRIVATE_KEY: "-----BEGIN PRIVATE KEY-----",
  NEXTAUTH_SECRET: "n".repeat(32),
};

test("production starts where everything is encrypted and customers reach nothing inside", () => {
  expect(insecureProblem(secure)).toBeUndefined();
  const off = { WEBHOOK_PRIVATE_TARGETS: "false", AGATHA_PRIVATE_IDENTITY_PROVIDERS: "false" };
  expect(insecureProblem({ ...secure, ...off })).toBeUndefined();
});

test.each(["WEBHOOK_PRIVATE_TARGETS", "AGATHA_PRIVATE_IDENTITY_PROVIDERS"])(
  "production does not start with %s, unless ALLOW_INSECURE names it",
  (variable) => {
    const open = { ...secure, [variable]: "true" };
    expect(insecureProblem(open)).toBe(
      `These let customers reach what is inside the network:\n  ${variable}: leave it out\nWhere that is meant, set ALLOW_INSECURE=${variable}`,
    );
    expect(insecureProblem({ ...open, ALLOW_INSECURE: "APP_URL" })).toContain(`  ${variable}: `);
    expect(insecureProblem({ ...open, ALLOW_INSECURE: variable })).toBeUndefined();
  },
);

test("plaintext and what is open inside are named together", () => {
  const problem = insecureProblem({
    ...secure,
    APP_URL: "http://app.example.com",
    WEBHOOK_PRIVATE_TARGETS: "true",
  });
  expect(problem).toContain("  APP_URL: use https://");
  expect(problem).toMatch(/set ALLOW_INSECURE=APP_URL,WEBHOOK_PRIVATE_TARGETS$/);
});
