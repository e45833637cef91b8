import { listModels, type ModelList, modelsOff } from "@agathaai/core/models";
import { db } from "@agathaai/core/platform/db/client";
import { log } from "@agathaai/core/platform/observability/log";

/** The models as public pages show them. Without a database they still show the catalogue: prices do not change by it. */
export async function readModels(): Promise<ModelList> {
  try {
    return listModels({ off: await modelsOff(db()) });
  } catch (error) {
    log().warn({ err: error }, "what is switched off could not be read");
    return listModels();
  }
}
