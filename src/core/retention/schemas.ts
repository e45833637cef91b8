import { z } from "zod";
import { ARCHIVE_DAYS, HOT_DAYS } from "../inference";

const fields = {
  retention_days: z.int().min(0).max(HOT_DAYS).meta({
    description:
      "Days that prompts and answers stay in the history. 0: nothing is kept; a queued request’s answer can be fetched for an hour. Always 0 in HIPAA mode.",
  }),
  archive_days: z
    .int()
    .min(0)
    .max(ARCHIVE_DAYS)
    .meta({ description: "Days that they stay in the archive after that, found by ID. 0: no archive." }),
};

export const retentionViewSchema = z.strictObject(fields);
export type RetentionView = z.output<typeof retentionViewSchema>;

export const updateRetentionInputSchema = retentionViewSchema.refine(
  ({ retention_days, archive_days }) => retention_days > 0 || archive_days === 0,
  { message: "must be 0 where nothing is kept in the history", path: ["archive_days"] },
);
