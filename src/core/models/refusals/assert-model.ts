import { AppError } from "../../platform";
import type { ModelKind } from "../catalogue";
import type { Model } from "../find-model";

/**
 * Refuses an embedding model where an answer is wanted, and the reverse, and says what to use instead.
 * @throws AppError `unsupported_parameter` (param `model` unless told otherwise).
 */
export function assertModelKind(
  { id, kind }: Pick<Model, "id" | "kind">,
  wanted: ModelKind,
  param = "model",
): void {
  if (kind === wanted) return;
  throw new AppError("unsupported_parameter", {
    public:
      kind === "embedding"
        ? `${id} makes embeddings and cannot answer messages. Call POST /v1/embeddings with it, or choose a chat model.`
        : `${id} answers messages and cannot make embeddings. Choose an embedding model, such as text-embedding-3-small.`,
    param,
  });
}

/**
 * Refuses a model that an API key may not use. An empty list means every model; people have no list.
 * @throws AppError `model_not_allowed`, naming the models that it may use.
 */
export function assertModelAllowed(id: string, allowed: readonly string[], param = "model"): void {
  if (allowed.length === 0 || allowed.includes(id)) return;
  throw new AppError("model_not_allowed", {
    public: `This API key cannot use ${id}. It can use ${allowed.join(", ")}.`,
    param,
  });
}
