import type { ErrorCode, Scope } from "@agathaai/core/platform";
import type { z } from "zod";
import type { AuditDeclaration } from "./middleware/audited";

export type HttpMethod = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

/**
 * Who may call: anyone; any known caller; a signed-in person, whose role has the scope if one is named; one of our
 * operators, in a browser, with a second factor; or any caller with the scope.
 * A procedure without this declaration refuses everybody.
 */
export type Access =
  | { kind: "public" }
  | { kind: "caller" }
  | { kind: "user"; scope?: Scope }
  | { kind: "operator"; changes?: true }
  | { kind: "scope"; scope: Scope };

/**
 * Which rate limit a call counts against. `plan`: the plan's requests per minute, for calls that run a model.
 * `control`: a separate, generous limit for everything else, so that polling for a result never uses up the plan's.
 * `costly`: that one and a tighter one, for calls that ask Stripe or read a whole ledger. `address`: calls without a caller, per
 * IP address.
 */
export type RateLimitClass = "plan" | "control" | "costly" | "address";

export type SuccessStatus = 200 | 201 | 202;

/** One status of an operation, as the API document shows it. */
export interface DocumentedResponse {
  /** JSON unless named; `schema` then describes the text. */
  mediaType?: "text/csv" | "text/plain" | "application/jsonl" | "application/zip" | "application/atom+xml";
  /** The schema's name in the API document. */
  name: string;
  description: string;
  schema: z.ZodType;
  example: unknown;
}

/** A file, sent in pieces as they are read. */
export interface FileOutput {
  filename: string;
  pieces: AsyncIterable<string | Uint8Array>;
}

/** One REST operation: enough to route it, to serve it and to document it. */
export interface Operation {
  method: HttpMethod;
  /** OpenAPI's form: `/api/v1/keys/{id}`. */
  path: `/${string}`;
  operationId: string;
  tag: string;
  summary: string;
  description: string;
  /** Every status of a success. With more than one, `status` picks. */
  responses: Partial<Record<SuccessStatus, DocumentedResponse>>;
  status?: (output: unknown) => SuccessStatus;
  /** Seconds until the caller should try again, while the result is not final. */
  retryAfter?: (output: unknown) => number | undefined;
  requestExample?: Record<string, unknown>;
  /** Request headers that this operation reads. */
  headers?: readonly ("Idempotency-Key" | "Prefer" | "x-agatha-fallback")[];
  /** For a file download: its name and text, from the output. */
  file?: (output: unknown) => FileOutput;
  /** Its own errors, in addition to those of every operation of its kind. */
  errors: readonly ErrorCode[];
}

/** Whether the caller must have proven themselves recently (ADR 63): always, or for some inputs. */
export type StepUp = true | { when: (input: unknown) => boolean; text: string };

export interface Meta {
  access?: Access;
  stepUp?: StepUp;
  /** Also for a person in a suspended organization: what they need to leave it for another. */
  whileSuspended?: true;
  /** Open to a person without the second factor that their organization requires: to add one, or to leave. */
  withoutFactor?: true;
  /** What it records in the audit log. Optional only in the type, because `.meta()` adds to it: see `declaredAudit`. */
  audit?: AuditDeclaration;
  rateLimit?: RateLimitClass;
  operation?: Operation;
}
