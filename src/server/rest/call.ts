import type { AuditEntry } from "@agathaai/core/audit";
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";

/** What is known of one REST call while it is served, and what its log line will contain. */
export interface Call {
  requestId: string;
  startedAt: number;
  ip: string;
  controller: AbortController;
  /** Headers of the response, collected while it is served. */
  headers: Headers;
  /** The route's pattern, never the requested URL, which can contain anything. */
  route: string;
  orgId: string | undefined;
  actor: AuditEntry["actor"];
  caller: "key" | "jwt" | "session" | undefined;
  errorCode: string | undefined;
  /** The caller asked to wait for a result: the duration says nothing about our speed. */
  waits: boolean;
}

export interface RestEnv {
  Bindings: HttpBindings;
  Variables: { call: Call };
}

export type RestContext = Context<RestEnv>;
