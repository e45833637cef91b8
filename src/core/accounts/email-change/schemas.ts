import { z } from "zod";
import { emailSchema } from "../email/email-address";

export const requestEmailChangeInputSchema = z.strictObject({ email: emailSchema });
export const emailChangeRequestedViewSchema = z.object({
  status: z.literal("sent").meta({ description: "The same whether or not the new address has an account." }),
});
export const emailChangeTokenInputSchema = z.strictObject({
  token: z.string().min(1, "must not be empty").max(512, "is not one of our tokens"),
});
export const emailChangedViewSchema = z.object({
  email: z.string().meta({ description: "The account's email from now on." }),
});

export type RequestEmailChangeInput = z.output<typeof requestEmailChangeInputSchema>;
export type EmailChangeRequestedView = z.output<typeof emailChangeRequestedViewSchema>;
export type EmailChangedView = z.output<typeof emailChangedViewSchema>;
