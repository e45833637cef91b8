import { z } from "zod";

/** The response of every DELETE; `object` names the type. */
export function deletedSchema<Kind extends string>(object: Kind) {
  return z.strictObject({ id: z.string(), object: z.literal(object), deleted: z.literal(true) });
}
