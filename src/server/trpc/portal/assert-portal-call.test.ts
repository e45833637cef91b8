import { describe, expect, it } from "vitest";
import { limitBody } from "../../http/request/read-body";
import { assertPortalCall } from "./assert-portal-call";

const post = (headers: Record<string, string>, body: BodyInit = "{}") =>
  new Request("https://portal.example/api/trpc/keys.create", {
    method: "POST",
    headers: { host: "portal.example", "content-type": "application/json", ...headers },
    body,
  });

describe("a state-changing portal call", () => {
  it("passes from the portal's own pages", () => {
    expect(() => assertPortalCall(post({ "sec-fetch-site": "same-origin" }))).not.toThrow();
    expect(() => assertPortalCall(post({ origin: "https://portal.example" }))).not.toThrow();
  });

  it.each<[string, Record<string, string>]>([
    ["another site", { "sec-fetch-site": "cross-site", origin: "https://portal.example" }],
    ["a sibling of the site", { "sec-fetch-site": "same-site" }],
    ["another origin", { origin: "https://evil.example" }],
    ["an origin that only begins like ours", { origin: "https://portal.example.evil.example" }],
    ["an opaque origin", { origin: "null" }],
    ["no browser at all", {}],
  ])("is refused from %s", (_what, headers) => {
    expect(() => assertPortalCall(post(headers))).toThrow(
      expect.objectContaining({ code: "insufficient_scope" }),
    );
  });

  it("is refused as a form, which other sites could send", () => {
    const form = post({ "sec-fetch-site": "same-origin", "content-type": "text/plain" });
    expect(() => assertPortalCall(form)).toThrow(expect.objectContaining({ code: "unsupported_media_type" }));
  });
});

describe("a portal call's body", () => {
  it("passes unchanged up to 10 MB", async () => {
    expect(await limitBody(post({}, '{"name":"Ada"}')).json()).toEqual({ name: "Ada" });
  });

  it("is refused beyond, after it was read to its end", async () => {
    const body = limitBody(post({}, "a".repeat(11 * 1024 * 1024)));
    await expect(body.text()).rejects.toMatchObject({ code: "payload_too_large" });
  });
});
