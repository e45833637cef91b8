import { asksForEveryScope } from "@agathaai/core/keys";
import {
  createServiceAccount,
  createServiceAccountInputSchema,
  deletedServiceAccountSchema,
  deleteServiceAccount,
  getServiceAccount,
  listServiceAccounts,
  listServiceAccountsInputSchema,
  rotateServiceAccountSecret,
  rotateServiceAccountSecretInputSchema,
  serviceAccountIdInputSchema,
  serviceAccountListSchema,
  serviceAccountViewSchema,
  serviceAccountWithSecretSchema,
  updateServiceAccount,
  updateServiceAccountInputSchema,
} from "@agathaai/core/service-accounts";
import { createdServiceAccountExample, serviceAccountExample } from "../../examples/service-account-example";
import { unaudited, writes } from "../../middleware/audited";
import { router, scopedProcedure, userProcedure } from "../../trpc";

const tag = "Service accounts";

/** Programs of an organization that get short-lived tokens by OAuth's client credentials: kept by the people who manage its keys. */
export const serviceAccountsRouter = router({
  list: scopedProcedure(unaudited("settings", { action: "data.keys_read" }), "keys:read")
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/service-accounts",
        operationId: "listServiceAccounts",
        tag,
        summary: "List service accounts",
        description:
          "Lists the organization's service accounts, newest first. Secrets are never listed. An API key or a service account sees only those of its own environment.",
        responses: {
          200: {
            name: "ServiceAccountList",
            description: "One page of service accounts.",
            schema: serviceAccountListSchema,
            example: { data: [serviceAccountExample], next_cursor: null },
          },
        },
        errors: ["invalid_cursor"],
      },
    })
    .input(listServiceAccountsInputSchema)
    .output(serviceAccountListSchema)
    .query(({ ctx, input }) => listServiceAccounts(ctx.db, { principal: ctx.principal, input })),

  get: scopedProcedure(
    unaudited("settings", { action: "data.keys_read", target: "service_account" }),
    "keys:read",
  )
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/service-accounts/{id}",
        operationId: "getServiceAccount",
        tag,
        summary: "Get a service account",
        description: "Returns one service account: what it may do, and what it has spent this month.",
        responses: {
          200: {
            name: "ServiceAccount",
            description: "The service account.",
            schema: serviceAccountViewSchema,
            example: serviceAccountExample,
          },
        },
        errors: [],
      },
    })
    .input(serviceAccountIdInputSchema)
    .output(serviceAccountViewSchema)
    .query(({ ctx, input }) => getServiceAccount(ctx.db, { principal: ctx.principal, id: input.id })),

  create: userProcedure(writes("service_account.created"), "keys:write")
    .meta({
      stepUp: { when: asksForEveryScope, text: "for a service account with every scope that one can have" },
      operation: {
        method: "POST",
        path: "/api/v1/service-accounts",
        operationId: "createServiceAccount",
        tag,
        summary: "Create a service account",
        description:
          "Creates a service account and returns its client secret once. It gets access tokens of 15 minutes at `POST /oauth/token` with `grant_type=client_credentials`. Until the email is verified, only test ones can be created. It cannot have a scope that its creator's role lacks.",
        responses: {
          201: {
            name: "CreatedServiceAccount",
            description: "The service account, with its client secret.",
            schema: serviceAccountWithSecretSchema,
            example: createdServiceAccountExample,
          },
        },
        requestExample: { name: "Nightly reports", environment: "live", scopes: ["inference:write"] },
        errors: ["email_not_verified", "conflict"],
      },
    })
    .input(createServiceAccountInputSchema)
    .output(serviceAccountWithSecretSchema)
    .mutation(({ ctx, input }) =>
      createServiceAccount(ctx.db, { principal: ctx.principal, input, caller: ctx }),
    ),

  update: userProcedure(
    writes("service_account.updated", "service_account.disabled", "service_account.enabled"),
    "keys:write",
  )
    .meta({
      operation: {
        method: "PATCH",
        path: "/api/v1/service-accounts/{id}",
        operationId: "updateServiceAccount",
        tag,
        summary: "Rename, disable or enable a service account",
        description:
          "Changes the name, or whether the account works. A disabled account gets no tokens, and those it has stop working within five seconds. Scopes and environment never change. Its limits are those of its key: `PATCH /api/v1/keys/{key_id}`. Refused for an account whose scopes your role does not have; only owners and admins enable one that another member answers for.",
        responses: {
          200: {
            name: "ServiceAccount",
            description: "The changed service account.",
            schema: serviceAccountViewSchema,
            example: {
              ...serviceAccountExample,
              status: "disabled",
              disabled_at: "2026-11-23T12:00:00.000Z",
            },
          },
        },
        requestExample: { disabled: true },
        errors: ["email_not_verified", "conflict"],
      },
    })
    .input(updateServiceAccountInputSchema)
    .output(serviceAccountViewSchema)
    .mutation(({ ctx, input }) => updateServiceAccount(ctx.db, { principal: ctx.principal, input })),

  rotateSecret: userProcedure(writes("service_account.secret_rotated"), "keys:write")
    .meta({
      operation: {
        method: "POST",
        path: "/api/v1/service-accounts/{id}/rotate-secret",
        operationId: "rotateServiceAccountSecret",
        tag,
        summary: "Rotate a client secret",
        description:
          "Returns a new client secret once. The previous one works until its grace period ends; a secret from an earlier rotation stops working now. With `grace: now` the previous one and every token of the account end at once. Refused for an account whose scopes your role does not have. For an account with every scope that one can have, it asks you to confirm that it's you, as creating one does.",
        responses: {
          201: {
            name: "CreatedServiceAccount",
            description: "The service account, with its new client secret.",
            schema: serviceAccountWithSecretSchema,
            example: {
              ...createdServiceAccountExample,
              previous_secret_until: "2026-11-24T12:00:00.000Z",
            },
          },
        },
        requestExample: { grace: "24h" },
        errors: ["email_not_verified", "conflict"],
      },
    })
    .input(rotateServiceAccountSecretInputSchema)
    .output(serviceAccountWithSecretSchema)
    .mutation(({ ctx, input }) =>
      rotateServiceAccountSecret(ctx.db, { principal: ctx.principal, input, caller: ctx }),
    ),

  delete: userProcedure(writes("service_account.deleted"), "keys:write")
    .meta({
      operation: {
        method: "DELETE",
        path: "/api/v1/service-accounts/{id}",
        operationId: "deleteServiceAccount",
        tag,
        summary: "Delete a service account",
        description:
          "Ends the account, its secrets and its tokens for good, everywhere within five seconds. Its usage and requests stay. Refused for an account whose scopes your role does not have.",
        responses: {
          200: {
            name: "DeletedServiceAccount",
            description: "It is deleted.",
            schema: deletedServiceAccountSchema,
            example: { id: serviceAccountExample.id, object: "service_account", deleted: true },
          },
        },
        errors: ["conflict"],
      },
    })
    .input(serviceAccountIdInputSchema)
    .output(deletedServiceAccountSchema)
    .mutation(({ ctx, input }) => deleteServiceAccount(ctx.db, { principal: ctx.principal, id: input.id })),
});
