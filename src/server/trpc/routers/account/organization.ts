import {
  orgViewSchema,
  renameOrganization,
  renameOrganizationInputSchema,
  storageViewSchema,
} from "@agathaai/core/orgs";
import { getStorage, updateStorage } from "@agathaai/core/retention";
import { z } from "zod";
import { meExample } from "../../examples/examples";
import { unaudited, writes } from "../../middleware/audited";
import { userProcedure } from "../../trpc";

const tag = "Account";

/** Settings of the organization in which the caller works. */
export const organizationProcedures = {
  renameOrganization: userProcedure(writes("org.updated"), "members:write")
    .meta({
      operation: {
        method: "PATCH",
        path: "/api/v1/organization",
        operationId: "renameOrganization",
        tag,
        summary: "Rename your organization",
        description:
          "Changes the name of the organization the access token works in. Owners and admins can do this.",
        responses: {
          200: {
            name: "Organization",
            description: "The renamed organization.",
            schema: orgViewSchema,
            example: meExample.organization,
          },
        },
        requestExample: { name: "Analytical Engines" },
        errors: [],
      },
    })
    .input(renameOrganizationInputSchema)
    .output(orgViewSchema)
    .mutation(({ ctx, input }) => renameOrganization(ctx.db, { ...ctx.principal, ...input })),

  storage: userProcedure(unaudited("settings"))
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/organization/storage",
        operationId: "getStorage",
        tag,
        summary: "Get what your organization stores",
        description: "Returns whether prompts and answers of calls under `/v1` are stored.",
        responses: {
          200: {
            name: "Storage",
            description: "The setting.",
            schema: storageViewSchema,
            example: { storage: "off" },
          },
        },
        errors: [],
      },
    })
    .input(z.strictObject({}).optional())
    .output(storageViewSchema)
    .query(({ ctx }) => getStorage(ctx.db, ctx.principal)),

  updateStorage: userProcedure(writes("org.updated"), "members:write")
    .meta({
      operation: {
        method: "PATCH",
        path: "/api/v1/organization/storage",
        operationId: "updateStorage",
        tag,
        summary: "Change what your organization stores",
        description:
          "Changes whether prompts and answers of calls under `/v1` are stored, for calls from now on (everywhere within five seconds). What is stored already stays until it is deleted; `forbidden` empties the response cache. Owners and admins can do this.",
        responses: {
          200: {
            name: "Storage",
            description: "The changed setting.",
            schema: storageViewSchema,
            example: { storage: "forbidden" },
          },
        },
        requestExample: { storage: "forbidden" },
        errors: ["conflict"],
      },
    })
    .input(storageViewSchema)
    .output(storageViewSchema)
    .mutation(({ ctx, input }) => updateStorage(ctx.db, { ...ctx.principal, ...input })),
};
