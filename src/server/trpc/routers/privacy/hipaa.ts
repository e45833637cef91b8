import { getHipaa, hipaaViewSchema, updateHipaa, updateHipaaInputSchema } from "@agathaai/core/hipaa";
import { z } from "zod";
import { unaudited, writes } from "../../middleware/audited";
import { router, userProcedure } from "../../trpc";

const tag = "Privacy";
const path = "/api/v1/organization/hipaa";
const by = { id: "usr_01jd0q4g5te8tvhz3t1c7x9ncm", name: "Ada Lovelace" };
const example: z.input<typeof hipaaViewSchema> = {
  enabled: true,
  since: "2026-11-27T09:30:00.000Z",
  kept_before: "erased",
  agreement: {
    in_force: "2026-11-27",
    accepted: { version: "2026-11-27", by, at: "2026-11-27T09:30:00.000Z" },
  },
  turned_off: null,
  providers_covered: ["openai"],
};

/** HIPAA mode of an organization. */
export const hipaaRouter = router({
  get: userProcedure(unaudited("settings"))
    .meta({
      operation: {
        method: "GET",
        path,
        operationId: "getHipaaMode",
        tag,
        summary: "Get your organization’s HIPAA mode",
        description:
          "Returns whether your organization is in HIPAA mode, since when, which version of the business associate agreement was accepted and by whom, and the providers under such an agreement.",
        responses: {
          200: { name: "HipaaMode", description: "The mode.", schema: hipaaViewSchema, example },
        },
        errors: [],
      },
    })
    .input(z.strictObject({}).optional())
    .output(hipaaViewSchema)
    .query(({ ctx }) => getHipaa(ctx.db, ctx.principal)),

  update: userProcedure(writes("org.hipaa_turned_on", "org.hipaa_turned_off"), "members:write")
    .meta({
      stepUp: true,
      operation: {
        method: "PATCH",
        path,
        operationId: "updateHipaaMode",
        tag,
        summary: "Turn HIPAA mode on or off",
        description:
          "Turning it on accepts the business associate agreement for your organization, in the version in force. Within 5 seconds no prompt or answer is kept: `store`, `Idempotency-Key` under `/v1`, `x-agatha-resumable` and the response cache are not available, the prompt of a queued request is destroyed when it ends and its answer an hour later. What was kept before is erased. Providers without such an agreement are refused with `provider_not_covered`, emails about your organization carry no details, and each read of its data is in the audit log. Turning it off takes a reason; what is kept from then on is yours to choose anew. Owners can do this; turning it on depends on the plan.",
        responses: {
          200: { name: "HipaaMode", description: "The changed mode.", schema: hipaaViewSchema, example },
        },
        requestExample: { enabled: true, agreement_version: "2026-11-27" },
        errors: ["plan_required", "conflict"],
      },
    })
    .input(updateHipaaInputSchema)
    .output(hipaaViewSchema)
    .mutation(({ ctx, input }) => updateHipaa(ctx.db, { principal: ctx.principal, input })),
});
