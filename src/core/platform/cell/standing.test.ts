import { afterEach, expect, it, vi } from "vitest";
import { enterEpoch, mayWrite, setStanding, standing } from "./standing";

afterEach(() => setStanding("alone", undefined, Number.POSITIVE_INFINITY));

it("a process that was frozen past its time may not write from its first moment on, before it has looked again", () => {
  setStanding("active", 3, performance.now() + 60_000);
  expect(mayWrite()).toBe(true);
  setStanding("active", 3, performance.now() - 1);
  expect(standing()).toBe("lapsed");
  expect(mayWrite()).toBe(false);
});

it("a session says its epoch, only reads without one, and is not opened by a fenced process", async () => {
  const query = vi.fn(async () => undefined) as never as Parameters<typeof enterEpoch>[0]["query"];
  const session = { query, once: () => session } as never as Parameters<typeof enterEpoch>[0];
  const sent = () => vi.mocked(query).mock.lastCall;
  await enterEpoch(session);
  expect(sent()).toBeUndefined();
  setStanding("standby", undefined, 0);
  await enterEpoch(session);
  expect(sent()?.[0]).toBe("SET default_transaction_read_only = on");
  setStanding("active", 3, performance.now() + 60_000);
  // The session that was opened to read writes from now on, under the epoch.
  expect(sent()?.[0]).toContain("set_config('default_transaction_read_only', 'off', false)");
  expect(sent()?.[1]).toEqual(["3"]);
  await enterEpoch(session);
  expect(sent()).toEqual(["SELECT set_config('agathaai.epoch', $1, false)", ["3"]]);
  setStanding("fenced", 3, 0);
  await expect(enterEpoch(session)).rejects.toMatchObject({ code: "service_unavailable", status: 503 });
});
