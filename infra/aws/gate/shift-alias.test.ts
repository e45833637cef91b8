import { expect, it } from "vitest";
import { spec } from "../spec/spec";
import { BAKE_SECONDS, type Probe } from "./alias-gate";
import { SILENCE_SECONDS } from "./gate";
import { type AliasOutside, shiftAlias } from "./shift-alias";

function world({
  ringsFrom = Number.POSITIVE_INFINITY,
  live = "7",
  newest = "8",
  probe = (): Probe => "answered",
}: {
  ringsFrom?: number;
  live?: string;
  newest?: string;
  probe?: (at: number) => Probe;
} = {}) {
  let now = 0;
  const routed: { share: number; at: number }[] = [];
  const outside: AliasOutside = {
    versions: async () => ({ live, newest }),
    route: async (_, share) => void routed.push({ share, at: now }),
    ringing: async () => (now >= ringsFrom ? ["agathaai-production-use1-home-errors-critical"] : []),
    probe: async (version) => {
      expect(version).toBe(newest);
      return probe(now);
    },
    wait: async (seconds) => {
      now += seconds;
    },
    say: () => {},
  };
  return { outside, routed, now: () => now };
}

it("a quiet version gets 10, 50 and 100 percent, five minutes apart", async () => {
  const { outside, routed } = world();
  expect(await shiftAlias(outside)).toBe("shifted");
  expect(routed).toEqual(
    spec.delivery.canaryPercent.map((share, index) => ({ share, at: index * BAKE_SECONDS })),
  );
});

it("an alarm at any share takes the function back within a minute, of the five that a rollback may take", async () => {
  for (const ringsFrom of [10, BAKE_SECONDS + 10, 2 * BAKE_SECONDS]) {
    const { outside, routed } = world({ ringsFrom });
    expect(await shiftAlias(outside)).toBe("rolled back");
    const last = routed.at(-1);
    expect(last?.share).toBe(0);
    expect((last?.at ?? 0) - ringsFrom).toBeLessThan(60);
    expect(routed.map(({ share }) => share)).not.toContain(100);
  }
});

it("nothing is shifted while an alarm rings already", async () => {
  const { outside, routed } = world({ ringsFrom: 0 });
  expect(await shiftAlias(outside)).toBe("rolled back");
  expect(routed).toEqual([{ share: 0, at: 0 }]);
});

it("without a new version nothing moves", async () => {
  const { outside, routed } = world({ live: "8" });
  expect(await shiftAlias(outside)).toBe("nothing to shift");
  expect(routed).toEqual([]);
});

it("a version that cannot load never has a share, though no customer's batch comes and no alarm rings", async () => {
  const { outside, routed } = world({ probe: () => ({ failed: "Runtime.ImportModuleError" }) });
  expect(await shiftAlias(outside)).toBe("rolled back");
  expect(routed).toEqual([{ share: 0, at: 0 }]);
});

it("a version that nobody asks and that answers none of our own calls is held at its first share, and goes back after half an hour", async () => {
  const { outside, routed, now } = world({ probe: () => "silent" });
  expect(await shiftAlias(outside)).toBe("rolled back");
  expect(routed.map(({ share }) => share)).toEqual([10, 0]);
  expect(now()).toBe(SILENCE_SECONDS);
});

it("a version that breaks at half of the traffic goes back from there", async () => {
  const { outside, routed } = world({
    probe: (at) => (at > BAKE_SECONDS + 60 ? { failed: "Task timed out" } : "answered"),
  });
  expect(await shiftAlias(outside)).toBe("rolled back");
  expect(routed.map(({ share }) => share)).toEqual([10, 50, 0]);
});
