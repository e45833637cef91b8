import { describe, expect, it } from "vitest";
import { safeNext, signInPath } from "./safe-next";

describe("the page after signing in", () => {
  it("keeps a path on this site with its query", () => {
    expect(safeNext("/requests?status=failed")).toBe("/requests?status=failed");
  });

  it("drops the parameter that Next adds to its data requests", () => {
    expect(signInPath("/requests?status=failed&_rsc=1x")).toBe("/sign-in?next=%2Frequests%3Fstatus%3Dfailed");
  });

  it("keeps everything else of the query as it was written", () => {
    expect(safeNext("/usage?_rsc=1x&model=a%2Bb+c#x")).toBe("/usage?model=a%2Bb+c#x");
    expect(safeNext("/usage?a=1&_rsc=1x#x")).toBe("/usage?a=1#x");
  });

  it.each([
    undefined,
    null,
    "",
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "/.//evil.example",
    "/a/..//evil.example",
    "/%2f/evil.example",
    "/.//evil.example?_rsc=1x",
    "javascript:alert(1)",
    "keys",
  ])("never leaves this site: %j", (next) => {
    expect(safeNext(next)).toBe("/overview");
  });
});
