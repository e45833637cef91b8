import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { metricsRegistry } from "@agathaai/core/platform/observability/metrics";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { cspReportPath, takeCspReport } from "./csp-report";

const warn = vi.hoisted(() => vi.fn());
vi.mock("@agathaai/core/platform/observability/log", () => ({ log: () => ({ warn }) }));

const server = createServer((request, response) => void takeCspReport(request, response));
let url: string;
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${cspReportPath}`;
});
afterAll(() => server.close());
beforeEach(() => {
  warn.mockClear();
  vi.useFakeTimers({ toFake: ["performance"] });
  minute += 2;
  vi.advanceTimersByTime(minute * 60_000);
});
let minute = 0;

const post = (body: string) => fetch(url, { method: "POST", body });
const old = (changes: object = {}) =>
  JSON.stringify({
    "csp-report": {
      "document-uri": "https://app.example.com/requests/inf_01jd0q4g?email=ada@example.com",
      "effective-directive": "script-src-elem",
      "blocked-uri": "https://evil.example/steal.js?cookie=secret",
      "script-sample": "alert(document.cookie)",
      referrer: "https://app.example.com/keys",
      ...changes,
    },
  });
const counted = async (name: string, labels: Record<string, string>) =>
  (await metricsRegistry().getMetricsAsJSON())
    .find((metric) => metric.name === name)
    ?.values.find((value) => Object.entries(labels).every(([key, text]) => value.labels[key] === text))
    ?.value ?? 0;

describe("a report of a content security policy", () => {
  it("is counted by directive and logged as origin and section, without query, sample or ID", async () => {
    expect((await post(old())).status).toBe(204);
    expect(warn.mock.calls).toEqual([
      [
        { directive: "script-src-elem", page: "/requests", blocked: "https://evil.example" },
        "a page's content security policy stopped something",
      ],
    ]);
    expect(await counted("agatha_csp_violations_total", { directive: "script-src-elem" })).toBe(1);
  });

  it("is taken in the newer form as well, and other types in it are left out", async () => {
    const body = {
      documentURL: "https://app.example.com/keys",
      effectiveDirective: "img-src",
      blockedURL: "data",
    };
    const reports = [
      { type: "csp-violation", body },
      { type: "deprecation", body },
    ];
    expect((await post(JSON.stringify(reports))).status).toBe(204);
    expect(warn.mock.calls.map(([entry]) => entry)).toEqual([
      { directive: "img-src", page: "/keys", blocked: "data" },
    ]);
  });

  it("gives the sender no say in labels or log lines", async () => {
    const forged = {
      "effective-directive": "x".repeat(300),
      "blocked-uri": "\nfake line",
      "document-uri": "!",
    };
    await post(old(forged));
    expect(warn.mock.calls[0]?.[0]).toEqual({ directive: "other", page: "/other", blocked: "unknown" });
  });

  it.each([
    ["no JSON", "nonsense", 400],
    ["another form", '{"a":1}', 400],
    ["a body above 16 KB", old({ padding: "x".repeat(17_000) }), 413],
  ])("is refused and not logged: %s", async (_what, body, status) => {
    expect((await post(body)).status).toBe(status);
    expect(warn).not.toHaveBeenCalled();
  });

  it("is POSTed, nothing else", async () => {
    const reply = await fetch(url);
    expect([reply.status, reply.headers.get("allow")]).toEqual([405, "POST"]);
  });

  it("beyond sixty in a minute is counted and not read", async () => {
    for (let sent = 0; sent < 60; sent += 1) expect((await post(old())).status).toBe(204);
    warn.mockClear();
    expect((await post(old())).status).toBe(429);
    expect(warn).not.toHaveBeenCalled();
    expect(await counted("agatha_csp_reports_refused_total", { reason: "rate" })).toBe(1);
    vi.advanceTimersByTime(60_000);
    expect((await post(old())).status).toBe(204);
  });
});
