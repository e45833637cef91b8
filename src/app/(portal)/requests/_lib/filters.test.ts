import { createLoader, createSerializer } from "nuqs";
import { describe, expect, it } from "vitest";
import {
  type Filters,
  filterParsers,
  filterUrlKeys,
  fromUrlValues,
  noFilters,
  readMetadata,
  toQuery,
  toUrlValues,
} from "./filters";

const load = createLoader(filterParsers, { urlKeys: filterUrlKeys });
const serialize = createSerializer(filterParsers, { urlKeys: filterUrlKeys });

const read = (query: string) => fromUrlValues(load(new URLSearchParams(query)));
const write = (filters: Filters) => serialize(toUrlValues(filters));
const now = new Date("2026-11-23T12:00:00Z");

describe("filters in the URL", () => {
  it("come back as they were written", () => {
    const filters: Filters = {
      ...noFilters,
      status: "failed",
      model: "gemini-1.5-pro",
      apiKeyId: "key_01m844dwt2e7xshsqpzrgk79p6",
      madeBy: "key",
      environment: "test",
      span: "7d",
      metadata: { order: "42", "job name": "a=b & c" },
    };
    expect(read(write(filters))).toEqual(filters);
    const dated: Filters = { ...noFilters, from: "2026-11-01", to: "2026-11-02" };
    expect(read(write(dated))).toEqual(dated);
    expect(write(noFilters)).toBe("");
  });

  it.each([
    "?status=exploded&model=&key=short&by=robot&environment=prod&time=1y&metadata=&metadata==x&metadata=novalue",
    "?from=2026-11-02&to=2026-11-01",
    "?from=2026-11-02",
  ])("ignore what they cannot mean: %s", (query) => expect(read(query)).toEqual(noFilters));
});

describe("what the API is asked", () => {
  it("takes both days of a range, in UTC", () => {
    expect(toQuery({ ...noFilters, from: "2026-11-01", to: "2026-11-02" }, now)).toEqual({
      environment: "all",
      created: { gte: "2026-11-01T00:00:00.000Z", lt: "2026-11-03T00:00:00.000Z" },
    });
  });

  it("counts a span back from now", () => {
    expect(toQuery({ ...noFilters, span: "24h" }, now)).toEqual({
      environment: "all",
      created: { gte: "2026-11-22T12:00:00.000Z" },
    });
  });

  it("is both environments unless one is chosen, and nothing else without filters", () => {
    expect(toQuery(noFilters, now)).toEqual({ environment: "all" });
    expect(toQuery({ ...noFilters, environment: "test" }, now)).toEqual({ environment: "test" });
  });
});

it("metadata is a name, an equals sign and a value that may hold more of them", () => {
  expect(readMetadata(" order = 42 ")).toEqual(["order", "42"]);
  expect(readMetadata("query=a=b")).toEqual(["query", "a=b"]);
  expect(readMetadata("empty=")).toEqual(["empty", ""]);
  expect(readMetadata("=42")).toBeNull();
  expect(readMetadata("order")).toBeNull();
});
