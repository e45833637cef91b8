import type { ErrorCode } from "@agathaai/core/platform";
import { z } from "zod";
import type { ZodOpenApiOperationObject } from "zod-openapi";
import { capitalized } from "../../../shared/format/capitalized";
import { rolesWith } from "../../../shared/permissions";
import type { Access, Operation } from "../../trpc/meta";
import type { RestProcedure } from "../operations";
import { describeResponse, errorResponses } from "./describe-responses";
import { named } from "./openapi-names";
import { credentialErrors, requestHeaders } from "./openapi-parts";

/** One procedure as an OpenAPI operation: who may call it, what it takes, and every response it has. */
export function describeOperation(rest: RestProcedure): ZodOpenApiOperationObject {
  const { operation, input } = rest;
  const access = rest.meta.access ?? { kind: "public" };
  const takesBody = operation.method !== "GET" && operation.method !== "DELETE";
  const body = takesBody && input !== undefined ? requestBody(input, operation) : undefined;
  return {
    operationId: operation.operationId,
    tags: [operation.tag],
    summary: operation.summary,
    description: [operation.description, accessText(rest), stepUpText(rest), repeatText(operation)]
      .filter(Boolean)
      .join("\n\n"),
    security: securityOf(access.kind),
    requestParams: {
      ...requestParams(input, operation),
      ...(operation.headers && { header: z.object(pickHeaders(operation.headers)) }),
    },
    ...(body !== undefined && {
      requestBody: {
        required: !body.safeParse({}).success,
        content: {
          "application/json": {
            schema: body,
            ...(operation.requestExample && { example: operation.requestExample }),
          },
        },
      },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(operation.responses).map(([status, response]) => [
          status,
          describeResponse(response, { status, operation }),
        ]),
      ),
      ...errorResponses(errorsOf(rest, takesBody)),
    },
  };
}

function errorsOf({ operation, meta }: RestProcedure, takesBody: boolean): ErrorCode[] {
  return [
    ...operation.errors,
    ...(meta.access?.kind === "public" ? [] : credentialErrors),
    ...(meta.stepUp === undefined ? [] : (["step_up_required"] as const)),
    "invalid_request",
    "unknown_parameter",
    ...(takesBody ? (["invalid_json", "payload_too_large", "unsupported_media_type"] as const) : []),
    ...(pathNames(operation).length > 0 ? (["invalid_id", "not_found"] as const) : []),
    "rate_limit_exceeded",
    "internal_error",
    "service_unavailable",
  ];
}

function stepUpText({ meta: { stepUp } }: RestProcedure): string {
  if (stepUp === undefined) return "";
  const when = stepUp === true ? "" : ` ${stepUp.text}`;
  return `Requires a sign-in or a call to \`POST /api/v1/auth/step-up\` in the last 10 minutes${when}; otherwise refused with \`step_up_required\`.`;
}

/** What repeating a POST does. */
function repeatText({ method, headers }: Operation): string {
  if (method !== "POST") return "";
  return headers?.includes("Idempotency-Key")
    ? "Accepts an `Idempotency-Key`: a repeated call gets the first response."
    : "Does not accept an `Idempotency-Key`: a call that sends one is refused with `invalid_request`.";
}

function accessText({ meta }: RestProcedure): string {
  switch (meta.access?.kind) {
    case "scope":
      return `Requires the scope \`${meta.access.scope}\` (roles: ${rolesWith(meta.access.scope).join(", ")}).`;
    case "caller":
      return "Any API key or access token can make this call.";
    case "user":
      return meta.access.scope === undefined
        ? "Requires a person's access token; API keys cannot make this call."
        : `Requires the access token of a person whose role has the scope \`${meta.access.scope}\` (${rolesWith(meta.access.scope).join(", ")}); API keys cannot make this call.`;
    default:
      return "";
  }
}

function securityOf(kind: Access["kind"]): Record<string, string[]>[] {
  if (kind === "public") return [];
  if (kind === "user" || kind === "operator") return [{ accessToken: [] }];
  return [{ apiKey: [] }, { apiKeyHeader: [] }, { accessToken: [] }];
}

function requestParams(input: z.ZodType | undefined, operation: Operation) {
  const shape = shapeOf(input);
  const inPath = pathNames(operation);
  const path = Object.fromEntries(
    Object.entries(shape)
      .filter(([name]) => inPath.includes(name))
      .map(([name, schema]) => [name, schema.meta({ description: "The ID returned on creation." })]),
  );
  const rest = Object.fromEntries(Object.entries(shape).filter(([name]) => !inPath.includes(name)));
  const inQuery = operation.method === "GET" || operation.method === "DELETE";
  return {
    ...(inPath.length > 0 && { path: z.object(path) }),
    ...(inQuery && Object.keys(rest).length > 0 && { query: z.object(rest) }),
  };
}

/** The input without its path parameters, named after the operation; undefined when no field remains. */
function requestBody(input: z.ZodType, operation: Operation): z.ZodType | undefined {
  const inPath = pathNames(operation);
  const names = Object.keys(shapeOf(input));
  if (names.every((name) => inPath.includes(name))) return undefined;
  const id = `${capitalized(operation.operationId)}Request`;
  if (inPath.length === 0) return named(input, id);
  const shape = Object.entries(shapeOf(input)).filter(([name]) => !inPath.includes(name));
  return named(z.strictObject(Object.fromEntries(shape)), id);
}

function shapeOf(input: z.ZodType | undefined): Record<string, z.ZodType> {
  if (input instanceof z.ZodOptional || input instanceof z.ZodPrefault)
    return shapeOf(input.unwrap() as z.ZodType);
  return input instanceof z.ZodObject ? (input.shape as Record<string, z.ZodType>) : {};
}

function pathNames(operation: Operation): string[] {
  return [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
}

function pickHeaders(names: NonNullable<Operation["headers"]>) {
  return Object.fromEntries(names.map((name) => [name, requestHeaders[name]]));
}
