import {
  asksForEveryScope,
  createdKeyViewSchema,
  createKey,
  createKeyInputSchema,
  deletedKeyViewSchema,
  getKey,
  keyIdInputSchema,
  keyListViewSchema,
  keyViewSchema,
  listKeys,
  listKeysInputSchema,
  revokeKey,
  rotateKey,
  rotateKeyInputSchema,
  updateKey,
  updateKeyInputSchema,
} from "@agathaai/core/keys";
import { leakReportInputSchema, leakReportViewSchema, reportLeaks } from "@agathaai/core/leaks";
import { createdKeyExample, keyExample } from "../../examples/examples";
import { unaudited, writes } from "../../middleware/audited";
import { publicProcedure, router, scopedProcedure, userProcedure } from "../../trpc";

const tag = "API keys";

export const keysRouter = router({
  list: scopedProcedure(unaudited("settings", { action: "data.keys_read" }), "keys:read")
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/keys",
        operationId: "listKeys",
        tag,
        summary: "List API keys",
        description:
          "Lists the organization's API keys, newest first, including revoked ones. Secrets are never listed. An API key sees only the keys of its own environment.",
        responses: {
          200: {
            name: "KeyList",
            description: "One page of keys.",
            schema: keyListViewSchema,
            example: { data: [keyExample], next_cursor: null },
          },
        },
        errors: ["invalid_cursor"],
      },
    })
    .input(listKeysInputSchema)
    .output(keyListViewSchema)
    .query(({ ctx, input }) => listKeys(ctx.db, { principal: ctx.principal, input })),

  get: scopedProcedure(unaudited("settings", { action: "data.keys_read", target: "key" }), "keys:read")
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/keys/{id}",
        operationId: "getKey",
        tag,
        summary: "Get an API key",
        description: "Returns one key: its scopes and limits, its spend this month, and the key it replaced.",
        responses: {
          200: { name: "Key", description: "The key.", schema: keyViewSchema, example: keyExample },
        },
        errors: [],
      },
    })
    .input(keyIdInputSchema)
    .output(keyViewSchema)
    .query(({ ctx, input }) => getKey(ctx.db, { principal: ctx.principal, input })),

  create: userProcedure(writes("key.created"), "keys:write")
    .meta({
      stepUp: { when: asksForEveryScope, text: "for a key with every scope that a key can have" },
      operation: {
        method: "POST",
        path: "/api/v1/keys",
        operationId: "createKey",
        tag,
        summary: "Create an API key",
        description:
          "Creates a key and returns its secret once. Until the email is verified, only test keys can be created. A key cannot have a scope that its creator's role lacks.",
        responses: {
          201: {
            name: "CreatedKey",
            description: "The key, with its secret.",
            schema: createdKeyViewSchema,
            example: createdKeyExample,
          },
        },
        requestExample: { name: "Production backend", environment: "live", monthly_cap_micros: 25_000_000 },
        errors: ["email_not_verified", "conflict"],
      },
    })
    .input(createKeyInputSchema)
    .output(createdKeyViewSchema)
    .mutation(({ ctx, input }) => createKey(ctx.db, { principal: ctx.principal, input, caller: ctx })),

  update: userProcedure(writes("key.updated"), "keys:write")
    .meta({
      operation: {
        method: "PATCH",
        path: "/api/v1/keys/{id}",
        operationId: "updateKey",
        tag,
        summary: "Change an API key",
        description:
          "Changes the key's name, limits and response-cache default; omitted fields stay unchanged; null removes a limit. Takes effect everywhere within five seconds. Environment, scopes and secret never change; create a new key for those. To change a rotated key, change its replacement. Refused for a key whose scopes your role does not have. Only owners and admins can raise or remove the limits of a key that another member created.",
        responses: {
          200: {
            name: "Key",
            description: "The updated key.",
            schema: keyViewSchema,
            example: { ...keyExample, monthly_cap_micros: 25_000_000, ip_allowlist: ["203.0.113.0/24"] },
          },
        },
        requestExample: {
          monthly_cap_micros: 25_000_000,
          ip_allowlist: ["203.0.113.0/24"],
          expires_at: null,
        },
        errors: ["conflict", "email_not_verified"],
      },
    })
    .input(updateKeyInputSchema)
    .output(keyViewSchema)
    .mutation(({ ctx, input }) => updateKey(ctx.db, { principal: ctx.principal, input })),

  rotate: userProcedure(writes("key.rotated"), "keys:write")
    .meta({
      operation: {
        method: "POST",
        path: "/api/v1/keys/{id}/rotate",
        operationId: "rotateKey",
        tag,
        summary: "Rotate an API key",
        description:
          "Creates a replacement key with the same settings and returns its secret once. The old secret works until its grace period ends. Refused for a key whose scopes your role does not have. For a key with every scope that a key can have, it asks you to confirm that it's you, as creating one does.",
        responses: {
          201: {
            name: "CreatedKey",
            description: "The replacement key, with its secret.",
            schema: createdKeyViewSchema,
            example: createdKeyExample,
          },
        },
        requestExample: { grace: "24h" },
        errors: ["conflict", "email_not_verified", "step_up_required"],
      },
    })
    .input(rotateKeyInputSchema)
    .output(createdKeyViewSchema)
    .mutation(({ ctx, input }) => rotateKey(ctx.db, { principal: ctx.principal, input, caller: ctx })),

  revoke: userProcedure(writes("key.revoked"), "keys:write")
    .meta({
      operation: {
        method: "DELETE",
        path: "/api/v1/keys/{id}",
        operationId: "revokeKey",
        tag,
        summary: "Revoke an API key",
        description:
          "Ends the key permanently. Takes effect everywhere within five seconds. Revoking a revoked key changes nothing. Refused for a key whose scopes your role does not have.",
        responses: {
          200: {
            name: "DeletedKey",
            description:
              "The revoked key. Its fields other than `id`, `object` and `deleted` are deprecated.",
            schema: deletedKeyViewSchema,
            example: {
              ...keyExample,
              status: "revoked",
              revoked_at: "2026-11-23T12:00:00.000Z",
              object: "api_key",
              deleted: true,
            },
          },
        },
        errors: [],
      },
    })
    .input(keyIdInputSchema)
    .output(deletedKeyViewSchema)
    .mutation(({ ctx, input }) => revokeKey(ctx.db, { principal: ctx.principal, input })),

  reportLeaked: publicProcedure(
    writes(
      "key.revoked",
      "directory.token_revoked",
      "app.secret_revoked",
      "service_account.secret_revoked",
      "auth.session_revoked",
      "auth.oauth_revoked",
    ),
  )
    .meta({
      operation: {
        method: "POST",
        path: "/api/v1/leaked-keys",
        operationId: "reportLeakedKeys",
        tag,
        summary: "Report leaked credentials",
        description:
          "For whoever finds our credentials where they do not belong, such as a secret scanner: needs no account. Every one whose whole secret you send is revoked, permanently and everywhere within five seconds, and its owner is emailed. API keys match `agt_(live|test)_([a-z][a-z0-9]{1,7}_)?[0-9A-Za-z]{38}`, SCIM tokens `agt_scim_[0-9A-Za-z]{38}`, client secrets of apps `agt_app_[0-9A-Za-z_-]{43}` and of service accounts `agt_svc_[0-9A-Za-z]{38}`, refresh tokens `agr_[0-9A-Za-z_-]{43}`. An access token or an app's refresh token ends the session or connection that it belongs to; one of a service account ends every token that the account has.",
        responses: {
          200: {
            name: "LeakReport",
            description: "What became of each.",
            schema: leakReportViewSchema,
            example: {
              object: "leak_report",
              data: [{ kind: "api_key", prefix: "agt_live_4fQz", last_four: "9x2K", status: "revoked" }],
            },
          },
        },
        requestExample: { keys: ["agt_live_…"], found_at: "https://example.com/repository/file.txt" },
        errors: [],
      },
    })
    .input(leakReportInputSchema)
    .output(leakReportViewSchema)
    .mutation(({ ctx, input }) => reportLeaks(ctx.db, { input })),
});
