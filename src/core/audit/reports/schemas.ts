import { z } from "zod";
import { instantSchema } from "../../platform/schemas/instant";
import { actorTypes } from "../record/entry";
import { auditFileSchema } from "../schemas";

export const LONGEST_DAYS = 400;

export const reportInputSchema = z.strictObject({
  from: instantSchema
    .optional()
    .meta({ description: "The start, included. 30 days before `to` if left out." }),
  to: instantSchema.optional().meta({ description: "The end, excluded. Now if left out." }),
});
export type ReportInput = z.output<typeof reportInputSchema>;

const period = { from: z.iso.datetime(), to: z.iso.datetime() };
const count = z.int().nonnegative();

export const signInReportSchema = z.strictObject({
  ...period,
  data: z.array(
    z.strictObject({
      user_id: z
        .string()
        .nullable()
        .meta({ description: "Null for refused sign-ins of people who are not known." }),
      sign_ins: count,
      by_method: z.record(z.string(), count).meta({
        description: "Sign-ins by how: `password`, `passkey`, `google`, `github`, `company`.",
        example: { password: 12, passkey: 3 },
      }),
      with_second_factor: count.meta({
        description: "Of them, those that a second factor or a passkey proved.",
      }),
      new_devices: count.meta({ description: "Of them, those from a device that was new." }),
      failed: count.meta({ description: "Refused company sign-ins, refresh tokens used twice." }),
      last_at: z.iso.datetime(),
    }),
  ),
});
export type SignInReport = z.output<typeof signInReportSchema>;

export const adminReportSchema = z.strictObject({
  ...period,
  data: z.array(
    z.strictObject({
      actor: z.strictObject({ type: z.enum(actorTypes), id: z.string().nullable() }),
      action: z.string(),
      times: count,
      first_at: z.iso.datetime(),
      last_at: z.iso.datetime(),
    }),
  ),
});
export type AdminReport = z.output<typeof adminReportSchema>;

export const reportFileSchema = auditFileSchema;
