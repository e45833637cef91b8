import { describe, expect, it } from "vitest";
import { catalogue, catalogueModel } from "./catalogue";
import { assertModelKind, costOf, findModel, listModels, modelListSchema, toTokenUsage } from "./index";

const today = new Date("2026-11-23T12:00:00Z");

describe("the catalogue", () => {
  it("offers every model the specification names", () => {
    const ids = listModels({ at: today }).data.map(({ id }) => id);
    for (const id of [
      "gpt-4",
      "gpt-3.5-turbo",
      "gpt-4o",
      "gemini-pro",
      "gemini-1.5-pro",
      "deepseek-chat",
      "deepseek-coder",
    ]) {
      expect(ids).toContain(id);
    }
  });

  it("has unique ids, successors of the same provider, and prices in order of time", () => {
    expect(new Set(catalogue.map(({ id }) => id)).size).toBe(catalogue.length);
    for (const model of catalogue) {
      const days = model.prices.map(({ from }) => from);
      expect(days).toEqual([...new Set(days)].sort());
      expect(model.capabilities.vision).toBe(model.imageTokens.high > 0);
      if (model.retirement === undefined) continue;
      expect(catalogueModel(model.retirement.successor)?.provider).toBe(model.provider);
    }
  });

  it("has no circle of successors at any date", () => {
    for (const { id } of catalogue) expect(() => findModel(id, new Date("2099-01-01"))).not.toThrow();
  });

  it("lists views that hold to their schema", () => {
    expect(modelListSchema.safeParse(listModels({ at: today })).success).toBe(true);
    expect(listModels({ at: today, allowed: ["gpt-4o"] }).data).toHaveLength(1);
  });
});

