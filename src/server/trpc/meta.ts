import type { ErrorCode } from "@agathaai/core/platform/errors";
import type { Scope } from "@agathaai/core/platform/principal";
import type { z } from "zod";
import type { AuditDeclaration } from "./middleware/audited";

export type HttpMethod = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

/**
 * Who may call: anyone; any known caller; a person signed in, with a role that has the scope if one is named; one of our
 * operators, in a browser; or whoever holds the scope.
 * A procedure that declares none is refused to all.
 */
export type Access =
  | { kind: "public" }
  | { kind: "caller" }
  | { kind: "user"; scope?: Scope }
  | { kind: "operator" }
  | { kind: "scope"; scope: Scope };

/**
 * Which rate limit a call counts against. `plan`: the requests a minute that were sold, for calls that run a model.
 * `control`: a wide limit of its own for everything else, so that polling for a result never uses up what was paid for.
 * `costly`: that one and a tight one on top, for calls that ask Stripe or read a whole ledger. `address`: calls without a
 * caller, by network address.
 */
export type RateLimitClass = "plan" | "control" | "costly" | "address";

export type SuccessStatus = 200 | 201 | 202;

export interface Answer {
  /** JSON unless it says otherwise; then `schema` is the text's. */
  mediaType?: "text/csv" | "text/plain";
  /** The schema's name in the API document. */
  name: string;
  description: string;
  schema: z.ZodType;
  example: unknown;
}

/** A file, written as it is read. */
export interface FileAnswer {
  filename: string;
  pieces: AsyncIterable<string>;
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
  /** Every status a success may have. With more than one, `status` picks. */
  answers: Partial<Record<SuccessStatus, Answer>>;
  status?: (output: unknown) => SuccessStatus;
  /** Seconds until it is worth asking again, when the answer is not final. */
  retryAfter?: (output: unknown) => number | undefined;
  requestExample?: Record<string, unknown>;
  /** Headers of the request that mean something here. */
  headers?: readonly ("Idempotency-Key" | "Prefer")[];
  /** Where the answer is a file: its name and text, out of the output. */
  file?: (output: unknown) => FileAnswer;
  /** Errors of its own, beside those that every operation of its kind can answer. */
  errors: readonly ErrorCode[];
}

export interface Meta {
  access?: Access;
  /** What it leaves in the audit trail. Optional in the type alone, since `.meta()` adds to it: see `declaredAudit`. */
  audit?: AuditDeclaration;
  rateLimit?: RateLimitClass;
  operation?: Operation;
}
