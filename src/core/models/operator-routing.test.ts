import { afterEach, describe, expect, it } from "vitest";
import { findModel, upstreamsOf } from "./find-model";
import { setOperatorRouting } from "./operator-routing";

afterEach(() => setOperatorRouting(undefined));
const at = new Date("2026-11-27T00:00:00Z");

describe("MODEL_ROUTING", () => {
  it("spreads a model over its names, each at the model's price", () => {
    setOperatorRouting("gpt-4o=weighted:gpt-4o-2024-08-06*3,gpt-4o ; gpt-4o-mini=least_latency:gpt-4o-mini");
    const model = findModel("gpt-4o", at);
    expect(model.routing).toEqual({
      choice: "weighted",
      upstreams: [{ upstreamModel: "gpt-4o-2024-08-06", weight: 3 }, { upstreamModel: "gpt-4o" }],
    });
    expect(new Set(upstreamsOf(model).map(({ priceVersion }) => priceVersion))).toEqual(
      new Set([model.priceVersion]),
    );
    expect(findModel("gpt-4o-mini", at).routing?.choice).toBe("least_latency");
  });

  it("leaves a dated name that a caller asked for alone", () => {
    setOperatorRouting("gpt-4o=weighted:gpt-4o-2024-08-06*3,gpt-4o");
    expect(upstreamsOf(findModel("gpt-4o-2024-08-06", at))).toMatchObject([
      { upstreamModel: "gpt-4o-2024-08-06", routing: undefined },
    ]);
  });

  it.each([
    ["gpt-0=weighted:a,b", "there is no model gpt-0"],
    ["gpt-4o=fastest:gpt-4o", "must be model="],
    ["gpt-4o", "must be model="],
    ["gpt-4o=ordered:gpt-6-sol", "is no name of gpt-4o at its price"],
    ["gpt-4o=weighted:gpt-4o*0", "must be above 0"],
    ["gpt-4o=ordered:gpt-4o*2", 'needs "weighted"'],
    ["gpt-4o=ordered:gpt-4o,gpt-4o", "twice"],
    ["gpt-4o=ordered:gpt-4o;gpt-4o=ordered:gpt-4o", "twice"],
  ])("stops the process at %s and says why", (text, why) => {
    expect(() => setOperatorRouting(text)).toThrow(why);
    expect(findModel("gpt-4o", at).routing).toBeUndefined();
  });
});
