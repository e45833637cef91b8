import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { isApiPath, settleTarget } from "./request-target";

function request(url: string, hosts: readonly string[], { method = "GET", version = "1.1" } = {}) {
  const incoming = new IncomingMessage(new Socket());
  Object.assign(incoming, { url, method, httpVersion: version });
  incoming.rawHeaders = hosts.flatMap((host) => ["Host", host]);
  if (hosts[0] !== undefined) incoming.headers.host = hosts[0];
  return incoming;
}

describe("the target of a request", () => {
  it("in absolute form is read as path and host, and Host does not count beside it", () => {
    const asked = request("http://other.example:8080/api/health?x=1", ["localhost"]);
    expect(settleTarget(asked, "own.example")).toBeUndefined();
    expect([asked.url, asked.headers.host]).toEqual(["/api/health?x=1", "other.example:8080"]);
    const bare = request("HTTPS://other.example?x=1", ["localhost"]);
    expect(settleTarget(bare, "own.example")).toBeUndefined();
    expect(bare.url).toBe("/?x=1");
  });

  it.each(["ftp://other.example/", "http://", "http://user@other.example/", "api/health", "*"])(
    "%s is refused",
    (url) => {
      expect(settleTarget(request(url, ["localhost"]), "own.example")).toMatch(/URL is not valid/);
    },
  );

  it("OPTIONS of the server as a whole is taken", () => {
    const asked = request("*", ["localhost"], { method: "OPTIONS" });
    expect(settleTarget(asked, "own.example")).toBeUndefined();
  });

  it("two Host headers are refused, equal ones too; none is taken in HTTP/1.0 alone", () => {
    expect(settleTarget(request("/", ["a.example", "b.example"]), "own.example")).toMatch(
      /more than one Host/,
    );
    expect(settleTarget(request("/", ["a.example", "a.example"]), "own.example")).toMatch(
      /more than one Host/,
    );
    expect(settleTarget(request("/", []), "own.example")).toMatch(/no Host/);
    const old = request("/", [], { version: "1.0" });
    expect(settleTarget(old, "own.example")).toBeUndefined();
    expect(old.headers.host).toBe("own.example");
  });
});

describe("which paths the API answers", () => {
  it.each([
    "/api/v1/inference",
    "/api/v1/inference?x=/api/trpc/",
    "/v1/models",
    "/v1",
    "/api",
    "/api/openapi.json",
    "/api/health",
    "/api/unheard-of",
    "/api/trpcx",
    "/api/webhooks/stripe",
    "/.well-known/jwks.json",
  ])("%s", (target) => expect(isApiPath(target)).toBe(true));

  it.each([
    "/",
    "/keys",
    "/docs/api",
    "/v1x",
    "/api/trpc/keys.list?batch=1",
    "/api/auth/session",
    "/.well-known/security.txt",
    "/x?next=/api/v1",
  ])("not %s", (target) => expect(isApiPath(target)).toBe(false));
});
