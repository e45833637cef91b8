import { describe, expect, it } from "vitest";
import { safeNext } from "./safe-next";

describe("the page after signing in", () => {
  it("keeps a path on this site with its query", () => {
    expect(safeNext("/requests?status=failed")).toBe("/requests?status=failed");
  });

  it.each([
    undefined,
    null,
    "",
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    "keys",
  ])("never leaves this site: %j", (next) => {
    expect(safeNext(next)).toBe("/keys");
  });
});
