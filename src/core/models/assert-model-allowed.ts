import { AppError } from "../platform/errors";

/**
 * Whether an API key may use a model; an empty list, as a person has it, means every model.
 * @throws AppError `model_not_allowed`, naming those that it may.
 */
export function assertModelAllowed(id: string, allowed: readonly string[], param = "model"): void {
  if (allowed.length === 0 || allowed.includes(id)) return;
  throw new AppError("model_not_allowed", {
    public: `This API key cannot use ${id}. It can use ${allowed.join(", ")}.`,
    param,
  });
}
