import {
  addProviderKey,
  addProviderKeyInputSchema,
  deletedProviderKeySchema,
  deleteProviderKey,
  listProviderKeys,
  listProviderKeysInputSchema,
  providerKeyIdInputSchema,
  providerKeyListSchema,
  providerKeyViewSchema,
  rotateProviderKey,
  rotateProviderKeyInputSchema,
  updateProviderKey,
  updateProviderKeyInputSchema,
} from "@agathaai/core/provider-keys";
import { testProviderKey } from "@agathaai/worker/engine/providers/test-provider-key";
import { meExample } from "../../examples/examples";
import { unaudited, writes } from "../../middleware/audited";
import { router, userProcedure } from "../../trpc";

const tag = "Provider keys";

const example = {
  id: "pky_01m844dwt2e7xshsqpzrgk79p6",
  provider: "openai",
  last_four: "9sXe",
  position: 1,
  fallback: false,
  created_by: meExample.user.id,
  created_at: "2026-11-23T11:58:00.000Z",
  rotated_at: null,
};

/** An organization's own keys at model providers. For owners and admins: who may decide on members may decide on these. */
export const providerKeysRouter = router({
  list: userProcedure(unaudited("settings", { action: "data.keys_read" }), "members:write")
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/provider-keys",
        operationId: "listProviderKeys",
        tag,
        summary: "List provider keys",
        description:
          "Lists your organization's own keys at model providers, by their last four characters. For owners and admins.",
        responses: {
          200: {
            name: "ProviderKeyList",
            description: "One page of provider keys.",
            schema: providerKeyListSchema,
            example: { data: [example], next_cursor: null },
          },
        },
        errors: ["invalid_cursor"],
      },
    })
    .input(listProviderKeysInputSchema)
    .output(providerKeyListSchema)
    .query(({ ctx, input }) => listProviderKeys(ctx.db, { principal: ctx.principal, input })),

  add: userProcedure(writes("provider_key.added"), "members:write")
    .meta({
      rateLimit: "costly",
      operation: {
        method: "POST",
        path: "/api/v1/provider-keys",
        operationId: "addProviderKey",
        tag,
        summary: "Add a provider key",
        description:
          "Stores your organization's own key at a model provider, encrypted, after the provider has accepted it. Live requests to `/v1` for that provider's models use it from then on, and the provider bills you for them; they count toward your plan's limits and cost nothing here. Several keys of one provider are used in their order. Takes effect everywhere within five seconds.",
        responses: {
          201: {
            name: "ProviderKey",
            description: "The key, by its last four characters.",
            schema: providerKeyViewSchema,
            example,
          },
        },
        requestExample: { provider: "openai", api_key: "sk-proj-your-key", fallback: false },
        errors: ["conflict", "provider_unavailable"],
      },
    })
    .input(addProviderKeyInputSchema)
    .output(providerKeyViewSchema)
    .mutation(({ ctx, input }) =>
      addProviderKey(ctx.db, { principal: ctx.principal, input, test: testProviderKey }),
    ),

  update: userProcedure(writes("provider_key.updated"), "members:write")
    .meta({
      operation: {
        method: "PATCH",
        path: "/api/v1/provider-keys/{id}",
        operationId: "updateProviderKey",
        tag,
        summary: "Change a provider key",
        description:
          "Changes the key's position among your keys at its provider, or whether AgathaAI's own key may answer after it. Omitted fields stay unchanged. AgathaAI's key is used only if every one of your keys at that provider allows it.",
        responses: {
          200: {
            name: "ProviderKey",
            description: "The updated key.",
            schema: providerKeyViewSchema,
            example: { ...example, fallback: true },
          },
        },
        requestExample: { fallback: true },
        errors: [],
      },
    })
    .input(updateProviderKeyInputSchema)
    .output(providerKeyViewSchema)
    .mutation(({ ctx, input }) => updateProviderKey(ctx.db, { principal: ctx.principal, input })),

  rotate: userProcedure(writes("provider_key.rotated"), "members:write")
    .meta({
      rateLimit: "costly",
      operation: {
        method: "POST",
        path: "/api/v1/provider-keys/{id}/rotate",
        operationId: "rotateProviderKey",
        tag,
        summary: "Rotate a provider key",
        description:
          "Replaces the stored secret with a new one from the provider, after the provider has accepted it. Its position and fallback do not change. If the provider refuses the new one, the old one stays in use.",
        responses: {
          201: {
            name: "ProviderKey",
            description: "The key, by the last four characters of its new secret.",
            schema: providerKeyViewSchema,
            example: { ...example, last_four: "k2Lm", rotated_at: "2026-11-24T09:00:00.000Z" },
          },
        },
        requestExample: { api_key: "sk-proj-your-key" },
        errors: ["provider_unavailable"],
      },
    })
    .input(rotateProviderKeyInputSchema)
    .output(providerKeyViewSchema)
    .mutation(({ ctx, input }) =>
      rotateProviderKey(ctx.db, { principal: ctx.principal, input, test: testProviderKey }),
    ),

  delete: userProcedure(writes("provider_key.deleted"), "members:write")
    .meta({
      operation: {
        method: "DELETE",
        path: "/api/v1/provider-keys/{id}",
        operationId: "deleteProviderKey",
        tag,
        summary: "Delete a provider key",
        description:
          "Removes the key from AgathaAI. Requests then use your next key at that provider, or else AgathaAI's own, billed as usual. Takes effect everywhere within five seconds. The key itself stays valid at its provider.",
        responses: {
          200: {
            name: "DeletedProviderKey",
            description: "The key is deleted.",
            schema: deletedProviderKeySchema,
            example: { id: example.id, object: "provider_key", deleted: true },
          },
        },
        errors: [],
      },
    })
    .input(providerKeyIdInputSchema)
    .output(deletedProviderKeySchema)
    .mutation(({ ctx, input }) => deleteProviderKey(ctx.db, { principal: ctx.principal, id: input.id })),
});
