import { describe, expect, it } from "vitest";
import { catalogue, catalogueModel } from "./catalogue";
import { findModel, modelAt, upstreamsOf } from "./find-model";

const at = new Date("2026-11-27T00:00:00Z");

describe("a model's upstreams", () => {
  it("are the row's, in its order, each with the price and the limits of the model", () => {
    const row = catalogueModel("deepseek-flash");
    if (row === undefined) throw new Error("no such model");
    const upstreams = [
      { upstreamModel: "deepseek-flash" },
      { upstreamModel: "another-name", weight: 2 },
    ] as const;
    const model = modelAt({ ...row, routing: { choice: "weighted", upstreams } }, at);
    expect(upstreamsOf(model).map(({ upstreamModel }) => upstreamModel)).toEqual([
      "deepseek-flash",
      "another-name",
    ]);
    for (const upstream of upstreamsOf(model)) {
      expect({ ...upstream, upstreamModel: model.upstreamModel }).toEqual(model);
    }
  });

  it("are one where the row says nothing, and where a dated model is asked for by name", () => {
    expect(upstreamsOf(findModel("gpt-4o", at))).toHaveLength(1);
    expect(upstreamsOf(findModel("gpt-4o-2024-08-06", at))[0].upstreamModel).toBe("gpt-4o-2024-08-06");
  });

  it("have positive weights, the model's own name among them, and belong to no other model", () => {
    const owners = new Map<string, string>();
    for (const { id, upstreamModel, routing } of catalogue) {
      const upstreams = routing?.upstreams ?? [{ upstreamModel }];
      expect(upstreams.map((upstream) => upstream.upstreamModel)).toContain(upstreamModel);
      for (const upstream of upstreams) {
        expect("weight" in upstream ? upstream.weight : 1).toBeGreaterThan(0);
        expect(owners.get(upstream.upstreamModel) ?? id).toBe(id);
        owners.set(upstream.upstreamModel, id);
      }
    }
  });
});
