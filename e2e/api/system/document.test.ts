import { readdir } from "node:fs/promises";
import { dirname } from "node:path";
import { closeDb, db } from "@agathaai/core/platform/db/client";
import { queue } from "@agathaai/core/platform/queue/queue";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generationStreamPath } from "@/server/gateway/generations/stream-again";
import { gatewayRoutes } from "@/server/gateway/routes";
import { Lifecycle } from "@/server/http/lifecycle";
import { oauthRoutes } from "@/server/oauth/routes";
import { createRestApp } from "@/server/rest/dispatcher";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, openApi } from "../../support/client";

await useTestStack();
let api: Api;

beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true }));
});

afterAll(() => closeDb());

/** DESIGN §5 and what stands beside it: the routes that customers were promised. */
const promised = [
  "DELETE /api/v1/audit/stream",
  "DELETE /api/v1/history/{id}",
  "DELETE /api/v1/keys/{id}",
  "DELETE /api/v1/me/authenticator",
  "DELETE /api/v1/me/passkeys/{id}",
  "DELETE /api/v1/me/sessions/{id}",
  "DELETE /api/v1/organization/company-sign-in",
  "DELETE /api/v1/organization/directory/tokens/{id}",
  "DELETE /api/v1/organization/domains/{id}",
  "DELETE /api/v1/provider-keys/{id}",
  "DELETE /api/v1/response-cache",
  "DELETE /api/v1/roles/{id}",
  "DELETE /api/v1/service-accounts/{id}",
  "DELETE /api/v1/webhooks/{id}",
  "GET /.well-known/jwks.json",
  "GET /.well-known/oauth-authorization-server",
  "GET /.well-known/oauth-protected-resource",
  "GET /.well-known/openid-configuration",
  "GET /api/health",
  "GET /api/metrics",
  "GET /api/openapi.json",
  "GET /api/ready",
  "GET /api/status",
  "GET /api/status/feed",
  "GET /api/v1/audit",
  "GET /api/v1/audit.csv",
  "GET /api/v1/audit.jsonl",
  "GET /api/v1/audit/reports/admin",
  "GET /api/v1/audit/reports/admin.csv",
  "GET /api/v1/audit/reports/sign-ins",
  "GET /api/v1/audit/reports/sign-ins.csv",
  "GET /api/v1/audit/stream",
  "GET /api/v1/audit/{id}",
  "GET /api/v1/auth/challenge",
  "GET /api/v1/erasures/{receipt}",
  "GET /api/v1/exports/{id}",
  "GET /api/v1/exports/{id}/file",
  "GET /api/v1/history",
  "GET /api/v1/history/{id}",
  "GET /api/v1/inference/{id}",
  "GET /api/v1/inference/{id}/result",
  "GET /api/v1/keys",
  "GET /api/v1/keys/{id}",
  "GET /api/v1/me",
  "GET /api/v1/me/consents",
  "GET /api/v1/me/exports",
  "GET /api/v1/me/passkeys",
  "GET /api/v1/me/second-factor",
  "GET /api/v1/me/sessions",
  "GET /api/v1/me/sign-ins",
  "GET /api/v1/members",
  "GET /api/v1/models",
  "GET /api/v1/models/{id}",
  "GET /api/v1/organization/access-review",
  "GET /api/v1/organization/access-review.csv",
  "GET /api/v1/organization/company-sign-in",
  "GET /api/v1/organization/data-policy",
  "GET /api/v1/organization/directory",
  "GET /api/v1/organization/directory/groups",
  "GET /api/v1/organization/domains",
  "GET /api/v1/organization/exports",
  "GET /api/v1/organization/hipaa",
  "GET /api/v1/organization/retention",
  "GET /api/v1/organization/sign-in-policy",
  "GET /api/v1/organization/storage",
  "GET /api/v1/organization/sub-processor-notices",
  "GET /api/v1/organization/visibility",
  "GET /api/v1/provider-keys",
  "GET /api/v1/rate-limit",
  "GET /api/v1/roles",
  "GET /api/v1/service-accounts",
  "GET /api/v1/service-accounts/{id}",
  "GET /api/v1/usage",
  "GET /api/v1/usage.csv",
  "GET /api/v1/webhook-deliveries/{id}",
  "GET /api/v1/webhooks",
  "GET /api/v1/webhooks/{id}",
  "GET /api/v1/webhooks/{id}/deliveries",
  "GET /oauth/authorize",
  "GET /oauth/userinfo",
  "GET /v1/generation",
  "GET /v1/generation/proof",
  "GET /v1/generations/{id}",
  "GET /v1/generations/{id}/stream",
  "GET /v1/key",
  "GET /v1/models",
  "GET /v1/models/{id}",
  "PATCH /api/v1/audit/stream",
  "PATCH /api/v1/keys/{id}",
  "PATCH /api/v1/me",
  "PATCH /api/v1/me/passkeys/{id}",
  "PATCH /api/v1/members/{user_id}",
  "PATCH /api/v1/organization",
  "PATCH /api/v1/organization/data-policy",
  "PATCH /api/v1/organization/hipaa",
  "PATCH /api/v1/organization/retention",
  "PATCH /api/v1/organization/sign-in-policy",
  "PATCH /api/v1/organization/storage",
  "PATCH /api/v1/organization/sub-processor-notices",
  "PATCH /api/v1/organization/visibility",
  "PATCH /api/v1/provider-keys/{id}",
  "PATCH /api/v1/roles/{id}",
  "PATCH /api/v1/service-accounts/{id}",
  "PATCH /api/v1/webhooks/{id}",
  "POST /api/status/unsubscribe",
  "POST /api/v1/audit/stream/test",
  "POST /api/v1/auth/confirm-email-change",
  "POST /api/v1/auth/end-sessions",
  "POST /api/v1/auth/login",
  "POST /api/v1/auth/logout",
  "POST /api/v1/auth/logout-all",
  "POST /api/v1/auth/logout-others",
  "POST /api/v1/auth/password-reset",
  "POST /api/v1/auth/password-reset/confirm",
  "POST /api/v1/auth/refresh",
  "POST /api/v1/auth/register",
  "POST /api/v1/auth/resend-verification",
  "POST /api/v1/auth/step-up",
  "POST /api/v1/auth/undo-email-change",
  "POST /api/v1/auth/verify-email",
  "POST /api/v1/inference",
  "POST /api/v1/inference/quote",
  "POST /api/v1/inference/{id}/cancel",
  "POST /api/v1/keys",
  "POST /api/v1/keys/{id}/rotate",
  "POST /api/v1/leaked-keys",
  "POST /api/v1/me/authenticator",
  "POST /api/v1/me/authenticator/confirm",
  "POST /api/v1/me/consents",
  "POST /api/v1/me/email",
  "POST /api/v1/me/erasure",
  "POST /api/v1/me/exports",
  "POST /api/v1/me/password",
  "POST /api/v1/me/recovery-codes",
  "POST /api/v1/organization/directory/tokens",
  "POST /api/v1/organization/domains",
  "POST /api/v1/organization/domains/{id}/check",
  "POST /api/v1/organization/exports",
  "POST /api/v1/provider-keys",
  "POST /api/v1/provider-keys/{id}/rotate",
  "POST /api/v1/roles",
  "POST /api/v1/service-accounts",
  "POST /api/v1/service-accounts/{id}/rotate-secret",
  "POST /api/v1/webhook-deliveries/{id}/redeliver",
  "POST /api/v1/webhooks",
  "POST /api/v1/webhooks/{id}/rotate-secret",
  "POST /api/v1/webhooks/{id}/test",
  "POST /api/webhooks/stripe",
  "POST /oauth/device_authorization",
  "POST /oauth/introspect",
  "POST /oauth/revoke",
  "POST /oauth/token",
  "POST /v1/chat/completions",
  "POST /v1/embeddings",
  "POST /v1/generations/{id}/cancel",
  "PUT /api/v1/audit/stream",
  "PUT /api/v1/organization/company-sign-in",
  "PUT /api/v1/organization/directory/groups/{id}",
];