describe("findModel", () => {
  it("knows a model by every name that clients use, and sends a dated name on unchanged", () => {
    const named = (name: string) => {
      const { id, upstreamModel } = findModel(name, today);
      return [id, upstreamModel];
    };
    expect(named("openai/gpt-4o")).toEqual(["gpt-4o", "gpt-4o"]);
    expect(named("gpt-4o-2024-11-20")).toEqual(["gpt-4o", "gpt-4o-2024-11-20"]);
    expect(named("openai/gpt-4o-2024-08-06")).toEqual(["gpt-4o", "gpt-4o-2024-08-06"]);
    expect(named("models/gemini-3.8-flash")).toEqual(["gemini-3.8-flash", "gemini-3.8-flash"]);
    expect(named("google/gemini-1.5-pro-002")).toEqual(["gemini-1.5-pro", "gemini-3.8-flash"]);
    expect(named("deepseek/deepseek-chat")).toEqual(["deepseek-chat", "deepseek-flash"]);
    // Retired: its successor answers, which has no such date.
    expect(named("gpt-4-0613")).toEqual(["gpt-4", "gpt-4.1"]);
    // Another provider's prefix, and a snapshot at another price, are other models.
    for (const name of ["google/gpt-4o", "models/gpt-4o", "openai/openai/gpt-4o", "gpt-4o-2024-05-13"]) {
      expect(() => findModel(name, today)).toThrowError(expect.objectContaining({ code: "model_not_found" }));
    }
  });

  it("suggests the nearest models for an unknown one", () => {
    expect(() => findModel("gpt4o", today)).toThrowError(
      expect.objectContaining({
        code: "model_not_found",
        param: "model",
        public: expect.stringContaining("gpt-4o"),
      }),
    );
    expect(() => findModel("llama-4-behemoth", today)).toThrowError(
      expect.objectContaining({ public: expect.stringContaining("GET /api/v1/models") }),
    );
    for (const id of ["__proto__", "constructor", "", "\u0007".repeat(128)]) {
      expect(() => findModel(id, today)).toThrowError(expect.objectContaining({ code: "model_not_found" }));
    }
  });

  it("lets a successor answer from the day of retirement on, and says so", () => {
    const before = findModel("gpt-4", new Date("2026-10-22T23:59:59.999Z"));
    expect(before).toMatchObject({
      upstreamModel: "gpt-4",
      retired: false,
      priceVersion: "gpt-4@2023-06-13",
    });
    const after = findModel("gpt-4", new Date("2026-10-23T00:00:00Z"));
    expect(after).toMatchObject({
      id: "gpt-4",
      upstreamModel: "gpt-4.1",
      retired: true,
      priceVersion: "gpt-4.1@2025-04-14",
    });
    expect(after.notice).toContain("gpt-4.1 answers in its place");
  });

  it("follows a chain of successors", () => {
    expect(findModel("gpt-4", new Date("2027-01-14T00:00:00Z")).upstreamModel).toBe("gpt-6.1-terra");
  });

  it("keeps a retired model's own limits and features", () => {
    const model = findModel("gpt-3.5-turbo", today);
    expect(model).toMatchObject({ upstreamModel: "gpt-4o-mini", maxOutputTokens: 4_096 });
    expect(model.capabilities).toMatchObject({ vision: false, tools: true, json_schema: false });
  });

  it("answers GPT-4o and 4.1 by the one model that still takes all they took: Terra, thinking off", () => {
    for (const id of ["gpt-4o", "gpt-4.1"]) {
      const model = findModel(id, new Date("2027-01-14T00:00:00Z"));
      expect(model).toMatchObject({ answeredBy: "gpt-6.1-terra", defaultEffort: "none" });
      expect(model.capabilities).toMatchObject({ tools: true, temperature: true, json_schema: true });
      expect(model.shutdownDate).toBe("2027-01-14");
    }
  });

  it("follows Google in who answers for Gemini 2.5 from 1 December, at whose price", () => {
    const after = new Date("2026-12-01T00:00:00Z");
    expect(findModel("gemini-2.5-pro", after).priceVersion).toBe("gemini-3.8-flash@2026-09-02");
    expect(findModel("models/gemini-2.5-flash", after).priceVersion).toBe("gemini-3.5-flash-lite@2026-07-21");
  });

  it("who asks for DeepSeek's model that thinks gets one, and for the one that does not gets none", () => {
    const thinking = (id: string) => {
      const { upstreamModel, defaultEffort, capabilities } = findModel(id, today);
      return [upstreamModel, defaultEffort, capabilities.reasoning];
    };
    expect(thinking("deepseek-reasoner")).toEqual(["deepseek-flash", "high", true]);
    for (const id of ["deepseek-chat", "deepseek-flash"])
      expect(thinking(id)).toEqual(["deepseek-flash", "none", false]);
  });

  it("lists the tiers that have a price, and no others", () => {
    expect(findModel("gpt-6.2-sol", today).serviceTiers).toEqual([
      "default",
      "flex",
      "priority",
      "ultrafast",
    ]);
    expect(findModel("gpt-6.2-astra", today).serviceTiers).toEqual(["default"]);
    expect(findModel("gemini-3.8-flash", today).serviceTiers).toEqual(["default"]);
  });

  it("keeps embedding models out of chat, by name, and chat models out of embeddings", () => {
    const embedding = findModel("openai/text-embedding-3-small", today);
    expect(() => assertModelKind(embedding, "embedding")).not.toThrow();
    expect(() => assertModelKind(embedding, "chat")).toThrowError(
      expect.objectContaining({ code: "unsupported_parameter", param: "model" }),
    );
    expect(() => assertModelKind(findModel("gpt-4o", today), "embedding")).toThrowError(
      expect.objectContaining({ public: expect.stringContaining("cannot make embeddings") }),
    );
  });

  it("takes the price in force at the moment", () => {
    expect(findModel("gemini-4-argon", today).priceVersion).toBe("gemini-4-argon@2026-10-14");
    expect(findModel("gemini-4-argon", new Date("2026-12-01")).price.output).toBe(20_000_000);
  });

  it.each([
    ["2026-11-27T00:59:59.999Z", "/off-peak", "before nine in Beijing"],
    ["2026-11-27T01:00:00Z", "", "a Friday at nine"],
    ["2026-11-27T03:59:59.999Z", "", "a Friday before noon"],
    ["2026-11-27T04:00:00Z", "/off-peak", "noon"],
    ["2026-11-27T06:00:00Z", "", "two in the afternoon"],
    ["2026-11-27T09:59:59.999Z", "", "before six"],
    ["2026-11-27T10:00:00Z", "/off-peak", "the evening"],
    ["2026-11-28T07:00:00Z", "/off-peak", "a Saturday"],
    ["2026-11-29T07:00:00Z", "/off-peak", "a Sunday"],
    ["2026-10-10T07:00:00Z", "/off-peak", "a Saturday that is worked in exchange for a holiday"],
    ["2026-10-07T07:00:00Z", "/off-peak", "a Wednesday in the National Day holiday"],
    ["2026-10-08T07:00:00Z", "", "the Thursday after it"],
  ])("knows DeepSeek's hours: at %s the price is %j (%s)", (at, ending) => {
    const found = findModel("deepseek-flash", new Date(at));
    expect(found.priceVersion).toBe(`deepseek-flash@2026-09-10${ending}`);
    expect(found.price.output).toBe(ending === "" ? 1_200_000 : 600_000);
    expect(found.listPrice.output).toBe(1_200_000);
    expect(findModel("deepseek-chat", new Date(at)).priceVersion).toBe(found.priceVersion);
  });

  it("has 133 of a week's 168 hours off-peak", () => {
    const monday = Date.parse("2026-11-23T00:00:00Z");
    const hours = Array.from({ length: 168 }, (_, hour) => new Date(monday + hour * 3_600_000));
    expect(
      hours.filter((at) => findModel("deepseek-v4-pro", at).priceVersion.endsWith("/off-peak")),
    ).toHaveLength(133);
  });
});

describe("costOf", () => {
  const usage = (inputTokens: number, cachedInputTokens: number, outputTokens: number) =>
    toTokenUsage({ inputTokens, cachedInputTokens, outputTokens });

  it("bills each class of token at its own price", () => {
    expect(costOf("gpt-4o@2024-08-06", usage(1_000_000, 400_000, 1_000_000))).toBe(
      (600_000n * 2_500_000n) / 1_000_000n + (400_000n * 1_250_000n) / 1_000_000n + 10_000_000n,
    );
  });

  it("rounds the sum once, half up at the micro-dollar", () => {
    expect(costOf("gpt-4o-mini@2024-07-18", usage(1, 0, 0))).toBe(0n);
    expect(costOf("gpt-6-luna@2026-09-22", usage(5, 0, 0))).toBe(1n);
    expect(costOf("gpt-6-luna@2026-09-22", usage(4, 0, 0))).toBe(0n);
    expect(costOf("gpt-6-luna@2026-09-22", usage(4, 0, 1))).toBe(1n);
    expect(costOf("gpt-4o@2024-08-06", usage(0, 0, 0))).toBe(0n);
  });

  it("stays exact where floating point would not", () => {
    expect(costOf("gpt-4@2023-06-13", usage(Number.MAX_SAFE_INTEGER, 0, 0))).toBe(
      BigInt(Number.MAX_SAFE_INTEGER) * 30n,
    );
  });

  it("refuses a price entry that does not exist", () => {
    expect(() => costOf("gpt-4o@1999-01-01", usage(1, 0, 1))).toThrow(RangeError);
  });
});
