import { describe, expect, it } from "vitest";
import { safeNext, signInPath } from "./safe-next";

describe("the page after signing in", () => {
  it("keeps a path on this site with its query", () => {
    expect(safeNext("/requests?status=failed")).toBe("/requests?status=failed");
  });

  it("drops the mark that Next puts on its data requests", () => {
    expect(signInPath("/requests?status=failed&_rsc=1x")).toBe("/sign-in?next=%2Frequests%3Fstatus%3Dfailed");
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
    expect(safeNext(next)).toBe("/overview");
  });
});
