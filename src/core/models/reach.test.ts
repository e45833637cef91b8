import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { assertInReach, coveredProviders, findModel, setPlaces } from ".";

const call = (name: string, bounds: Parameters<typeof assertInReach>[1]) => () =>
  assertInReach(findModel(name), bounds);

describe("a provider in HIPAA mode", () => {
  beforeEach(() =>
    setPlaces({ BAA_PLACES: ["openai"], OPENAI_EU_API_KEY: "k", OPENAI_EU_BASE_URL: "https://eu" }),
  );
  afterEach(() => setPlaces({}));

  it("is refused by name unless an agreement covers it, and only in HIPAA mode", () => {
    expect(call("gpt-4o", { hipaa: true })).not.toThrow();
    expect(call("deepseek-chat", { hipaa: true })).toThrow(
      expect.objectContaining({ code: "provider_not_covered", param: "model" }),
    );
    expect(call("deepseek-chat", {})).not.toThrow();
  });

  it("is covered place by place: an agreement for one address says nothing of another", () => {
    expect(coveredProviders({ residency: undefined })).toEqual(["openai"]);
    expect(coveredProviders({ residency: "eu" })).toEqual([]);
    expect(call("gpt-4o", { residency: "eu", hipaa: true })).toThrow(
      expect.objectContaining({ code: "provider_not_covered" }),
    );
  });

  it("is refused whoever it is while the installation has declared no agreement", () => {
    setPlaces({});
    expect(coveredProviders({ residency: undefined })).toEqual([]);
    expect(call("gpt-4o", { hipaa: true })).toThrow(
      expect.objectContaining({ code: "provider_not_covered" }),
    );
  });

  it("cannot be declared where it offers no agreement", () => {
    setPlaces({ BAA_PLACES: ["deepseek", "gemini"] });
    expect(coveredProviders({ residency: undefined })).toEqual([]);
  });
});
