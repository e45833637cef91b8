import { createDocument, type ZodOpenApiPathsObject, type ZodOpenApiResponseObject } from "zod-openapi";
import { generationStreamPath } from "../../gateway/generations/stream-again";
import { chatCompletionsPath, embeddingsPath } from "../../gateway/routes";
import type { Operation } from "../../trpc/meta";
import { type RestProcedure, restProcedures } from "../operations";
import { stripeWebhookPath } from "../stripe-webhook";
import { systemRoutes } from "../system-routes";
import { describeChatCompletion } from "./chat-completion-operation";
import { describeOperation } from "./describe-operation";
import { describeResponse, errorResponses } from "./describe-responses";
import { describeEmbeddings } from "./embeddings-operation";
import { modelCallErrors } from "./gateway-parts";
import { describeGenerationStream } from "./generation-stream-operation";
import { oauthPaths } from "./oauth/operations";
import { nameJsonValues, nameSchemas } from "./openapi-names";
import { credentialErrors, securitySchemes } from "./openapi-parts";
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
          "One API for OpenAI, Gemini and DeepSeek models. Send an API key (`agt_live_…` or `agt_test_…`) as `Authorization: Bearer …` or `x-api-key`. Test keys get simulated answers and are free. Every error has the same shape; quote its `request_id` to support.",
        contact: { name: "AgathaAI support", email: "support@agathaai.com" },
      },
      servers: [{ url: serverUrl }],
      tags: [...new Set([...operations.map(({ operation }) => operation.tag), "OAuth", "System"])].map(
        (name) => ({
          name,
        }),
      ),
      paths: paths(operations),
      components: { securitySchemes },
    },
    { override: ({ jsonSchema }) => dropNoise(jsonSchema) },
  );
}

/** Constraints that a format implies, or that hold for every JSON number in JavaScript, only lengthen the document. */
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
  result[chatCompletionsPath] = { post: describeChatCompletion(errorResponses(modelCallErrors)) };
  result[embeddingsPath] = { post: describeEmbeddings(errorResponses(modelCallErrors)) };
  result[generationStreamPath] = {
    get: describeGenerationStream(
      errorResponses([
        ...credentialErrors,
        "invalid_id",
        "invalid_request",
        "not_found",
        "rate_limit_exceeded",
        "internal_error",
        "service_unavailable",
      ]),
    ),
  };
  Object.assign(result, oauthPaths);
  result[stripeWebhookPath] = { post: describeStripeWebhook(errorResponses(stripeWebhookErrors)) };
  for (const system of systemRoutes) {
    result[system.path] = {
      [system.method === "POST" ? "post" : "get"]: {
        ...(system.query && { parameters: queryOf(system.query) }),
        operationId: system.operationId,
        tags: ["System"],
        summary: system.summary,
        description: system.description,
        security: system.security ?? [],
        responses: {
          ...Object.fromEntries(
            Object.entries(system.responses).map(([status, response]) => [
              status,
              describeResponse(response, { status }),
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

function queryOf(query: NonNullable<(typeof systemRoutes)[number]["query"]>) {
  return Object.entries(query).map(([name, description]) => ({
    in: "query" as const,
    name,
    description,
    required: true,
    schema: { type: "string" as const },
  }));
}

const notModified: ZodOpenApiResponseObject = {
  description: "The document has not changed since the one that `if-none-match` names.",
};

function lowerCase(method: Operation["method"]): "get" | "post" | "patch" | "put" | "delete" {
  return ({ GET: "get", POST: "post", PATCH: "patch", PUT: "put", DELETE: "delete" } as const)[method];
}
