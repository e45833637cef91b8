import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asksLongCache, toTokenUsage } from "../index";

const count = fc.nat({ max: 2_000_000 });

describe("toTokenUsage", () => {
  it("never makes more of the classes than of the whole, and marks every contradiction", () => {
    const reported = fc.record({
      inputTokens: count,
      outputTokens: count,
      cachedInputTokens: count,
      cacheWriteTokens: count,
      longCacheWriteTokens: count,
      reasoningTokens: count,
    });
    fc.assert(
      fc.property(reported, (given) => {
        const usage = toTokenUsage(given);
        const parts = usage.cachedInputTokens + usage.cacheWriteTokens + usage.longCacheWriteTokens;
        expect(usage.inputTokens).toBe(given.inputTokens);
        expect(usage.outputTokens).toBe(given.outputTokens);
        expect(parts).toBeLessThanOrEqual(usage.inputTokens);
        expect(usage.reasoningTokens).toBeLessThanOrEqual(usage.outputTokens);
        const claimed = given.cachedInputTokens + given.cacheWriteTokens + given.longCacheWriteTokens;
        const fits = claimed <= given.inputTokens && given.reasoningTokens <= given.outputTokens;
        expect(usage.defect === null).toBe(fits);
      }),
    );
  });

  it("marks a total that the classes do not add up to", () => {
    const counts = { inputTokens: 10, outputTokens: 5 };
    expect(toTokenUsage({ ...counts, totalTokens: 15 }).defect).toBeNull();
    expect(toTokenUsage({ ...counts, totalTokens: 16 }).defect).toBe("total");
  });

  it("knows a tier by each of its providers' words, and marks what it does not know", () => {
    const tier = (serviceTier: string | null) => {
      const { serviceTier: known, defect } = toTokenUsage({ inputTokens: 1, outputTokens: 1, serviceTier });
      return [known, defect];
    };
    expect(tier("fast")).toEqual(["priority", null]);
    expect(tier("STANDARD")).toEqual(["default", null]);
    expect(tier(null)).toEqual(["default", null]);
    expect(tier("scale")).toEqual(["default", "unknown_tier"]);
    expect(tier("__proto__")).toEqual(["default", "unknown_tier"]);
  });
});

describe("asksLongCache", () => {
  it("treats any cache lifetime but the usual one as the long one", () => {
    expect([undefined, null, {}, { ttl: "30m" }, { ttl: null }].map(asksLongCache)).not.toContain(true);
    expect([{ ttl: "12h" }, { ttl: "24h" }, { ttl: 5 }].map(asksLongCache)).not.toContain(false);
  });
});
