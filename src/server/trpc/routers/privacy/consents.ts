import {
  changeConsents,
  changeConsentsInputSchema,
  consentsViewSchema,
  listConsents,
} from "@agathaai/core/consents";
import { z } from "zod";
import { unaudited, writes } from "../../middleware/audited";
import { router, userProcedure } from "../../trpc";

const tag = "Privacy";
const path = "/api/v1/me/consents";
const example: z.input<typeof consentsViewSchema> = {
  missing: [],
  marketing: false,
  data: [
    {
      id: "cst_01jd0q4g5te8tvhz3t1c7x9ncm",
      document: "terms",
      version: "2026-11-27",
      given: true,
      method: "sign_up",
      ip_address: "203.0.113.9",
      created_at: "2026-11-27T12:00:00.000Z",
    },
  ],
};

/** What a person has agreed to. */
export const consentsRouter = router({
  list: userProcedure(unaudited("own_account"))
    .meta({
      operation: {
        method: "GET",
        path,
        operationId: "listConsents",
        tag,
        summary: "List what you agreed to",
        description:
          "Returns everything you agreed to or withdrew, newest first: the document, its version, when, how and from which IP address. `missing` has the documents that the portal will ask you for.",
        responses: {
          200: { name: "Consents", description: "Your consents.", schema: consentsViewSchema, example },
        },
        errors: [],
      },
    })
    .input(z.strictObject({}).optional())
    .output(consentsViewSchema)
    .query(({ ctx }) => listConsents(ctx.db, ctx.principal)),

  change: userProcedure(writes("account.consent_changed"))
    .meta({
      operation: {
        method: "POST",
        path,
        operationId: "changeConsents",
        tag,
        summary: "Agree, or withdraw from marketing",
        description:
          "Records that you agree to documents in the version in force, or to marketing emails; with `given` false, that you withdraw from marketing. Nothing recorded is ever changed.",
        responses: {
          200: { name: "Consents", description: "Your consents.", schema: consentsViewSchema, example },
        },
        requestExample: { documents: [{ document: "marketing", version: "2026-11-27" }], given: false },
        errors: ["conflict"],
      },
    })
    .input(changeConsentsInputSchema)
    .output(consentsViewSchema)
    .mutation(({ ctx, input }) => changeConsents(ctx.db, { principal: ctx.principal, input, ip: ctx.ip })),
});
