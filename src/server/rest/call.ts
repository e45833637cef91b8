import type { AuditEntry } from "@agathaai/core/audit";
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";

/** What is known of one REST request while it is served, and what its log line will say. */
export interface Call {
  requestId: string;
  startedAt: number;
  ip: string;
  controller: AbortController;
  /** Headers of the answer, gathered on the way. */
  headers: Headers;
  /** The route's pattern, never the address asked for: addresses can hold anything. */
  route: string;
  orgId: string | undefined;
  actor: AuditEntry["actor"];
  caller: "key" | "jwt" | "session" | undefined;
  errorCode: string | undefined;
  /** The caller asked us to hold the answer back: its time says nothing about ours. */
  waits: boolean;
}

export interface RestEnv {
  Bindings: HttpBindings;
  Variables: { call: Call };
}

export type RestContext = Context<RestEnv>;
