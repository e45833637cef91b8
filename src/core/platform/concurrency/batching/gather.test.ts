import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { Gather } from "./gather";

const double = async (numbers: readonly number[]) => {
  await sleep(2);
  return numbers.map((number) => 2 * number);
};

test("questions of one moment share a round trip, each gets its own answer, and no group is too large", async () => {
  const ask = vi.fn(double);
  const gather = new Gather(ask, { maxSize: 4, maxRunning: 1 });
  const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => gather.add(index)));
  expect(answers).toEqual(Array.from({ length: 10 }, (_, index) => 2 * index));
  expect(ask.mock.calls.map(([group]) => group.length)).toEqual([4, 4, 2]);
});

test("a question that comes during a round trip goes with the next one", async () => {
  const ask = vi.fn(double);
  const gather = new Gather(ask, { maxSize: 64, maxRunning: 1 });
  const first = gather.add(1);
  await vi.waitFor(() => expect(ask).toHaveBeenCalledOnce(), { timeout: 30_000 });
  const rest = [2, 3, 4].map((number) => gather.add(number));
  expect(await first).toBe(2);
  expect(await Promise.all(rest)).toEqual([4, 6, 8]);
  expect(ask).toHaveBeenCalledTimes(2);
});

test("a failing round trip fails the calls in it, and none after them", async () => {
  const ask = vi.fn(double).mockRejectedValueOnce(new Error("away"));
  const gather = new Gather(ask, { maxSize: 64, maxRunning: 1 });
  const lost = await Promise.allSettled([gather.add(1), gather.add(2)]);
  expect(lost.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await gather.add(3)).toBe(6);
});

test("fewer answers than questions fail them all: nobody gets another's answer", async () => {
  const gather = new Gather(async (numbers: readonly number[]) => numbers.slice(1), {
    maxSize: 64,
    maxRunning: 1,
  });
  const lost = await Promise.allSettled([gather.add(1), gather.add(2)]);
  expect(lost.every(({ status }) => status === "rejected")).toBe(true);
});
