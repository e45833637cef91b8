import { createTransport } from "nodemailer";
import OpenAI from "openai";
import pg from "pg";
import { expect, test } from "vitest";
import { useTestStack } from "./use-test-stack";

const stack = await useTestStack();

test("the database is migrated and empty", async () => {
  const client = new pg.Client({ connectionString: stack.databaseUrl });
  await client.connect();
  const { rows } = await client.query("SELECT count(*)::int AS users FROM users");
  await client.end();
  expect(rows).toEqual([{ users: 0 }]);
});

test("a sent mail is found by its receiver", async () => {
  await createTransport(stack.env.SMTP_URL).sendMail({
    from: "no-reply@agathaai.com",
    to: "Reader@Example.com",
    subject: "Hello",
    text: "A line.",
  });
  expect(await stack.mailbox.waitFor("reader@example.com")).toMatchObject({
    subject: "Hello",
    text: "A line.\n",
  });
});

test("provider calls are counted by nonce, and a default failure reaches calls that ask for none", async () => {
  const openai = new OpenAI({
    apiKey: stack.env.OPENAI_API_KEY ?? "",
    baseURL: stack.env.OPENAI_BASE_URL ?? "",
    maxRetries: 0,
  });
  const ask = (content: string) =>
    openai.chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content }] });
  await ask("Hello [[nonce:a1]]");
  stack.simulator.behave("503");
  await expect(ask("Hello again [[nonce:a1]]")).rejects.toMatchObject({ status: 503 });
  expect(stack.simulator.calls()).toMatchObject({ by_nonce: { a1: 2 }, answered_by_nonce: { a1: 1 } });
  stack.simulator.reset();
  expect(stack.simulator.calls().total).toBe(0);
});

test("SQS is unreachable while its wire is cut", async () => {
  const ping = () => fetch(`${stack.env.SQS_ENDPOINT}/health`);
  expect((await ping()).ok).toBe(true);
  await stack.sqs.stop();
  await expect(ping()).rejects.toThrow();
  await stack.sqs.start();
  expect((await ping()).ok).toBe(true);
});
