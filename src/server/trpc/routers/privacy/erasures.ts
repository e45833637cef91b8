import {
  eraseAccount,
  eraseAccountInputSchema,
  erasureReceiptSchema,
  erasureViewSchema,
  getErasure,
  requestedErasureSchema,
} from "@agathaai/core/org-deletion";
import { unaudited, writes } from "../../middleware/audited";
import { publicProcedure, router, userProcedure } from "../../trpc";

const tag = "Privacy";

const certificateExample = {
  form: "agathaai-erasure-2",
  subject: "person",
  subject_id: "usr_01jd0q4g5te8tvhz3t1c7x9ncm",
  requested_at: "2026-11-26T10:00:00.000Z",
  erased_at: "2026-11-26T10:00:00.210Z",
  completed_at: "2026-11-26T10:00:41.000Z",
  payment_provider: "deleted",
  payment_provider_keeps:
    "The customer was deleted at Stripe, with name, email, address and cards. Invoices and payments stay there as they were made, …",
  public_key: "MCowBQYDK2VwAyEA…",
  signature: "k1Zq…",
};
const erasureExample = {
  object: "erasure",
  subject: "person",
  status: "complete",
  requested_at: certificateExample.requested_at,
  erased_at: certificateExample.erased_at,
  due_by: "2026-12-26T10:00:00.000Z",
  completed_at: certificateExample.completed_at,
  certificate: certificateExample,
};
const receiptExample = "A3dV0qf2fQWg1h8kq0vYJYQm2hV7mXc1uVtJ2yYw8nE";

/** Ending an account for good, and what became of it. */
export const erasuresRouter = router({
  eraseAccount: userProcedure(writes("account.deletion_requested", "account.erased", "member.removed"))
    .meta({
      rateLimit: "costly",
      stepUp: true,
      operation: {
        method: "POST",
        path: "/api/v1/me/erasure",
        operationId: "eraseAccount",
        tag,
        summary: "Erase your account",
        description:
          "Erases you and your personal organization. Your data key is destroyed at once, so that nothing encrypted for you can be read again; sessions, memberships, the keys you created and connected apps end within five seconds. The rest is done within 30 days and certified. This cannot be undone. The only owner of another organization hands it over or deletes it first.",
        responses: {
          202: {
            name: "RequestedErasure",
            description:
              "It was carried out, or is about to be. Keep the receipt: you cannot sign in any more.",
            schema: requestedErasureSchema,
            example: {
              ...erasureExample,
              status: "in_progress",
              completed_at: null,
              certificate: null,
              receipt: receiptExample,
            },
          },
        },
        requestExample: { email: "ada@example.com" },
        errors: ["conflict", "billing_unavailable"],
      },
    })
    .input(eraseAccountInputSchema)
    .output(requestedErasureSchema)
    .mutation(({ ctx, input }) => eraseAccount(ctx.db, { principal: ctx.principal, input })),

  get: publicProcedure(unaudited("status_only"))
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/erasures/{receipt}",
        operationId: "getErasure",
        tag,
        summary: "Get an erasure",
        description:
          "Returns what became of an erasure, for whoever has its receipt: that of an account, or of an organization. Once it is complete it has a certificate, signed with Ed25519, whose fingerprint is in our audit log. Where our payment provider redacts names in invoices later, the certificate is replaced when that is done.",
        responses: {
          200: {
            name: "Erasure",
            description: "The erasure.",
            schema: erasureViewSchema,
            example: erasureExample,
          },
        },
        errors: ["not_found"],
      },
    })
    .input(erasureReceiptSchema)
    .output(erasureViewSchema)
    .query(({ ctx, input }) => getErasure(ctx.db, input)),
});
