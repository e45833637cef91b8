import { randomBytes } from "node:crypto";
import { cspReportPath } from "./csp/csp-report";

export interface SecurityPolicy {
  /** Where the portal is reached; https turns on what only makes sense over TLS. */
  appUrl: string;
  development: boolean;
}

const ONE_YEAR_SECONDS = 31_536_000;

/** For everything this server sends, pages and API alike (OWASP Secure Headers). */
export function commonHeaders({ appUrl }: SecurityPolicy): Record<string, string> {
  return {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "strict-origin-when-cross-origin",
    ...(isHttps(appUrl) && {
      "strict-transport-security": `max-age=${ONE_YEAR_SECONDS}; includeSubDomains; preload`,
    }),
  };
}

/** An API response is data: if a browser renders one, it can load and do nothing. */
export function apiHeaders(policy: SecurityPolicy): Record<string, string> {
  return {
    ...commonHeaders(policy),
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "cross-origin",
    "cache-control": "no-store",
  };
}

export function pageHeaders(policy: SecurityPolicy, nonce: string): Record<string, string> {
  return {
    ...commonHeaders(policy),
    "content-security-policy": pageCsp(policy, nonce),
    "reporting-endpoints": `csp="${new URL(cspReportPath, policy.appUrl).href}"`,
    "permissions-policy":
      "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=(), browsing-topics=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
  };
}

/** 128 bits a request (CSP3 §7.1). */
export function newNonce(): string {
  return randomBytes(16).toString("base64");
}

/**
 * Scripts run by nonce alone, and what they load is trusted in turn; `'self'` is only read by browsers that know no
 * `strict-dynamic`. Style elements need the nonce too; style attributes are free, because components position
 * themselves by them. `style-src` itself is only read by browsers that know neither.
 * Development adds what React's error overlay (eval, its own styles) and hot reload (WebSocket) need.
 */
function pageCsp({ appUrl, development }: SecurityPolicy, nonce: string): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    "style-src 'self' 'unsafe-inline'",
    `style-src-elem 'self' ${development ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${development ? " ws: wss:" : ""}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    // The older way to report, and the newer one, which names an endpoint of the header above.
    `report-uri ${cspReportPath}`,
    "report-to csp",
    ...(isHttps(appUrl) ? ["upgrade-insecure-requests"] : []),
  ].join("; ");
}

function isHttps(url: string): boolean {
  return url.startsWith("https://");
}
