import { z } from "zod";
import { auditKinds } from "../../../shared/audit-actions";
import { publicId } from "../../platform";
import { listFields, listSchema } from "../../platform/list";
import { actorTypes } from "../record/entry";
import { reportInputSchema } from "./schemas";

/** By what a person signed in, as the audit log has it. */
export const signInMethods = ["password", "passkey", "google", "github", "company"] as const;

const { limit, cursor } = listFields(50);
const page = { ...reportInputSchema.shape, organization_id: publicId("org").optional(), limit, cursor };

export const operatorSignInsInputSchema = z.strictObject({
  ...page,
  method: z.enum(signInMethods).optional(),
});
export const operatorDeedsInputSchema = z.strictObject({
  ...page,
  by: z.enum(actorTypes).optional(),
  kind: z.enum(auditKinds).optional(),
});
export type OperatorSignInsInput = z.output<typeof operatorSignInsInputSchema>;
export type OperatorDeedsInput = z.output<typeof operatorDeedsInputSchema>;

const count = z.int().nonnegative();
/** A period that begins earlier is refused: those entries are in the archives. */
const border = { reaches_back_to: z.iso.datetime().nullable() };

/** An organization's sign-ins in the period. */
export const operatorSignInsSchema = listSchema(
  z.strictObject({
    organization_id: z.string(),
    people: count,
    sign_ins: count,
    with_second_factor: count,
    new_devices: count,
    failed: count,
    last_at: z.iso.datetime(),
  }),
).extend(border);
/** What was done to an organization in the period, by kind of actor and action. */
export const operatorDeedsSchema = listSchema(
  z.strictObject({
    organization_id: z.string(),
    by: z.enum(actorTypes),
    action: z.string(),
    actors: count,
    times: count,
    last_at: z.iso.datetime(),
  }),
).extend(border);
export type OperatorSignIns = z.output<typeof operatorSignInsSchema>;
export type OperatorDeeds = z.output<typeof operatorDeedsSchema>;
