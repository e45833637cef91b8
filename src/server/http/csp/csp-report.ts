import type { IncomingMessage, ServerResponse } from "node:http";
import { AppError } from "@agathaai/core/platform";
import { singleton } from "@agathaai/core/platform/concurrency/singleton";
import { log } from "@agathaai/core/platform/observability/log";
import { counter } from "@agathaai/core/platform/observability/metrics";
import { z } from "zod";
import { pageSection } from "../page-section";
import { readBody } from "../request/read-body";
import { CspReportBudget } from "./csp-report-budget";

/** Where browsers tell what a page's content security policy stopped. Anybody can send such a report, so none is believed. */
export const cspReportPath = "/csp-report";

const MAX_BYTES = 16 * 1024;
/** Of one message; a browser gathers several. */
const MAX_REPORTS = 20;

const directives: ReadonlySet<string> = new Set([
  ...["default-src", "script-src", "script-src-elem", "script-src-attr"],
  ...["style-src", "style-src-elem", "style-src-attr", "img-src", "font-src", "connect-src", "object-src"],
  ...["base-uri", "form-action", "frame-ancestors", "worker-src", "manifest-src", "media-src", "frame-src"],
]);

/** What an older browser sends (`report-uri`), and a newer one (`report-to`). */
const oldReportSchema = z.object({
  "csp-report": z.object({
    "document-uri": z.string().optional(),
    "effective-directive": z.string().optional(),
    "violated-directive": z.string().optional(),
    "blocked-uri": z.string().optional(),
  }),
});
const newReportsSchema = z.array(
  z.object({
    type: z.string(),
    body: z.object({
      documentURL: z.string().optional(),
      effectiveDirective: z.string().optional(),
      blockedURL: z.string().optional(),
    }),
  }),
);

interface Violation {
  directive: string;
  /** The first part of the page's path. */
  page: string;
  /** An origin, or a keyword such as `inline`. */
  blocked: string;
}

const metrics = singleton("csp metrics", () => ({
  violations: counter(
    "agatha_csp_violations_total",
    "Reports of what a page's content security policy stopped, by directive.",
    ["directive"],
  ),
  refused: counter("agatha_csp_reports_refused_total", "Reports that were not read, by reason.", ["reason"]),
}));

/** Reports are hints, and each costs a line of the log: beyond its sender's share one is counted and not read. */
const budget = singleton("csp reports", () => new CspReportBudget());

/** @param ip of the caller, as `clientAddress` has it. */
export async function takeCspReport(
  request: IncomingMessage,
  response: ServerResponse,
  ip: string,
): Promise<void> {
  const status = await take(request, ip);
  response.writeHead(status, { "cache-control": "no-store", ...(status === 405 && { allow: "POST" }) });
  response.end();
  // What was not read cannot carry the next request.
  if (!request.complete) request.resume();
}

async function take(request: IncomingMessage, ip: string): Promise<number> {
  if (request.method !== "POST") return 405;
  if (!budget().mayRead(ip, performance.now())) return refuse(429, "rate");
  try {
    const violations = readReports((await readBody(request, MAX_BYTES)).toString("utf8"));
    for (const violation of violations.slice(0, MAX_REPORTS)) {
      metrics().violations.inc({ directive: violation.directive });
      const { directive, blocked } = violation;
      if (!budget().mayTell(ip, `${directive} ${blocked}`, performance.now())) continue;
      log().warn(violation, "a page's content security policy stopped something");
    }
    return 204;
  } catch (error) {
    if (error instanceof AppError) return refuse(error.status, "size");
    return refuse(400, "form");
  }
}

function refuse(status: number, reason: "rate" | "size" | "form"): number {
  metrics().refused.inc({ reason });
  return status;
}

/** Only what says where to look: no query, no path of a customer's, no script sample, no address. @throws for another form. */
export function readReports(text: string): Violation[] {
  const json: unknown = JSON.parse(text);
  if (Array.isArray(json)) {
    return newReportsSchema
      .parse(json)
      .filter(({ type }) => type === "csp-violation")
      .map(({ body }) => violationOf(body.effectiveDirective, body.documentURL, body.blockedURL));
  }
  const report = oldReportSchema.parse(json)["csp-report"];
  const directive = report["effective-directive"] ?? report["violated-directive"]?.split(" ", 1)[0];
  return [violationOf(directive, report["document-uri"], report["blocked-uri"])];
}

function violationOf(directive = "", page = "", blocked = ""): Violation {
  return {
    directive: directives.has(directive) ? directive : "other",
    page: URL.canParse(page) ? pageSection(new URL(page).pathname) : "/other",
    blocked: originOf(blocked),
  };
}

function originOf(blocked: string): string {
  if (/^[a-z-]{1,20}$/.test(blocked)) return blocked;
  if (!URL.canParse(blocked)) return "unknown";
  const { origin, protocol } = new URL(blocked);
  return origin === "null" ? protocol : origin.slice(0, 200);
}
