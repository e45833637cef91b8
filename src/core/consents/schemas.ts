import { z } from "zod";
import { consentKinds, legalDocumentIds } from "../../shared/legal/documents";

export const consentMethods = ["sign_up", "asked", "settings"] as const;
export type ConsentMethod = (typeof consentMethods)[number];

const kind = z.enum(consentKinds);
const version = z.string().min(1).max(40);

export const consentsViewSchema = z.strictObject({
  /** What the person has to agree to before the portal goes on. */
  missing: z.array(z.strictObject({ document: z.enum(legalDocumentIds), version })),
  marketing: z.boolean().meta({ description: "Whether marketing emails are agreed to." }),
  data: z.array(
    z.strictObject({
      id: z.string(),
      document: kind,
      version,
      given: z.boolean().meta({ description: "False: it was withdrawn." }),
      method: z
        .enum(consentMethods)
        .meta({ description: "When signing up, when the portal asked, or in Settings." }),
      ip_address: z.string().nullable(),
      created_at: z.iso.datetime(),
    }),
  ),
});
export type ConsentsView = z.output<typeof consentsViewSchema>;

export const changeConsentsInputSchema = z.strictObject({
  documents: z
    .array(z.strictObject({ document: kind, version }))
    .min(1)
    .max(consentKinds.length)
    .meta({ description: "With the version that was read; it must be the one in force." }),
  given: z.boolean().meta({ description: "False withdraws, which only marketing can be." }),
});
export type ChangeConsentsInput = z.output<typeof changeConsentsInputSchema>;
