import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type { ReportedCall } from "../http/report-call";

/** The state of one REST call while it is served. */
export interface Call extends ReportedCall {
  controller: AbortController;
  /** Headers of the response, collected while it is served. */
  headers: Headers;
}

export interface RestEnv {
  Bindings: HttpBindings;
  Variables: { call: Call };
}

export type RestContext = Context<RestEnv>;