/** Every method and path that the server's own dispatcher routes, read from it and not from the document. */
function routed(): string[] {
  const app = createRestApp({
    db: db(),
    queue: queue(),
    lifecycle: new Lifecycle(),
    security: { appUrl: api.url, development: false },
    cors: { allowedOrigins: [], ownOrigin: api.url },
    trustedProxyHops: 0,
    metricsToken: undefined,
  });
  const ofApps = oauthRoutes.filter(({ internal }) => internal !== true);
  return [...app.routes, ...ofApps, ...gatewayRoutes, { method: "GET", path: generationStreamPath }]
    .filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`)
    .sort();
}

/** Next's own route handlers, by their folders: the portal's, and no part of the API. */
const pageRoutes = [
  "(portal)/audit/export/csv",
  "(portal)/audit/export/jsonl",
  "(portal)/audit/reports/admin",
  "(portal)/audit/reports/sign-ins",
  "(portal)/exports/file",
  "(portal)/team/roles/access-review",
  "(portal)/usage/export",
  "api/auth/[[...nextauth]]",
  "api/auth/company/[[...path]]",
  "api/trpc/[trpc]",
];

const operations = () =>
  Object.entries(api.contract.document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );

describe("the API document", () => {
  it("names every promised route and no other", () => {
    expect(api.contract.document.openapi).toBe("3.1.0");
    expect(
      operations()
        .map(({ method, path }) => `${method} ${path}`)
        .sort(),
    ).toEqual(promised);
  });

  it("every live route is documented, and every documented one is live", async () => {
    const live = routed();
    expect(live.length).toBeGreaterThan(30);
    const documented = operations().map(({ method, path }) => `${method} ${path}`);
    expect(documented.sort()).toEqual(live);
    for (const route of live) {
      const [method = "", path = ""] = route.split(" ");
      const reply = await fetch(api.url + path.replaceAll(/\{\w+\}/g, "x"), { method });
      expect([404, 405], route).not.toContain(reply.status);
    }
  });

  it("no page mounts a route under the API except the portal's", async () => {
    const files = await readdir(new URL("../../../src/app", import.meta.url), { recursive: true });
    const mounted = files.filter((file) => /(^|\/)route\.tsx?$/.test(file)).map((file) => dirname(file));
    expect(mounted.sort()).toEqual(pageRoutes);
  });

  it("an unsupported method is refused with the supported ones listed", async () => {
    for (const { path } of operations()) {
      for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
        const concrete = path.replaceAll("{id}", "x");
        // "/inference/quote" is an id to "/inference/{id}": a GET of it is documented there.
        if (api.contract.find(method, concrete) !== undefined) continue;
        const reply = await api.call(method, concrete);
        expect(reply.status, `${method} ${path}`).toBe(405);
      }
    }
  });

  it("describes each operation: texts, a response with an example that fits its schema, and its errors", () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(api.contract.document, "api");
    for (const { method, path, operation } of operations()) {
      const where = `${method} ${path}`;
      expect(operation, where).toMatchObject({
        summary: expect.stringMatching(/\S/),
        description: expect.stringMatching(/\S{3}/),
        tags: [expect.any(String)],
      });
      const success = Object.entries(operation.responses).filter(([status]) => status.startsWith("2"));
      expect(success.length, where).toBeGreaterThan(0);
      expect(Object.keys(operation.responses), where).toContain("500");
      const bodies = [...success.map(([, response]) => response.content), operation.requestBody?.content];
      for (const content of bodies) {
        const media = content?.["application/json"];
        if (media === undefined) continue;
        const validate = ajv.compile(pointInto(media.schema));
        expect(validate(media.example ?? {}), `${where}: ${ajv.errorsText(validate.errors)}`).toBe(true);
      }
    }
  });
});

/** A schema of the document as one from outside it sees it. */
function pointInto(schema: Record<string, unknown>): Record<string, unknown> {
  const { $ref } = schema;
  return typeof $ref === "string" ? { $ref: `api${$ref}` } : schema;
}
