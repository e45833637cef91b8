import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { catalogue } from "../catalogue";
import { price as entry } from "../catalogue/price";
import {
  billUsage,
  boundCost,
  costOf,
  findModel,
  pricingMetrics,
  type ServiceTier,
  serviceTiers,
  type TokenUsage,
  toTokenUsage,
} from "../index";
import { printedPrices, reckon } from "../testing/printed-prices";

const entries = catalogue.flatMap((model) =>
  model.prices.flatMap((price) => [
    { model, price, version: `${model.id}@${price.from}` },
    ...(price.offPeak === undefined
      ? []
      : [{ model, price: price.offPeak.price, version: `${model.id}@${price.from}/off-peak` }]),
  ]),
);

/** Sizes around each threshold, and everything else. */
const size = fc.oneof(
  fc.integer({ min: 0, max: 5_000 }),
  fc.constantFrom(199_999, 200_000, 200_001, 271_999, 272_000, 272_001),
  fc.integer({ min: 0, max: 1_100_000 }),
);
const share = fc.double({ min: 0, max: 1, noNaN: true });

const usages: fc.Arbitrary<TokenUsage> = fc
  .record({
    input: size,
    output: fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 128_000 })),
    cached: share,
    written: share,
    long: share,
    reasoning: share,
    tier: fc.constantFrom(...serviceTiers),
    regional: fc.boolean(),
  })
  .map(({ input, output, cached, written, long, reasoning, tier, regional }) => {
    const cachedInputTokens = Math.floor(input * cached);
    const cacheWriteTokens = Math.floor((input - cachedInputTokens) * written);
    return toTokenUsage({
      inputTokens: input,
      outputTokens: output,
      cachedInputTokens,
      cacheWriteTokens,
      longCacheWriteTokens: Math.floor((input - cachedInputTokens - cacheWriteTokens) * long),
      reasoningTokens: Math.floor(output * reasoning),
      serviceTier: tier,
      regional,
    });
  });

describe("costOf", () => {
  it("agrees to the micro-dollar with a calculator that knows the printed prices alone, 100,000 times", () => {
    const versions = entries.map(({ version }) => version);
    let compared = 0;
    fc.assert(
      fc.property(fc.constantFrom(...versions), usages, (version, usage) => {
        const expected = reckon(version, usage) ?? reckon(version, { ...usage, serviceTier: "default" });
        compared += 1;
        return costOf(version, usage) === expected;
      }),
      { numRuns: 100_000 },
    );
    expect(compared).toBe(100_000);
  }, 60_000);

  it("has every entry of the catalogue on the printed list, with the same tiers, and no other", () => {
    expect(Object.keys(printedPrices).sort()).toEqual(entries.map(({ version }) => version).sort());
    for (const { version, price } of entries) {
      const printed = serviceTiers.filter((tier) => printedPrices[version]?.[tier] !== undefined);
      expect(printed, version).toEqual(["default", ...serviceTiers.filter((tier) => tier in price.tiers)]);
    }
  });

  it("takes 272,000 input tokens for short, and one more makes the whole request long", () => {
    const cost = (inputTokens: number) =>
      costOf("gpt-6.1-terra@2026-10-26", toTokenUsage({ inputTokens, outputTokens: 1_000 }));
    expect(cost(272_000)).toBe(272_000n + 5_000n);
    expect(cost(272_001)).toBe(2n * 272_001n + 7_500n);
  });

  it("bills what OpenAI writes to its cache by lifetime, and as plain input where it asks no premium", () => {
    const written = { inputTokens: 1_000, outputTokens: 0, cacheWriteTokens: 1_000 };
    const long = { inputTokens: 1_000, outputTokens: 0, longCacheWriteTokens: 1_000 };
    expect(costOf("gpt-6.2-sol@2026-11-17", toTokenUsage(written))).toBe(2_500n);
    expect(costOf("gpt-6.2-sol@2026-11-17", toTokenUsage(long))).toBe(5_000n);
    expect(costOf("gpt-4o@2024-08-06", toTokenUsage(written))).toBe(2_500n);
  });

  it("adds the regional uplift to the sum, before the one rounding", () => {
    const usage = { inputTokens: 15, outputTokens: 0, regional: true };
    expect(costOf("gpt-6-luna@2026-09-22", toTokenUsage(usage))).toBe(2n);
    expect(costOf("gpt-4o@2024-08-06", toTokenUsage(usage))).toBe(38n);
  });
});

