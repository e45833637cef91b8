import { describe, expect, it } from "vitest";
import { checkSchema } from "./check-schema";
import { functionParameters } from "./function-parameters";
import { mergeAllOf } from "./merge-all-of";
import type { Json } from "./schema";
import { at, convert } from "./testing/schemas";

/** The same object, which counts how often somebody looks at it. */
function watched(target: Json): { schema: Json; looks(): number } {
  let looks = 0;
  const schema = new Proxy(target, {
    ownKeys: (object) => {
      looks += 1;
      return Reflect.ownKeys(object);
    },
  });
  return { schema, looks: () => looks };
}

const times = <T>(count: number, make: (n: number) => T) => Array.from({ length: count }, (_, n) => make(n));

describe("the work that a schema makes is bounded by its size", () => {
  it("where parts refer to parts, level by level", () => {
    const { schema: last, looks } = watched({ type: "object" });
    const level = (name: string, inner: Json): Json => ({
      allOf: times(12, () => ({ $ref: `#/$defs/${name}` })),
      $defs: { [name]: inner },
    });
    const root = level("b", level("c", level("d", level("e", last))));
    functionParameters(root);
    // Twelve parts in each of four levels: without a bound 20,000 visits, and with a hundred parts 100 million.
    expect(looks()).toBeLessThan(5_000);
  });

  it("where two lists of values are merged", () => {
    const values = (from: number) => times(300, (n) => watched({ id: from + n }));
    const [left, right] = [values(0), values(299)];
    const [one, other] = [left, right].map((list) => ({ enum: list.map(({ schema }) => schema) }));
    expect(mergeAllOf([one ?? {}, other ?? {}])?.enum).toEqual([{ id: 299 }]);
    const looks = [...left, ...right].reduce((sum, each) => sum + each.looks(), 0);
    // Each with each would be 90,000.
    expect(looks).toBeLessThan(10_000);
  });

  it("where one definition is merged into many places", () => {
    const places = (count: number): Json => ({
      type: "object",
      properties: Object.fromEntries(
        times(count, (n) => [`p${n}`, { allOf: [{ $ref: "#/$defs/a" }, { title: "A" }] }]),
      ),
      $defs: { a: { type: "string", examples: ["x".repeat(20_000)] } },
    });
    expect(() => convert(places(10), false)).not.toThrow();
    const refusal = expect.objectContaining({ code: "unsupported_parameter" });
    expect(() => convert(places(200), false)).toThrowError(refusal);
  });

  it("and what is beyond all measure is refused by name", () => {
    const refusal = expect.objectContaining({ code: "invalid_request", param: at });
    for (const schema of [
      { type: "string", enum: times(60_000, String) },
      { type: "string", description: "x".repeat(1_000_001) },
      { type: "string", "x-own": times(60_000, (n) => n) },
    ])
      expect(() => checkSchema(schema, at)).toThrowError(refusal);
    expect(() => checkSchema({ type: "string", enum: times(20_000, String) }, at)).not.toThrow();
  });
});
