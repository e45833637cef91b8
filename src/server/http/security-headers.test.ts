import { describe, expect, it } from "vitest";
import { apiHeaders, newNonce, pageHeaders } from "./security-headers";

const live = { appUrl: "https://app.example.com", development: false };

describe("security headers", () => {
  it("let a page run scripts by its nonce alone", () => {
    const csp = pageHeaders(live, "abc")["content-security-policy"];
    expect(csp).toContain("script-src 'self' 'nonce-abc' 'strict-dynamic';");
    expect(csp).toContain("frame-ancestors 'none'");
    expect(csp).not.toContain("unsafe-eval");
  });

  it("say where browsers report what a page's policy stopped", () => {
    const headers = pageHeaders(live, "abc");
    expect(headers["reporting-endpoints"]).toBe('csp="https://app.example.com/csp-report"');
    expect(headers["content-security-policy"]).toContain("report-uri /csp-report; report-to csp");
  });

  it("give every request a nonce of its own", () => {
    expect(new Set(Array.from({ length: 100 }, newNonce)).size).toBe(100);
  });

  it("insist on TLS exactly where the portal is reached over it", () => {
    expect(apiHeaders(live)["strict-transport-security"]).toContain("max-age=31536000");
    expect(
      apiHeaders({ ...live, appUrl: "http://localhost:3000" })["strict-transport-security"],
    ).toBeUndefined();
  });

  it("allow what React's overlay and hot reload need in development alone", () => {
    const csp = pageHeaders({ appUrl: "http://localhost:3000", development: true }, "abc")[
      "content-security-policy"
    ];
    expect(csp).toContain("'unsafe-eval'");
    expect(csp).toContain("connect-src 'self' ws: wss:");
  });
});
