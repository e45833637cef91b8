import type { ErrorCode } from "@agathaai/core/platform";
import type { Lifecycle } from "../http/lifecycle";
import type { DocumentedResponse } from "../trpc/meta";
import type { RestContext } from "./call";
import type { ApiDocument } from "./openapi/api-document";

export interface SystemOptions {
  lifecycle: Lifecycle;
  document: ApiDocument;
  /** The token that a caller of the metrics must send. */
  metricsToken: string | undefined;
}

/** A route of the process itself. */
export interface SystemRoute {
  /** GET unless named. */
  method?: "POST";
  path: `/${string}`;
  /** What the query must have. */
  query?: Record<string, string>;
  operationId: string;
  summary: string;
  description: string;
  responses: Partial<Record<200 | 503, DocumentedResponse>>;
  /** How a caller shows that it may. */
  security?: Record<string, string[]>[];
  errors?: readonly ErrorCode[];
  serve: (c: RestContext, options: SystemOptions) => Promise<Response> | Response;
}
