import { createLoader, createSerializer } from "nuqs";
import { describe, expect, it } from "vitest";
import {
  fromUrlValues,
  toUrlValues,
  type UsageSearch,
  usageParsers,
  usageUrlKeys,
  usageUrlOrder,
} from "./usage-search";

const load = createLoader(usageParsers, { urlKeys: usageUrlKeys });
const serialize = createSerializer(usageParsers, { urlKeys: usageUrlKeys });

const read = (query: string) => fromUrlValues(load(new URLSearchParams(query)));
const write = (search: UsageSearch) => serialize(toUrlValues(search));

const unchosen: UsageSearch = {
  range: "30d",
  from: null,
  to: null,
  interval: null,
  group: "model",
  metric: "tokens",
  environment: "live",
  display: "chart",
  model: null,
  apiKeyId: null,
  status: null,
  endpoint: null,
};

describe("the usage page's state in its URL", () => {
  it("says everything that the page shows, and reads back as it was", () => {
    const search: UsageSearch = {
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
      endpoint: "/v1/embeddings",
    };
    expect(read(write(search))).toEqual(search);
  });

  it("is short where nothing was chosen", () => {
    expect(write(unchosen)).toBe("");
    expect(write({ ...unchosen, range: "7d" })).toBe("?range=7d");
    expect(read("")).toEqual(unchosen);
  });

  it("has its parameters in one order, whatever was chosen first", () => {
    expect(usageUrlOrder.join()).toBe(
      "range,from,to,interval,group,metric,environment,view,model,key,status,endpoint",
    );
  });

  it.each([
    "?range=9d&interval=year&group=shoe&metric=love&environment=prod&view=poem&status=queued",
    "?range=custom&from=2026-02-30x&to=2026-03-01",
    "?range=custom&from=2026-03-02&to=2026-03-01",
    "?range=custom",
    "?key=key_short&from=2026-01-01",
  ])("falls back where it means nothing: %s", (query) => {
    expect(read(query)).toEqual(unchosen);
  });
});
