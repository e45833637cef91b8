import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { metricsRegistry } from "@agathaai/core/platform/observability/metrics";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { cspReportPath, takeCspReport } from "./csp-report";
import { CspReportBudget } from "./csp-report-budget";

const warn = vi.hoisted(() => vi.fn());
vi.mock("@agathaai/core/platform/observability/log", () => ({ log: () => ({ warn }) }));

const ipOf = ({ headers }: IncomingMessage) => String(headers["x-test-ip"] ?? "203.0.113.9");
const server = createServer((request, response) => void takeCspReport(request, response, ipOf(request)));
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

const post = (body: string, ip = "203.0.113.9") =>
  fetch(url, { method: "POST", body, headers: { "x-test-ip": ip } });
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

  it("beyond sixty of one address block in a minute is counted and not read", async () => {
    for (let sent = 0; sent < 60; sent += 1)
      expect((await post(old(), `203.0.113.${sent}`)).status).toBe(204);
    warn.mockClear();
    expect((await post(old({ "blocked-uri": "eval" }))).status).toBe(429);
    expect(warn).not.toHaveBeenCalled();
    expect(await counted("agatha_csp_reports_refused_total", { reason: "rate" })).toBe(1);
    vi.advanceTimersByTime(60_000);
    expect((await post(old())).status).toBe(204);
  });

  it("is read and told while somebody else floods, with one text or with many", async () => {
    for (let sent = 0; sent < 100; sent += 1) {
      await post(old({ "blocked-uri": `https://made-up-${sent}.example` }), `198.51.100.${sent}`);
    }
    // Of what nobody else has, a block brings five into the log.
    expect(warn).toHaveBeenCalledTimes(5);
    warn.mockClear();
    expect((await post(old({ "blocked-uri": "https://real.example/x.js" }))).status).toBe(204);
    expect(warn.mock.calls.map(([entry]) => entry.blocked)).toEqual(["https://real.example"]);
  });

  it("is one line a minute for the same directive and host, whoever sends it, and counted each time", async () => {
    const same = { "effective-directive": "media-src" };
    for (const ip of ["192.0.2.1", "198.51.100.1", "203.0.113.1"]) await post(old(same), ip);
    await post(old({ ...same, "blocked-uri": "https://evil.example/another.js?x=1" }));
    expect(warn).toHaveBeenCalledTimes(1);
    expect(await counted("agatha_csp_violations_total", { directive: "media-src" })).toBe(4);
    vi.advanceTimersByTime(60_000);
    await post(old(same));
    expect(warn).toHaveBeenCalledTimes(2);
  });
});

describe("the budget of reports", () => {
  it("remembers ten thousand blocks and no more, and gives the rest one share together", () => {
    const budget = new CspReportBudget();
    const block = (nr: number) => `10.${nr >> 8}.${nr & 255}.1`;
    for (let nr = 0; nr < 12_000; nr += 1) budget.mayRead(block(nr), 0);
    expect(budget.blocks).toBeLessThanOrEqual(10_001);
    expect(budget.mayRead(block(11_999), 0)).toBe(false);
    expect(budget.mayRead(block(1), 0)).toBe(true);
  });

  it("tells three hundred lines a minute at most, whoever sends them", () => {
    const budget = new CspReportBudget();
    let told = 0;
    for (let nr = 0; nr < 1_000; nr += 1) if (budget.mayTell(`10.0.${nr & 255}.1`, `x ${nr}`, 0)) told += 1;
    expect(told).toBe(300);
  });
});
