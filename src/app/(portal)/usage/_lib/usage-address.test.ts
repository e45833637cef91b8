import { describe, expect, it } from "vitest";
import { firstAddress, readAddress, type UsageAddress, writeAddress } from "./usage-address";

const read = (query: string) => {
  const params = new URLSearchParams(query);
  return readAddress((name) => params.get(name));
};

describe("the usage page's address", () => {
  it("says everything that the page shows, and reads back as it was", () => {
    const address: UsageAddress = {
      range: "custom",
      from: "2026-10-01",
      to: "2026-10-31",
      interval: "hour",
      group: null,
      metric: "cost",
      environment: "test",
      display: "table",
      model: "gpt-4o",
      apiKeyId: "key_01m844dwt2e7xshsqpzrgk79p6",
      status: "failed",
    };
    expect(read(writeAddress(address))).toEqual(address);
  });

  it("is short where nothing was chosen", () => {
    expect(writeAddress(firstAddress)).toBe("");
    expect(writeAddress({ ...firstAddress, range: "7d" })).toBe("?range=7d");
    expect(read("")).toEqual(firstAddress);
  });

  it.each([
    "?range=9d&interval=year&group=shoe&metric=love&environment=prod&view=poem&status=queued",
    "?range=custom&from=2026-02-30x&to=2026-03-01",
    "?range=custom&from=2026-03-02&to=2026-03-01",
    "?range=custom",
    "?key=key_short&from=2026-01-01",
  ])("falls back where it means nothing: %s", (query) => {
    expect(read(query)).toEqual(firstAddress);
  });
});
