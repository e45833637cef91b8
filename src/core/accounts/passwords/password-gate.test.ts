import { expect, test } from "vitest";
import { PasswordGate } from "./password-gate";

const turns = async (count: number) => {
  for (let i = 0; i < count; i += 1) await Promise.resolve();
};

test("no more than the limit run at once, every waiting call runs, and a failure frees its slot", async () => {
  const gate = new PasswordGate(2, 100);
  let running = 0;
  let peak = 0;
  const work = async (position: number) => {
    running += 1;
    peak = Math.max(peak, running);
    await turns(3);
    running -= 1;
    if (position % 3 === 0) throw new Error("failed");
    return position;
  };
  const results = await Promise.allSettled(Array.from({ length: 30 }, (_, i) => gate.run(() => work(i))));
  expect(peak).toBe(2);
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(20);
  expect(await gate.run(async () => "free again")).toBe("free again");
});

test("beyond the queue's length it answers 503 at once instead of piling up", async () => {
  const gate = new PasswordGate(1, 1);
  const first = gate.run(() => turns(5));
  const second = gate.run(() => turns(5));
  await expect(gate.run(async () => undefined)).rejects.toMatchObject({
    code: "service_unavailable",
    retryAfterSeconds: 2,
  });
  await Promise.all([first, second]);
  expect(await gate.run(async () => "free again")).toBe("free again");
});
