import { expect, it } from "vitest";
import { auditBooks, untilAllEnded } from "./support/books";
import { submitMany } from "./support/submit-many";
import { useInstallation } from "./support/use-installation";

const { stack, processes, sql, customer } = await useInstallation({
  workers: 2,
  env: { WORKER_CONCURRENCY: "64", WORKER_MAX_ATTEMPTS: "8" },
});

it.each(["429:1", "garbage"])("answers every request although its first call ends in %s", async (failure) => {
  const who = await customer();
  const name = failure.replace(":", "-");
  const { accepted } = await submitMany(processes.url, who, {
    count: 200,
    prompt: (n) => `Question ${n} [[sim:${failure}x1:${name}-${n}]]`,
  });
  await untilAllEnded(sql, who);
  const books = await auditBooks(sql, who, accepted);
  expect(books).toMatchObject({ completed: 200, failed: 0, cancelled: 0 });
  expect(books.attempts).toBeGreaterThanOrEqual(400);
});

// If they were as many as the requests, an open circuit would try one at a time, and wait longer each time: such a provider is down.
it.each([
  ["500", 8],
  ["half", 8],
  ["timeout", 40],
])(
  "answers every request although what the provider does first is to end calls in %s, %i times",
  async (failure, times) => {
    const who = await customer();
    const { accepted } = await submitMany(processes.url, who, {
      count: 200,
      prompt: (n) => `Question ${n} [[sim:${failure}x${times}:first-${failure}]]`,
    });
    await untilAllEnded(sql, who);
    const books = await auditBooks(sql, who, accepted);
    expect(books).toMatchObject({ completed: 200, failed: 0, cancelled: 0 });
    expect(books.attempts).toBeGreaterThanOrEqual(200 + times);
  },
);

it("ends every request as failed, unbilled, when its provider never recovers", async () => {
  const who = await customer();
  const { accepted } = await submitMany(processes.url, who, {
    count: 200,
    prompt: (n) => `Question ${n} [[sim:429:1]]`,
  });
  await sql.query("UPDATE inference_requests SET max_attempts = 2 WHERE org_id = $1", [who.orgId]);
  await untilAllEnded(sql, who);
  const books = await auditBooks(sql, who, accepted);
  expect(books).toMatchObject({ completed: 0, failed: 200 });
  const { rows } = await sql.query("SELECT DISTINCT error_code FROM inference_requests WHERE org_id = $1", [
    who.orgId,
  ]);
  expect(rows).toEqual([{ error_code: "provider_unavailable" }]);
});

it("bills what completes and nothing else when calls end in every way at once", async () => {
  const who = await customer();
  const ways = ["[[sim:400]]", "[[sim:filter:1]]", "[[sim:401]]", ""];
  const { accepted } = await submitMany(processes.url, who, {
    count: 240,
    prompt: (n) => `Question ${n} ${ways[n % ways.length]}`,
  });
  await untilAllEnded(sql, who);
  expect(await auditBooks(sql, who, accepted)).toMatchObject({ completed: 60, failed: 180, cancelled: 0 });
  expect(stack.simulator.calls().in_flight).toBe(0);
});
