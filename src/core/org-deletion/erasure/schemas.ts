import { z } from "zod";
import { certificateSchema } from "./certificate";

/** Everything is done by then. */
export const COMPLETE_WITHIN_DAYS = 30;

export const eraseAccountInputSchema = z.strictObject({
  email: z.string().max(320).meta({ description: "Your email address, typed to confirm." }),
});
export type EraseAccountInput = z.output<typeof eraseAccountInputSchema>;

export const erasureReceiptSchema = z.strictObject({
  receipt: z
    .string()
    .regex(/^[\w-]{43}$/, "is not a receipt of an erasure")
    .meta({ description: "The secret that was returned when the erasure was requested, and emailed." }),
});

export const erasureViewSchema = z
  .strictObject({
    object: z.literal("erasure"),
    subject: z.enum(["person", "organization"]),
    status: z.enum(["in_progress", "on_hold", "complete"]).meta({
      description:
        "`on_hold`: a law obliges us to keep the data for now. It is erased once the obligation ends; nobody can sign in meanwhile.",
    }),
    requested_at: z.iso.datetime(),
    erased_at: z.iso.datetime().nullable().meta({ description: "Since when nothing can be read." }),
    due_by: z.iso.datetime(),
    completed_at: z.iso.datetime().nullable(),
    certificate: certificateSchema.nullable(),
  })
  .meta({ description: "What became of an erasure." });
export type ErasureView = z.output<typeof erasureViewSchema>;

export const requestedErasureSchema = erasureViewSchema.extend({
  receipt: z.string().meta({ description: "Shown once. With it anyone can read this erasure; keep it." }),
});
export type RequestedErasure = z.output<typeof requestedErasureSchema>;
