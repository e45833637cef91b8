import { type ErrorCode, errorTable } from "@agathaai/core/platform/errors";
import { z } from "zod";
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponseObject,
} from "zod-openapi";
import type { Access, Answer, Operation } from "../../trpc/meta";
import { type RestProcedure, restProcedures } from "../operations";
import { stripeWebhookPath } from "../stripe-webhook";
import { systemRoutes } from "../system-routes";
import { nameJsonValues, nameSchemas } from "./openapi-names";
import { errorSchema, limitHeaders, requestHeaders, responseHeaders, securitySchemes } from "./openapi-parts";
import { describeStripeWebhook, stripeWebhookErrors } from "./stripe-webhook-operation";

/** The API as an OpenAPI 3.1 document in JSON, read from the same operations that are served. */
export function renderOpenApi(serverUrl: string): string {
  return nameJsonValues(JSON.stringify(buildDocument(serverUrl)));
}

function buildDocument(serverUrl: string) {
  nameSchemas();
  const operations = restProcedures();
  return createDocument(
    {
      openapi: "3.1.0",
      info: {
        title: "AgathaAI API",
        version: "1",
        description:
          "Many large language models behind one API. Send an API key (`agt_live_…` or `agt_test_…`) as `Authorization: Bearer …` or `x-api-key`. Test keys answer from a simulator and cost nothing. Errors have one shape everywhere; quote their `request_id` to support.",
        contact: { name: "AgathaAI support", email: "support@agathaai.com" },
      },
      servers: [{ url: serverUrl }],
      tags: [...new Set([...operations.map(({ operation }) => operation.tag), "System"])].map((name) => ({
        name,
      })),
      paths: paths(operations),
      components: { securitySchemes },
    },
    { override: ({ jsonSchema }) => dropNoise(jsonSchema) },
  );
}

/** What a format says already, or every JSON number in JavaScript obeys, only makes the document long. */
function dropNoise(schema: { format?: string; pattern?: string; maximum?: number; minimum?: number }): void {
  if (schema.format !== undefined) delete schema.pattern;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
}

function paths(operations: readonly RestProcedure[]): ZodOpenApiPathsObject {
  const result: ZodOpenApiPathsObject = {};
  for (const rest of operations) {
    const { path, method } = rest.operation;
    result[path] = { ...result[path], [lowerCase(method)]: describeOperation(rest) };
  }
  result[stripeWebhookPath] = { post: describeStripeWebhook(errorResponses(stripeWebhookErrors)) };
  for (const system of systemRoutes) {
    result[system.path] = {
      get: {
        operationId: system.operationId,
        tags: ["System"],
        summary: system.summary,
        description: system.description,
        security: system.security ?? [],
        responses: {
          ...Object.fromEntries(
            Object.entries(system.answers).map(([status, answer]) => [
              status,
              describeAnswer(answer, { status }),
            ]),
          ),
          ...(system.path === "/api/openapi.json" && { 304: notModified }),
          ...errorResponses([...(system.errors ?? []), "internal_error"]),
        },
      },
    };
  }
  return result;
}

function describeOperation(rest: RestProcedure): ZodOpenApiOperationObject {
  const { operation, input } = rest;
  const access = rest.meta.access ?? { kind: "public" };
  const takesBody = operation.method !== "GET" && operation.method !== "DELETE";
  const body = takesBody && input !== undefined ? requestBody(input, operation) : undefined;
  return {
    operationId: operation.operationId,
    tags: [operation.tag],
    summary: operation.summary,
    description: [operation.description, accessText(rest), repeatText(operation)]
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
        Object.entries(operation.answers).map(([status, answer]) => [
          status,
          describeAnswer(answer, { status, operation }),
        ]),
      ),
      ...errorResponses(errorsOf(rest, takesBody)),
    },
  };
}

const notModified: ZodOpenApiResponseObject = {
  description: "What `if-none-match` names is still the document.",
};

