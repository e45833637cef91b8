import {
  getAvailableModel,
  listAvailableModels,
  type ModelView,
  modelViewSchema,
} from "@agathaai/core/models";
import type { Db, Principal } from "@agathaai/core/platform";
import { z } from "zod";

/** OpenAI's model object, and beside it what a client needs to choose by. */
export const modelObjectSchema = z.strictObject({
  id: z.string(),
  object: z.literal("model"),
  created: z.int().meta({ description: "Since when the price list has it, in seconds of Unix time." }),
  owned_by: z.string().meta({ description: "Its provider." }),
  ...modelViewSchema.omit({ id: true, created_at: true, provider: true }).shape,
});
export const modelObjectListSchema = z.strictObject({
  object: z.literal("list"),
  data: z.array(modelObjectSchema),
});

type ModelObject = z.output<typeof modelObjectSchema>;

/** All of the catalogue: OpenAI's list has no pages. */
const EVERY_MODEL = 1_000;

export async function listModelObjects(
  db: Db,
  { principal }: { principal: Principal },
): Promise<z.output<typeof modelObjectListSchema>> {
  const { data } = await listAvailableModels(db, {
    allowed: allowedTo(principal),
    bounds: principal,
    query: { limit: EVERY_MODEL },
  });
  return { object: "list", data: data.map(toModelObject) };
}

/** @throws AppError `model_not_found`, `model_not_allowed`. */
export async function getModelObject(
  db: Db,
  { principal, id }: { principal: Principal; id: string },
): Promise<ModelObject> {
  return toModelObject(await getAvailableModel(db, { id, allowed: allowedTo(principal), bounds: principal }));
}

export function toModelObject({ id, created_at, provider, ...view }: ModelView): ModelObject {
  return { id, object: "model", created: Date.parse(created_at) / 1_000, owned_by: provider, ...view };
}

/** Empty means every model. */
function allowedTo(principal: Principal): readonly string[] {
  return principal.kind === "key" ? principal.models : [];
}
