import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ownPath } from "./own-path";

const site = "https://portal.example.com";

describe("a redirect target", () => {
  it.each([
    "/",
    "/requests?status=failed",
    "/invite?token=a-b_c",
    "/requests/req_1#answer",
    "/search?q=//evil.example",
    "/a//b",
    "/docs/100%25",
    "/docs/api",
    "/apis",
  ])("that is a path of ours stays as it is: %j", (path) => {
    expect(ownPath(path)).toBe(path);
    expect(ownPath(path, site)).toBe(path);
  });

  it("that is absolute and ours comes to its path, where that is allowed", () => {
    expect(ownPath(`${site}/keys?create#top`, site)).toBe("/keys?create#top");
    expect(ownPath(`${site}/keys`)).toBeNull();
    expect(ownPath(site, site)).toBe("/");
  });

  it.each([
    undefined,
    null,
    "",
    "keys",
    "https://evil.example",
    "HTTPS:evil.example",
    "https:/evil.example",
    "https:\\\\evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/./\\evil.example",
    "/a/..//evil.example",
    "/%2e//evil.example",
    "/%2e%2e//evil.example",
    "/%2f/evil.example",
    "/%2F%2Fevil.example",
    "/%252f/evil.example",
    "/%5Cevil.example",
    "/%255Cevil.example",
    "/%09/evil.example",
    "/%0d%0aset-cookie:a=b",
    "/api",
    "/api/auth/company/start/con_1",
    "/%61pi/auth/company/start/con_1",
    "/keys/../api/auth/company/start/con_1",
    "https://portal.example.com/api/auth/company/start/con_1",
    "/a/%2e%2e%2f%2fevil.example",
    "https://portal.example.com@evil.example/",
    "https://user:secret@portal.example.com/keys",
    "https://portal.example.com.evil.example/",
    "https://portal.example.com:8443/keys",
    "http://portal.example.com/keys",
    "javascript:alert(1)",
    " javascript:alert(1)",
    "data:text/html,x",
    "blob:https://portal.example.com/1",
    "http://[",
  ])("never leads off the site: %j", (target) => {
    expect(ownPath(target)).toBeNull();
    expect(ownPath(target, site)).toBeNull();
  });

  const piece = fc.constantFrom(
    ...[
      "/",
      "\\",
      "//",
      ".",
      "..",
      "%2e",
      "%2f",
      "%5c",
      "%09",
      "%00",
      "%25",
      "\t",
      "\n",
      "\r",
      " ",
      "\u0000",
    ],
    ...[
      ":",
      "@",
      "?",
      "#",
      "&",
      "https:",
      "http://",
      "javascript:",
      "evil.example",
      "portal.example.com",
      "keys",
    ],
    ...["\u3002", "\uff0f", "\u2215", "\ufe64", "[", "]", "a", "\ud800"],
  );
  const target = fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join(""));

  it("made of whatever pieces is refused or stays on this site, however often it is decoded", () => {
    fc.assert(
      fc.property(fc.oneof(target, fc.string({ unit: "binary" }), fc.webUrl()), (text) => {
        for (const path of [ownPath(text), ownPath(text, site), ownPath(`/${text}`)]) {
          if (path === null) continue;
          expect(path).toMatch(/^\/(?![/\\])/);
          let read = path;
          for (let round = 0; round < 4; round += 1) {
            expect(new URL(read.replace(/[?#].*/s, ""), site).origin).toBe(site);
            try {
              read = decodeURIComponent(read.replace(/[?#].*/s, ""));
            } catch {
              break;
            }
          }
          expect(ownPath(path)).toBe(path);
          expect(new URL(path, site).href).toBe(`${site}${path}`);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});