/** Without an operation there is no caller, and so no limits. */
function describeAnswer(
  answer: Answer,
  { status, operation }: { status: string; operation?: Operation },
): ZodOpenApiResponseObject {
  const takes = (name: "Idempotency-Key" | "Prefer") => operation?.headers?.includes(name) ?? false;
  return {
    description: answer.description,
    headers: z.object({
      "x-request-id": responseHeaders["x-request-id"],
      ...(operation !== undefined && limitHeaders),
      ...(status === "202" &&
        operation?.retryAfter !== undefined && { "retry-after": responseHeaders["retry-after"] }),
      ...(takes("Prefer") && { "preference-applied": responseHeaders["preference-applied"] }),
      ...(takes("Idempotency-Key") && { "idempotent-replayed": responseHeaders["idempotent-replayed"] }),
    }),
    content: {
      [answer.mediaType ?? "application/json"]: {
        schema: named(answer.schema, answer.name),
        example: answer.example,
      },
    },
  };
}

/** One response per status, naming the codes that arrive with it. */
function errorResponses(codes: readonly ErrorCode[]): Record<string, ZodOpenApiResponseObject> {
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
      ...(saysWhen(status, codes) && { "retry-after": responseHeaders["retry-after"] }),
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

/** Whether an answer of this status can name the time to come back. */
function saysWhen(status: number, codes: readonly ErrorCode[]): boolean {
  return status === 503 || (status < 500 && codes.some((code) => errorTable[code].retry));
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

const credentialErrors = [
  "missing_credentials",
  "invalid_api_key",
  "api_key_expired",
  "api_key_revoked",
  "invalid_access_token",
  "access_token_expired",
  "insufficient_scope",
  "insufficient_role",
  "ip_not_allowed",
] as const satisfies readonly ErrorCode[];

function errorsOf({ operation, meta }: RestProcedure, takesBody: boolean): ErrorCode[] {
  return [
    ...operation.errors,
    ...(meta.access?.kind === "public" ? [] : credentialErrors),
    "invalid_request",
    "unknown_parameter",
    ...(takesBody ? (["invalid_json", "payload_too_large", "unsupported_media_type"] as const) : []),
    ...(pathNames(operation).length > 0 ? (["invalid_id", "not_found"] as const) : []),
    "rate_limit_exceeded",
    "internal_error",
    "service_unavailable",
  ];
}

/** Of a POST: what a repetition does. */
function repeatText({ method, headers }: Operation): string {
  if (method !== "POST") return "";
  return headers?.includes("Idempotency-Key")
    ? "Takes an `Idempotency-Key`: a repetition gets the first answer."
    : "Takes no `Idempotency-Key`: one that is sent is refused with `invalid_request`.";
}

function accessText({ meta }: RestProcedure): string {
  switch (meta.access?.kind) {
    case "scope":
      return `Needs the scope \`${meta.access.scope}\`.`;
    case "caller":
      return "For any API key or signed-in person.";
    case "user":
      return meta.access.scope === undefined
        ? "For a person's access token, not for API keys."
        : `For a person's access token whose role allows \`${meta.access.scope}\`, not for API keys.`;
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
      .map(([name, schema]) => [name, schema.meta({ description: "As the answer that made it named it." })]),
  );
  const rest = Object.fromEntries(Object.entries(shape).filter(([name]) => !inPath.includes(name)));
  const inQuery = operation.method === "GET" || operation.method === "DELETE";
  return {
    ...(inPath.length > 0 && { path: z.object(path) }),
    ...(inQuery && Object.keys(rest).length > 0 && { query: z.object(rest) }),
  };
}

/** What is left for the body once the path took its share, named after the operation; undefined when nothing is. */
function requestBody(input: z.ZodType, operation: Operation): z.ZodType | undefined {
  const inPath = pathNames(operation);
  const names = Object.keys(shapeOf(input));
  if (names.every((name) => inPath.includes(name))) return undefined;
  const id = `${upperFirst(operation.operationId)}Request`;
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

const namedSchemas = new WeakMap<z.ZodType, z.ZodType>();

/** The schema as a component of this name; one and the same wherever it is used. */
function named(schema: z.ZodType, id: string): z.ZodType {
  if (z.globalRegistry.get(schema)?.id === id) return schema;
  const known = namedSchemas.get(schema) ?? schema.meta({ id });
  namedSchemas.set(schema, known);
  return known;
}

function upperFirst(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function lowerCase(method: Operation["method"]): "get" | "post" | "patch" | "put" | "delete" {
  return ({ GET: "get", POST: "post", PATCH: "patch", PUT: "put", DELETE: "delete" } as const)[method];
}
