import { describe, expect, it } from "vitest";
import { ProviderFailure } from "./errors";

const paramOf = (publicParam: string | undefined) =>
  new ProviderFailure("rejected", { provider: "gemini", publicParam }).publicParam;

describe("the field that a failure names", () => {
  it.each(["temperature", "messages[0].content[1].image_url", "response_format.json_schema.schema.oneOf"])(
    "is one of the customer's: %s",
    (field) => {
      expect(paramOf(field)).toBe(field);
    },
  );

  it.each([
    ["nothing", undefined],
    ["an empty name", ""],
    ["a field of the provider's", "contents[0].parts[0]"],
    ["a key", "messages[0].sk-live-1"],
    ["words", "messages and more"],
    ["free text in a schema's property", 'response_format.json_schema.schema.properties["my secret"].oneOf'],
    ["what the column would not hold", `response_format${".a".repeat(100)}`],
  ])("is never %s, wherever the failure was made", (_what, field) => {
    expect(paramOf(field)).toBeUndefined();
  });
});
