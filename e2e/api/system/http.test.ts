import { request } from "node:http";
import { connect } from "node:net";
import { beforeAll, describe, expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, expectRefusal, openApi } from "../../support/client";
import { countRows } from "../../support/database";
import { customer, makeKey } from "../../support/people";

const stack = await useTestStack({ CORS_ORIGINS: "https://app.example.com" });
const json = { "content-type": "application/json" };
const MB = 1024 * 1024;
let api: Api;
let key: string;

beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true }));
  key = await makeKey(api, await customer(api, stack));
});

const submit = (raw: RequestInit["body"], headers: Record<string, string> = json) =>
  api.post("/api/v1/inference", { as: key, raw, headers });

describe("bodies", () => {
  it.each<[string, string]>([
    ["half an object", '{"model":'],
    ["single quotes", "{'model':'gpt-4o'}"],
    ["a trailing comma", '{"model":"gpt-4o",}'],
    ["two values", "{}{}"],
    ["NaN", '{"max_tokens":NaN}'],
    ["white space alone", "   "],
  ])("400 invalid_json: %s", async (_what, body) => {
    const before = await countRows();
    expectRefusal(await submit(body), 400, "invalid_json");
    expect(await countRows()).toEqual(before);
  });

  it("400 invalid_json for a body that is not UTF-8", async () => {
    expectRefusal(await submit(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])), 400, "invalid_json");
  });

  it.each<[string, string]>([
    ["a list", "[]"],
    ["a string", '"5"'],
    ["null", "null"],
    ["a number", "5"],
  ])("400 invalid_request: %s where an object belongs", async (_what, body) => {
    expectRefusal(await submit(body), 400, "invalid_request");
  });

  it.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json; charset=latin1",
    "application/jsonp",
    "",
  ])("415 for content type %j", async (type) => {
    const before = await countRows();
    const reply = await submit(
      Buffer.from('{"model":"gpt-4o","prompt":"Hi"}'),
      type === "" ? {} : { "content-type": type },
    );
    expectRefusal(reply, 415, "unsupported_media_type", "Content-Type");
    expect(await countRows()).toEqual(before);
  });

  it("accepts JSON with a charset in its content type", async () => {
    const reply = await submit('{"model":"gpt-4o","prompt":"Hi"}', {
      "content-type": "application/json; charset=UTF-8",
    });
    expect(reply.status).toBe(202);
  });

  it("415 for a compressed body: it is never unpacked", async () => {
    const reply = await submit(Buffer.from([0x1f, 0x8b]), { ...json, "content-encoding": "gzip" });
    expectRefusal(reply, 415, "unsupported_media_type", "Content-Encoding");
  });

  it("413 for 11 MB, and the connection stays open until the response is read", async () => {
    const before = await countRows();
    const body = JSON.stringify({ model: "gpt-4o", prompt: "a".repeat(11 * MB) });
    expectRefusal(await submit(body), 413, "payload_too_large");
    expect(await countRows()).toEqual(before);
  });

  it("413 for the same in chunks, without a declared length", async () => {
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent++ < 12) controller.enqueue(new Uint8Array(MB).fill(97));
        else controller.close();
      },
    });
    expectRefusal(await submit(body), 413, "payload_too_large");
  });

  it("413 at once for a declared 10 GB", async () => {
    const status = await new Promise((resolve, reject) => {
      const call = request(`${api.url}/api/v1/inference`, {
        method: "POST",
        headers: { ...json, authorization: `Bearer ${key}`, "content-length": String(10 * 1024 * MB) },
      });
      call.on("response", (response) => resolve(response.statusCode)).on("error", reject);
      call.flushHeaders();
    });
    expect(status).toBe(413);
  });

  it("a body just under the limit is accepted", async () => {
    const body = JSON.stringify({ model: "gpt-4o", prompt: "Hi", padding: "a".repeat(9 * MB) });
    expectRefusal(await submit(body), 400, "unknown_parameter", "padding");
  });

  it("without credentials the body is not read: 401 comes first", async () => {
    expectRefusal(
      await api.post("/api/v1/inference", { raw: "{", headers: json }),
      401,
      "missing_credentials",
    );
  });

  it("a caller that hangs up in the middle of a body leaves nothing behind", async () => {
    const before = await countRows();
    const call = request(`${api.url}/api/v1/inference`, {
      method: "POST",
      headers: { ...json, authorization: `Bearer ${key}`, "content-length": "1000" },
    });
    call.on("error", () => {});
    call.write('{"model":');
    await new Promise((resolve) => setTimeout(resolve, 200));
    call.destroy();
    expect((await api.get("/api/health")).status).toBe(200);
    expect(await countRows()).toEqual(before);
  });
});

