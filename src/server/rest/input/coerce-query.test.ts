import { describe, expect, it } from "vitest";
import { z } from "zod";
import { queryCoercion } from "./coerce-query";

const coerce = queryCoercion(
  z.strictObject({
    limit: z.int().min(1).default(20),
    ratio: z.number().optional(),
    deleted: z.boolean().optional(),
    status: z.array(z.string()).optional(),
    cursor: z.string().optional(),
    metadata: z.record(z.string(), z.string()).optional(),
  }),
);

describe("a query's text takes the type its schema asks for", () => {
  it("numbers, booleans and lists", () => {
    expect(coerce({ limit: "5", ratio: "-0.5", deleted: "true", status: "failed", cursor: "12" })).toEqual({
      limit: 5,
      ratio: -0.5,
      deleted: true,
      status: ["failed"],
      cursor: "12",
    });
  });

  it("entries of an object are written in brackets, whatever their names", () => {
    expect(
      coerce({ "metadata[job]": "7", "metadata[a[b]]": "x", "metadata[__proto__]": "y", "cursor[a]": "z" }),
    ).toEqual({
      metadata: JSON.parse('{"job":"7","a[b]":"x","__proto__":"y"}'),
      "cursor[a]": "z",
    });
    expect(coerce({ "metadata[job]": ["1", "2"], metadata: "x" })).toEqual({ metadata: "x" });
  });

  it("what does not read as the type stays text, for the schema to refuse", () => {
    const odd = { limit: "5e3", ratio: "", deleted: "yes", cursor: ["a", "b"], unknown: "1" };
    expect(coerce(odd)).toEqual(odd);
  });
});