describe("boundCost", () => {
  const asked = fc.record({
    serviceTier: fc.option(fc.constantFrom(...serviceTiers), { nil: undefined }),
    longCache: fc.boolean(),
  });

  it("is never below what the same request is billed: any class, tier, length, region and cache lifetime", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...entries),
        usages,
        asked,
        fc.nat({ max: 300_000 }),
        ({ price, version }, usage, request, room) => {
          const most = boundCost(
            { price },
            { inputTokens: usage.inputTokens + room, outputTokens: usage.outputTokens, ...request },
          );
          return billUsage(version, usage, request).costMicros <= most;
        },
      ),
      { numRuns: 20_000 },
    );
  }, 60_000);

  it("takes the dearer price of input and rounds up at the micro-dollar", () => {
    const price = entry("2026-01-01", 0.1, 0.3, 1.000001);
    expect(boundCost({ price }, { inputTokens: 10, outputTokens: 0 })).toBe(3n);
    expect(boundCost({ price }, { inputTokens: 0, outputTokens: 1 })).toBe(2n);
    expect(boundCost({ price }, { inputTokens: 0, outputTokens: 0 })).toBe(0n);
  });

  it("grows with the tier asked for and never falls below the default one, which may answer instead", () => {
    const bound = (serviceTier?: ServiceTier) =>
      boundCost(findModel("gpt-6.2-sol", new Date("2026-11-26")), {
        inputTokens: 1_000,
        outputTokens: 1_000,
        serviceTier,
      });
    expect(bound("flex")).toBe(bound());
    expect(bound("priority")).toBe(2n * bound());
    expect(bound("ultrafast")).toBe(3n * bound());
  });
});

describe("billUsage", () => {
  const version = "gpt-6.2-sol@2026-11-17";
  const served = (serviceTier: string) =>
    toTokenUsage({ inputTokens: 1_000, outputTokens: 1_000, serviceTier });

  it("bills the tier that served, not the one asked for", () => {
    expect(billUsage(version, served("default"), { serviceTier: "priority" })).toMatchObject({
      serviceTier: "default",
      costMicros: 12_000n,
      defect: null,
    });
    expect(billUsage(version, served("fast"), { serviceTier: "priority" })).toMatchObject({
      serviceTier: "priority",
      costMicros: 24_000n,
    });
  });

  it("bills a tier dearer than what was asked for as asked, and marks it", () => {
    expect(billUsage(version, served("ultrafast"), { serviceTier: "priority" })).toMatchObject({
      serviceTier: "priority",
      costMicros: 24_000n,
      defect: "tier_not_asked",
    });
    expect(billUsage(version, served("priority"))).toMatchObject({
      serviceTier: "default",
      costMicros: 12_000n,
      defect: "tier_not_asked",
    });
  });

  it("bills a tier without a price, and one nobody knows, as the default, and marks it", () => {
    expect(
      billUsage("gpt-6.2-astra@2026-11-17", served("priority"), { serviceTier: "priority" }),
    ).toMatchObject({
      serviceTier: "default",
      defect: "unpriced_tier",
    });
    expect(billUsage(version, served("warp"))).toMatchObject({
      serviceTier: "default",
      defect: "unknown_tier",
    });
  });

  it("bills 12-hour writes that nobody asked for as usual ones, and marks it", () => {
    const usage = toTokenUsage({ inputTokens: 1_000, outputTokens: 0, longCacheWriteTokens: 1_000 });
    expect(billUsage(version, usage)).toMatchObject({
      cacheWriteTokens: 1_000,
      longCacheWriteTokens: 0,
      costMicros: 2_500n,
      defect: "cache_not_asked",
    });
    expect(billUsage(version, usage, { longCache: true })).toMatchObject({
      costMicros: 5_000n,
      defect: null,
    });
  });

  it("counts every marked call, for the alert", async () => {
    const counted = async () => {
      const { values } = await pricingMetrics().usageDefects.get();
      return (
        values.find(({ labels }) => labels.model === "gpt-6-luna" && labels.defect === "total")?.value ?? 0
      );
    };
    const before = await counted();
    const contradiction = toTokenUsage({ inputTokens: 1, outputTokens: 1, totalTokens: 3 });
    billUsage("gpt-6-luna@2026-09-22", contradiction);
    billUsage("gpt-6-luna@2026-09-22", toTokenUsage({ inputTokens: 1, outputTokens: 1, totalTokens: 2 }));
    expect(await counted()).toBe(before + 1);
  });

  it("refuses what has no price", () => {
    expect(() => billUsage("gpt-7-sol@2026-11-26", served("default"))).toThrow(RangeError);
  });

  it("returns what the cost is computed from again, to the micro-dollar", () => {
    fc.assert(
      fc.property(fc.constantFrom(...entries), usages, ({ version: any }, usage) => {
        const { priceVersion, longContext, costMicros, ...row } = billUsage(any, usage, { longCache: true });
        return costOf(priceVersion, row) === costMicros && typeof longContext === "boolean";
      }),
      { numRuns: 5_000 },
    );
  });
});
