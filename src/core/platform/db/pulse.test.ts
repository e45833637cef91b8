import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Pulse } from "./pulse";

const PROMISED_MS = 200;
const never = () => new Promise<never>(() => undefined);
const answered = () => Promise.resolve();
/** A server's answer that the test decides on. */
function pending() {
  let [answer, fail] = [() => {}, (_: Error) => {}];
  const promise = new Promise<void>((resolve, reject) => {
    [answer, fail] = [resolve, reject];
  });
  return { promise, answer: () => answer(), fail: () => fail(new Error("broken")) };
}
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "went",
    (error: { code?: string }) => error.code,
  );

/** What has become of the work once so much time has passed. */
async function after(ms: number, work: Promise<unknown>): Promise<string | undefined> {
  let code: string | undefined = "waits";
  void codeOf(work).then((result) => {
    code = result;
  });
  await vi.advanceTimersByTimeAsync(ms);
  return code;
}

function pulseOf(ping: () => Promise<unknown>): Pulse {
  const pulse = new Pulse();
  pulse.listen(ping);
  return pulse;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a server that answers nothing", () => {
  test("is known within 200 ms, to the first who waits and to all others", async () => {
    const pulse = pulseOf(never);
    const others = codeOf(pulse.watch(never()));
    expect(await after(PROMISED_MS, pulse.watch(never()))).toBe("service_unavailable");
    expect(await others).toBe("service_unavailable");
    expect(pulse.hangs).toBe(true);
  });

  test("asks its callers to come back", async () => {
    const waiting = pulseOf(never).watch(never());
    const told = expect(waiting).rejects.toMatchObject({ retryAfterSeconds: 1 });
    await vi.advanceTimersByTimeAsync(PROMISED_MS);
    await told;
  });

  test("no longer hangs once it answers, or its connection breaks", async () => {
    for (const end of ["answers", "breaks"]) {
      const ping = pending();
      const pulse = pulseOf(() => ping.promise);
      await after(PROMISED_MS, pulse.watch(never()));
      expect(pulse.hangs).toBe(true);
      if (end === "answers") ping.answer();
      else ping.fail();
      await vi.advanceTimersByTimeAsync(0);
      expect(pulse.hangs).toBe(false);
    }
  });
});

describe("a server that is slow", () => {
  test("is waited for as long as it answers the smallest statement", async () => {
    const pulse = pulseOf(answered);
    expect(await after(60_000, pulse.watch(never()))).toBe("waits");
    expect(pulse.hangs).toBe(false);
  });

  test("and hangs later is known within half a second", async () => {
    let ping = answered;
    const pulse = pulseOf(() => ping());
    const work = pulse.watch(never());
    expect(await after(1_000, work)).toBe("waits");
    ping = never;
    expect(await after(500, work)).toBe("service_unavailable");
  });
});

test("work that is done is not looked into", async () => {
  const ping = vi.fn(never);
  expect(await after(1_000, pulseOf(ping).watch(answered()))).toBe("went");
  expect(ping).not.toHaveBeenCalled();
});

test("a process whose timers are late gives the server more time", async () => {
  const ping = pending();
  const pulse = pulseOf(() => ping.promise);
  let clock = 0;
  const late = vi.spyOn(performance, "now").mockImplementation(() => clock);
  const work = codeOf(pulse.watch(never()));
  for (const ms of [80, 140, 140]) {
    clock += ms;
    await vi.advanceTimersByTimeAsync(90);
  }
  late.mockRestore();
  expect(pulse.hangs).toBe(false);
  ping.answer();
  expect(await after(0, work)).toBe("waits");
});
