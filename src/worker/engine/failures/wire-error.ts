import { z } from "zod";

const errorSchema = z.object({
  message: z.string().catch(""),
  code: z.union([z.string(), z.number()]).nullish().catch(null),
  type: z.string().nullish().catch(null),
  param: z.string().nullish().catch(null),
  status: z.string().nullish().catch(null),
  details: z.array(z.looseObject({ "@type": z.string().optional() })).catch([]),
});
const bodySchema = z.union([z.object({ error: errorSchema }), z.tuple([z.object({ error: errorSchema })])]);

/** The error object of OpenAI, DeepSeek and Google, in whatever state it came. */
export type WireError = z.output<typeof errorSchema>;

export function parseError(body: string): WireError | undefined {
  try {
    const parsed = bodySchema.safeParse(JSON.parse(body));
    if (!parsed.success) return undefined;
    return Array.isArray(parsed.data) ? parsed.data[0].error : parsed.data.error;
  } catch {
    return undefined;
  }
}
