import { listModels, type ModelView } from "@agathaai/core/models";
import { publicUrl } from "./public-url";

/** The model that samples and the playground start with: the first of the catalog that is not deprecated. */
export function sampleModel(): ModelView {
  const { data } = listModels();
  const model = data.find(({ deprecated, kind }) => !deprecated && kind === "chat") ?? data[0];
  if (!model) throw new Error("the catalogue is empty");
  return model;
}

/** What the code shown with a new key is written from. */
export function sampleCall() {
  const embeddings = listModels().data.filter(({ kind }) => kind === "embedding");
  return {
    baseUrl: publicUrl(),
    model: sampleModel().id,
    embeddingModels: embeddings.map(({ id }) => id),
  };
}
