import { z } from "zod";
import { publicId } from "../platform";
import { listFields } from "../platform/list";

/** How long a finished file can be downloaded. */
export const EXPORT_DAYS = 7;
/** How many a subject may ask for within a day, whether they succeed or not. */
export const EXPORTS_A_DAY = 3;

export const listExportsInputSchema = z.strictObject(listFields(50));

export const exportIdInputSchema = z.strictObject({ id: publicId("exp") });

export const downloadExportInputSchema = z.strictObject({
  id: publicId("exp"),
  token: z
    .string()
    .regex(/^[\w-]{43}$/, "is not the token of an emailed link")
    .meta({ description: "The token in the emailed link, after `#`.", example: "kd3…" }),
});
export type DownloadExportInput = z.output<typeof downloadExportInputSchema>;

export const exportStatuses = ["waiting", "running", "ready", "failed", "expired"] as const;
export type ExportStatus = (typeof exportStatuses)[number];

export const exportViewSchema = z
  .strictObject({
    id: z.string().meta({ example: "exp_01jd0q4g5te8tvhz3t1c7x9ncm" }),
    object: z.literal("export"),
    subject: z.enum(["person", "organization"]),
    status: z.enum(exportStatuses).meta({
      description: `\`waiting\`, \`running\`; \`ready\`: the link is emailed to whoever requested it; \`failed\`: ask for another; \`expired\`: deleted after ${EXPORT_DAYS} days.`,
    }),
    requested_by: z.string().nullable().meta({ description: "The user’s ID." }),
    bytes: z.int().nullable().meta({ description: "The size of the file, once it is ready." }),
    created_at: z.iso.datetime(),
    finished_at: z.iso.datetime().nullable(),
    expires_at: z.iso.datetime().nullable(),
  })
  .meta({ description: "A file of everything we hold about a person or an organization." });
export type ExportView = z.output<typeof exportViewSchema>;

export const exportListViewSchema = z.strictObject({
  data: z.array(exportViewSchema),
  next_cursor: z.string().nullable(),
});
export type ExportListView = z.output<typeof exportListViewSchema>;

const isPieces = (value: unknown): value is AsyncIterable<Uint8Array> =>
  typeof value === "object" && value !== null && Symbol.asyncIterator in value;

export const exportFileSchema = z.strictObject({
  filename: z.string(),
  pieces: z.custom<AsyncIterable<Uint8Array>>(isPieces),
});
export type ExportFile = z.output<typeof exportFileSchema>;
