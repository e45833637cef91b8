import { z } from "zod";

/** A stored email; recipients are in lower case. */
export const mailSchema = z.object({
  id: z.string(),
  from: z.string(),
  to: z.array(z.string()),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
  received_at: z.string(),
  /** What mail programs act on. An older mailbox file has none. */
  headers: z.record(z.string(), z.string()).default({}),
});

export type Mail = z.output<typeof mailSchema>;