describe("routes and methods", () => {
  it.each([
    "/api/v1/unheard-of",
    "/api/v1/keys/",
    "/api/v1//keys",
    "/api/v1/inference/x/y",
    "/api",
    "/v1/unheard-of",
    "/api/v2/keys",
  ])("404 unknown_route in our envelope: %s", async (path) => {
    for (const method of ["GET", "POST", "DELETE"])
      expectRefusal(await api.call(method, path), 404, "unknown_route");
  });

  it("405 lists the allowed methods", async () => {
    const reply = await api.call("PUT", "/api/v1/keys", { as: key });
    expectRefusal(reply, 405, "method_not_allowed");
    expect(reply.headers.get("allow")).toBe("GET, POST, HEAD, OPTIONS");
    expectRefusal(await api.get("/api/v1/inference"), 405, "method_not_allowed");
  });

  it("HEAD returns what GET does, without a body", async () => {
    const reply = await api.call("HEAD", "/api/v1/models", { as: key });
    expect([reply.status, reply.text]).toEqual([200, ""]);
    expect((await api.call("HEAD", "/api/v1/models")).status).toBe(401);
  });

  it("OPTIONS lists the allowed methods", async () => {
    const reply = await api.call("OPTIONS", "/api/v1/keys");
    expect(reply.status).toBe(204);
    expect(reply.headers.get("allow")).toBe("GET, POST, HEAD, OPTIONS");
    expect(reply.headers.get("access-control-allow-origin")).toBeNull();
  });

  it("malformed HTTP, or a request without a valid host, still gets our error envelope", async () => {
    for (const text of [
      "NONSENSE\r\n\r\n",
      "GET /api/health HTTP/1.1\r\nhost: a b\r\nconnection: close\r\n\r\n",
      `GET / HTTP/1.1\r\nhost: x\r\nx: ${"a".repeat(20_000)}\r\n\r\n`,
    ]) {
      const answer = await exchange(text);
      expect(answer).toMatch(/^HTTP\/1\.1 (400|431) /);
      const { error } = JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4));
      expect(error).toMatchObject({ type: "invalid_request_error", code: "invalid_request" });
    }
  });

  it("a query on a call with a body is refused", async () => {
    const reply = await api.post("/api/v1/inference?wait=5", {
      as: key,
      body: { model: "gpt-4o", prompt: "Hi" },
    });
    expectRefusal(reply, 400, "unknown_parameter", "wait");
  });
});

describe("headers", () => {
  it("every response, success or error, carries the security and cache headers", async () => {
    for (const reply of [
      await api.get("/api/v1/models", { as: key }),
      await api.get("/api/v1/models"),
      await api.get("/api/unheard-of"),
      await submit("{"),
    ]) {
      expect(Object.fromEntries(reply.headers)).toMatchObject({
        "content-type": "application/json; charset=utf-8",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      });
      expect(reply.headers.get("x-powered-by")).toBeNull();
      expect(reply.headers.get("strict-transport-security")).toBeNull();
    }
  });

  it("a request ID from outside is not adopted", async () => {
    const reply = await api.get("/api/health", { headers: { "x-request-id": "forged" } });
    expect(reply.headers.get("x-request-id")).not.toBe("forged");
  });

  it("every response to a known caller states its limits, errors too", async () => {
    for (const reply of [await api.get("/api/v1/models", { as: key }), await submit("{")]) {
      expect(reply.headers.get("x-ratelimit-limit-requests")).toBe("10000");
      expect(Number(reply.headers.get("x-ratelimit-remaining-requests"))).toBeLessThanOrEqual(10_000);
      expect(reply.headers.get("x-ratelimit-reset-requests")).toMatch(/^\d+$/);
      // Enterprise has no token limit to state.
      expect(reply.headers.get("x-ratelimit-limit-tokens")).toBeNull();
    }
  });
});

describe("calls from other origins", () => {
  const from = (origin: string, method = "GET", path = "/api/v1/models") =>
    api.call(method, path, { as: key, headers: { origin, "access-control-request-method": "POST" } });

  it("calls are allowed from the listed origins and the portal's, never with cookies", async () => {
    for (const origin of ["https://app.example.com", "http://localhost:3000"]) {
      const reply = await from(origin);
      expect(reply.headers.get("access-control-allow-origin")).toBe(origin);
      expect(reply.headers.get("access-control-allow-credentials")).toBeNull();
      expect(reply.headers.get("vary")).toContain("Origin");
      const preflight = await from(origin, "OPTIONS");
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get("access-control-allow-headers")).toContain("authorization");
    }
  });

  it.each(["https://evil.example", "https://app.example.com.evil.example", "null"])(
    "are not allowed from %s",
    async (origin) => {
      for (const method of ["GET", "OPTIONS"]) {
        expect((await from(origin, method)).headers.get("access-control-allow-origin")).toBeNull();
      }
    },
  );

  it("documents without secrets can be read from any origin", async () => {
    const reply = await from("https://evil.example", "GET", "/api/openapi.json");
    expect(reply.headers.get("access-control-allow-origin")).toBe("*");
  });
});

function exchange(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(api.url);
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let answer = "";
    socket.setEncoding("utf8").on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("end", () => resolve(answer)).on("error", reject);
  });
}
