import { type ErrorCode, errorTable } from "@agathaai/core/platform";
import { z } from "zod";
import type { ZodOpenApiResponseObject } from "zod-openapi";
import type { DocumentedResponse, Operation } from "../../trpc/meta";
import { named } from "./openapi-names";
import { errorSchema, limitHeaders, responseHeaders } from "./openapi-parts";

/** Without an operation there is no caller, and so no limits. */
export function describeResponse(
  response: DocumentedResponse,
  { status, operation }: { status: string; operation?: Operation },
): ZodOpenApiResponseObject {
  const takes = (name: "Idempotency-Key" | "Prefer" | "x-agatha-fallback") =>
    operation?.headers?.includes(name) ?? false;
  return {
    description: response.description,
    headers: z.object({
      "x-request-id": responseHeaders["x-request-id"],
      ...(operation !== undefined && limitHeaders),
      ...(status === "202" &&
        operation?.retryAfter !== undefined && { "retry-after": responseHeaders["retry-after"] }),
      ...(takes("Prefer") && { "preference-applied": responseHeaders["preference-applied"] }),
      ...(takes("Idempotency-Key") &&
        takes("x-agatha-fallback") && {
          "x-agatha-not-sent": responseHeaders["x-agatha-not-sent"],
        }),
      ...(takes("Idempotency-Key") && { "idempotent-replayed": responseHeaders["idempotent-replayed"] }),
    }),
    content: {
      [response.mediaType ?? "application/json"]: {
        schema: named(response.schema, response.name),
        example: response.example,
      },
    },
  };
}

/** One response per status, naming the codes that arrive with it. */
export function errorResponses(codes: readonly ErrorCode[]): Record<string, ZodOpenApiResponseObject> {
  const distinct = [...new Set(codes)];
  const statuses = [...new Set(distinct.map((code) => errorTable[code].status))].sort();
  return Object.fromEntries(
    statuses.map((status) => [
      String(status),
      errorResponse(
        status,
        distinct.filter((code) => errorTable[code].status === status),
      ),
    ]),
  );
}

function errorResponse(status: number, codes: readonly ErrorCode[]): ZodOpenApiResponseObject {
  return {
    description: `Codes: ${codes.map((code) => `\`${code}\``).join(", ")}.`,
    headers: z.object({
      "x-request-id": responseHeaders["x-request-id"],
      ...limitHeaders,
      ...(saysWhen(status, codes) && {
        "retry-after": responseHeaders["retry-after"],
        "retry-after-ms": responseHeaders["retry-after-ms"],
      }),
      ...(codes.some((code) => !errorTable[code].retry) && {
        "x-should-retry": responseHeaders["x-should-retry"],
      }),
    }),
    content: {
      "application/json": {
        schema: named(errorSchema, "ErrorResponse"),
        ...(codes[0] && { example: errorExample(codes[0]) }),
      },
    },
  };
}

/** Whether a response of this status can carry `retry-after`. A cap says when its month ends. */
function saysWhen(status: number, codes: readonly ErrorCode[]): boolean {
  if (status === 503 || codes.includes("spend_cap_reached")) return true;
  return status < 500 && codes.some((code) => errorTable[code].retry);
}

function errorExample(code: ErrorCode) {
  return {
    error: {
      message: "What happened, and what to do about it.",
      type: errorTable[code].type,
      param: null,
      code,
      request_id: "req_019ab7d1c4f27a3e9d5b6c8f0a1e2d3c",
    },
  };
}
