import { listModels, type ModelList, modelsOff } from "@agathaai/core/models";
import { db } from "@agathaai/core/platform/db/client";
import { FreshCache } from "@agathaai/core/platform/fresh-cache";
import { log } from "@agathaai/core/platform/observability/log";
import { type Compatibility, readCompatibility } from "./gateway/compatibility/compatibility";

/** The models as public pages show them. Without a database they still show the catalogue: prices do not change by it. */
export async function getPublicModels(): Promise<ModelList> {
  try {
    return listModels({ off: await modelsOff(db()) });
  } catch (error) {
    log().warn({ err: error }, "what is switched off could not be read");
    return listModels();
  }
}

/** It changes with the catalogue: on the days on which models retire. */
const COMPATIBILITY_MAX_AGE_MS = 10 * 60_000;
const compatibility = new FreshCache<Compatibility>({ maxAgeMs: COMPATIBILITY_MAX_AGE_MS, maxEntries: 1 });

/** What the gateway keeps, adapts and refuses. */
export function getCompatibility(): Promise<Compatibility> {
  return compatibility.get("compatibility", async () => readCompatibility(new Date()));
}
