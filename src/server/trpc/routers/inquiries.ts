import { inquiryReceivedSchema, submitInquiry, submitInquiryInputSchema } from "@agathaai/core/inquiries";
import { unaudited } from "../middleware/audited";
import { publicProcedure, router } from "../trpc";

export const inquiriesRouter = router({
  submit: publicProcedure(unaudited("own_record"))
    .input(submitInquiryInputSchema)
    .output(inquiryReceivedSchema)
    .mutation(({ ctx, input }) => submitInquiry(ctx.db, { input, ip: ctx.ip, principal: ctx.principal })),
});
