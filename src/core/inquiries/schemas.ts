import { z } from "zod";
import { emailSchema } from "../accounts";
import { publicId } from "../platform";
import { listSchema } from "../platform/list";
import { lineOfText } from "../platform/schemas/line-of-text";

/** The monthly tokens the sender expects to use. */
export const expectedVolumes = ["under_10m", "10m_100m", "100m_1b", "over_1b", "unknown"] as const;
const volumeSchema = z.enum(expectedVolumes, { error: "must be one of the options" });

export const submitInquiryInputSchema = z.strictObject({
  name: lineOfText({ max: 100 }),
  email: emailSchema,
  company: lineOfText({ max: 120 }),
  expected_volume: volumeSchema,
  message: z
    .string()
    .trim()
    .min(1, "must not be empty")
    .max(4_000, "must be at most 4,000 characters")
    .refine((text) => !text.includes("\u0000") && text.isWellFormed(), "must be plain text"),
  /** A honeypot: people do not see this field, and programs that fill in every field do. */
  website: z.string().max(2_000).optional(),
});
export type SubmitInquiryInput = z.output<typeof submitInquiryInputSchema>;

/** The same response for everyone, also when the inquiry was dropped. */
export const inquiryReceivedSchema = z.strictObject({ received: z.literal(true) });

/** Who asked; encrypted as one value. */
export const contactSchema = z.strictObject({
  name: z.string(),
  email: z.string(),
  company: z.string(),
  expected_volume: volumeSchema,
});
export type Contact = z.output<typeof contactSchema>;

export const inquirySummarySchema = contactSchema.extend({
  id: z.string(),
  organization_id: z.string().nullable(),
  created_at: z.iso.datetime(),
  handled_at: z.iso.datetime().nullable(),
});
export type InquirySummary = z.output<typeof inquirySummarySchema>;

export const inquiryViewSchema = inquirySummarySchema.extend({ message: z.string() });
export type InquiryView = z.output<typeof inquiryViewSchema>;

export const inquiryListSchema = listSchema(inquirySummarySchema);
export type InquiryList = z.output<typeof inquiryListSchema>;

export const inquiryIdInputSchema = z.strictObject({ id: publicId("inq") });
