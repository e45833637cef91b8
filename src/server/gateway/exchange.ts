import type { IncomingMessage, ServerResponse } from "node:http";
import type { Allowance, LimitAllowance } from "@agathaai/core/admission";
import { type AuditEntry, actorOf } from "@agathaai/core/audit";
import { type AppError, newRequestId, type Principal, toErrorEnvelope } from "@agathaai/core/platform";
import { errorHeaders } from "../errors/report-error";
import { endResponse } from "../http/end-response";
import { type ReportedCall, reportCall } from "../http/report-call";
import { challengeOf } from "../rest/respond";

export interface ExchangeOptions {
  route: string;
  ip: string;
  /** Of every answer: security, cross-origin rules. */
  headers: readonly (readonly [name: string, value: string])[];
}

/** The limit on requests with the least left; REST's other limits have names of their own. */
type Announced = Pick<Allowance, "tokens"> & { requests: LimitAllowance & { scope: string } };

/** One call and its answer: what the log will say of it, its headers, and the ways to answer. */
export class Exchange implements ReportedCall {
  readonly requestId = newRequestId();
  readonly startedAt = performance.now();
  /** Of a model call: its duration is the model's. */
  waits: boolean = true;
  readonly route: string;
  readonly ip: string;
  readonly headers: Record<string, string>;
  orgId: string | undefined;
  actor: AuditEntry["actor"] = actorOf(null);
  caller: Principal["kind"] | undefined;
  errorCode: string | undefined;

  constructor(
    readonly incoming: IncomingMessage,
    readonly outgoing: ServerResponse,
    { route, ip, headers }: ExchangeOptions,
  ) {
    this.route = route;
    this.ip = ip;
    this.headers = { "x-request-id": this.requestId };
    // One by one: to a copy made by spreading, V8 adds each of the further ten in a slow way, for 8 µs a call.
    for (const [name, value] of headers) this.headers[name] = value;
    // It comes once; `once` would make a listener around this one.
    outgoing.on("close", () => reportCall(this, incoming.method ?? "", outgoing));
  }

  /** The caller has hung up: nobody reads an answer. */
  get left(): boolean {
    return this.outgoing.destroyed || this.outgoing.writableEnded;
  }

  identified(principal: Principal): void {
    this.orgId = principal.orgId;
    this.actor = actorOf(principal);
    this.caller = principal.kind;
  }

  /** The caller's remaining requests and tokens, with this call counted. */
  allow({ requests, tokens }: Announced): void {
    this.headers["x-ratelimit-scope"] = requests.scope;
    this.headers["x-ratelimit-limit-requests"] = String(requests.limit);
    this.headers["x-ratelimit-remaining-requests"] = String(Math.max(0, requests.remaining));
    this.headers["x-ratelimit-reset-requests"] = secondsUntil(requests.resetAt);
    if (tokens === null) return;
    this.headers["x-ratelimit-limit-tokens"] = String(tokens.limit);
    this.headers["x-ratelimit-remaining-tokens"] = String(Math.max(0, tokens.remaining));
    this.headers["x-ratelimit-reset-tokens"] = secondsUntil(tokens.resetAt);
  }

  json(status: number, body: unknown): void {
    if (this.left) return;
    const text = JSON.stringify(body);
    this.headers["content-type"] = "application/json; charset=utf-8";
    this.headers["content-length"] = String(Buffer.byteLength(text));
    this.outgoing.writeHead(status, this.headers);
    endResponse(this.outgoing, text);
  }

  /** Ends a stream that has begun, with the error in an event and without `[DONE]`. */
  breakOff(error: AppError): void {
    if (this.left) return;
    this.errorCode = error.code;
    this.outgoing.end(`data: ${JSON.stringify(toErrorEnvelope(error, this.requestId))}\n\n`);
  }

  /** Sends the error envelope with its headers; only possible before anything was sent. */
  refuse(error: AppError): void {
    this.errorCode = error.code;
    Object.assign(this.headers, errorHeaders(error));
    const seconds = this.headers["retry-after"];
    if (seconds !== undefined) {
      const exact = error.retryAfterSeconds ?? Number(seconds);
      this.headers["retry-after-ms"] = String(Math.max(1, Math.ceil(exact * 1_000)));
    }
    const asks = challengeOf(error);
    if (asks !== undefined) this.headers["www-authenticate"] = asks;
    this.json(error.status, toErrorEnvelope(error, this.requestId));
  }
}

function secondsUntil(at: Date): string {
  return String(Math.max(1, Math.ceil((at.getTime() - Date.now()) / 1_000)));
}
