import { listModels, type ModelView } from "@agathaai/core/models";

/** The model that samples and the playground start with: the first of the catalogue that its maker will keep. */
export function sampleModel(): ModelView {
  const { data } = listModels();
  const model = data.find(({ deprecated }) => !deprecated) ?? data[0];
  if (!model) throw new Error("the catalogue is empty");
  return model;
}
