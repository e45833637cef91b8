import { describe, expect, it } from "vitest";
import { readFilters, toQuery } from "./filters";

const read = (query: string) => {
  const params = new URLSearchParams(query);
  return readFilters((name) => params.get(name));
};

describe("filters in the address", () => {
  it("come back as they were written", () => {
    const filters = { status: "failed", model: "gemini-1.5-pro" } as const;
    expect(read(toQuery(filters))).toEqual(filters);
    expect(toQuery({})).toBe("");
  });

  it("ignore what is not a status", () => {
    expect(read("?status=exploded&model=")).toEqual({});
  });
});
