import { z } from "zod";

/** What every DELETE answers; `object` says what it was. */
export function deletedSchema<Kind extends string>(object: Kind) {
  return z.strictObject({ id: z.string(), object: z.literal(object), deleted: z.literal(true) });
}
