import { describe, expect, it } from "vitest";
import { type Filters, readFilters, readMetadata, toAddress, toQuery } from "./filters";

const read = (query: string) => readFilters(new URLSearchParams(query));
const now = new Date("2026-11-23T12:00:00Z");

describe("filters in the address", () => {
  it("come back as they were written", () => {
    const filters: Filters = {
      status: "failed",
      model: "gemini-1.5-pro",
      apiKeyId: "key_01m844dwt2e7xshsqpzrgk79p6",
      madeBy: "key",
      environment: "test",
      span: "7d",
      metadata: { order: "42", "job name": "a=b & c" },
    };
    expect(read(toAddress(filters))).toEqual(filters);
    const dated: Filters = { from: "2026-11-01", to: "2026-11-02" };
    expect(read(toAddress(dated))).toEqual(dated);
    expect(toAddress({})).toBe("");
  });

  it.each([
    "?status=exploded&model=&key=short&by=robot&environment=prod&time=1y&metadata=&metadata==x&metadata=novalue",
    "?from=2026-11-02&to=2026-11-01",
    "?from=2026-11-02",
  ])("ignore what they cannot mean: %s", (query) => expect(read(query)).toEqual({}));
});

describe("what the API is asked", () => {
  it("takes both days of a range, in UTC", () => {
    expect(toQuery({ from: "2026-11-01", to: "2026-11-02" }, now)).toEqual({
      environment: "all",
      created: { gte: "2026-11-01T00:00:00.000Z", lt: "2026-11-03T00:00:00.000Z" },
    });
  });

  it("counts a span back from now", () => {
    expect(toQuery({ span: "24h" }, now)).toEqual({
      environment: "all",
      created: { gte: "2026-11-22T12:00:00.000Z" },
    });
  });

  it("is both environments unless one is chosen, and nothing else without filters", () => {
    expect(toQuery({}, now)).toEqual({ environment: "all" });
    expect(toQuery({ environment: "test" }, now)).toEqual({ environment: "test" });
  });
});

it("metadata is a name, an equals sign and a value that may hold more of them", () => {
  expect(readMetadata(" order = 42 ")).toEqual(["order", "42"]);
  expect(readMetadata("query=a=b")).toEqual(["query", "a=b"]);
  expect(readMetadata("empty=")).toEqual(["empty", ""]);
  expect(readMetadata("=42")).toBeNull();
  expect(readMetadata("order")).toBeNull();
});
